"""What belongs to whom, and who else may open it."""
