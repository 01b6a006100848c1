"""Is the index well? What an editor-in-chief or administrator sees of it in the admin."""
