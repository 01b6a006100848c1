"""Pages that belong with a page, and why."""
