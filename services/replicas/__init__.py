"""What replicas of one server tell each other by the database that they share."""
