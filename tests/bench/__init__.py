"""Measurements, each a module with `measure(...) -> dict`. Run by `./lotse measure`; never part of the tests."""
