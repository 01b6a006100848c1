"""The texts of a collection as pages: installed only while one is measured (settings.py beside this), so that no
site carries its table."""
