"""What Samples shows."""
