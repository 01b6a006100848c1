"""Loads the demo content: texts in content/, one Markdown file for each page and language.

`content` reads the folder, `fields` makes page fields of a text, `check` says what is wrong with the texts; none of
them touches the database. `load` puts everything onto the site, the other modules do one part of that each.
"""
