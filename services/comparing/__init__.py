"""Two networks side by side: what one answers beside the other, on the same samples."""
