"""Visual anomaly detection: how unusual the features of each place are, by a mixture learned."""
