"""What people say of samples, on pages."""
