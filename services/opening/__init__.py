"""A source becomes a project with its answers."""
