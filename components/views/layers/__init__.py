"""What Layers shows."""
