"""Samples as tiles of a board."""
