"""A folder of Markdown files becomes guides below a toolbox; a second run finds them again."""
