"""Pages -> passages -> vectors and postings -> rows."""
