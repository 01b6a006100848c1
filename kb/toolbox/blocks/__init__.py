"""The structured parts of guides and templates, one subject a file."""
