"""Caches: bounded, and may be thrown away at any time."""
