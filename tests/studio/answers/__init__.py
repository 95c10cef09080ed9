"""JSON answers, made from the project's state at the moment of the request."""
