"""Who may come in: what stands between the network and the dashboard."""
