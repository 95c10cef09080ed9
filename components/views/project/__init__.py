"""What Project shows."""
