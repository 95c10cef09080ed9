"""What happens to a picture on a device, between its camera and the network, and what it prints."""
