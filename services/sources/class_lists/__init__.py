"""Files that name a network's classes: which they are, and how they are written."""
