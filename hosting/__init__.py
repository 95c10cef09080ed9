"""What a team is hosted with: proxy, database, replicas; as processes on one machine."""
