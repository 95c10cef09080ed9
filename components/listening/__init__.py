"""What can be listened to: sounds of tiles, and the figure of one sound with its players."""
