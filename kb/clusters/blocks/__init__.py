"""The structured parts of cluster pages, one subject a file."""
