"""What the pictures of a folder are labelled by: one file a kind of table."""
