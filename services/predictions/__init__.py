"""What the network says of every sample."""
