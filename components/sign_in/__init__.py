"""The pages before the dashboard: signing in, and sentences in place of a page."""
