"""What Device shows."""
