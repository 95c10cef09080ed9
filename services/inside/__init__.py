"""What a network is made of, and how long it takes."""
