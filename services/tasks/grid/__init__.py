"""Objects that a network says are there, cell by cell of a grid (FOMO)."""
