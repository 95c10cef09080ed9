"""Figures of right and wrong, one mistake at a time, and what may have caused it."""
