"""What a person set, in a link and in words."""
