"""What owners (the clusters of a site) are about, and where two of them are about the same."""
