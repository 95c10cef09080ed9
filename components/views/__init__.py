"""What each page shows: one file or folder a page."""
