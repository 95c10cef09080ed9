"""What a terminal has to say: arguments, and how far the work is."""
