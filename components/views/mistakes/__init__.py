"""What Mistakes shows."""
