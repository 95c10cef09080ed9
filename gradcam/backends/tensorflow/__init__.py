"""What every network that TensorFlow computes shares: tracing, listing, captures, gradients."""
