"""Files that are dropped on a page or pasted into it."""
