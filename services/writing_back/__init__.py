"""Agreed labels back to Edge Impulse Studio: what would change, the writing, its log, its undo."""
