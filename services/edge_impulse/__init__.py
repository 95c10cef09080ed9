"""Edge Impulse: a project from its API key, as faithful to Studio as the public API allows."""
