"""Draws the downloadable files of the demo templates. Entry point: ../build_files.py."""
