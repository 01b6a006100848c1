"""One module for each peer, each with a class `Adapter`."""
