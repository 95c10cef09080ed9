"""What whoever runs the server sees of it: metrics, and logs as JSON."""
