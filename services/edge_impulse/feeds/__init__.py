"""What networks are fed with in Edge Impulse: a file for each kind of samples."""
