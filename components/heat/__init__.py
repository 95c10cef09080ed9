"""Heat in colour, in a browser."""
