"""What a scan found: sets of samples that share something, as questions."""
