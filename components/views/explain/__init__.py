"""What Explain shows."""
