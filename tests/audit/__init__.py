"""What a reader's browser says of every page type of a running site, held against budgets. `./lotse audit`."""
