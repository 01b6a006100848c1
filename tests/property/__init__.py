"""What is hidden leaves no trace: random sites, read with the hidden pages and without them."""
