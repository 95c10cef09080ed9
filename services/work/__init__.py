"""Long work: one queue for all people, progress, a way to leave."""
