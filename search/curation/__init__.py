"""What editors decide about the pages that belong with a page: pinned, dismissed, restored."""
