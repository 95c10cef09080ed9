"""From a file to what is shown and what the network gets."""
