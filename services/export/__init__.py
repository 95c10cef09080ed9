"""The whole test set without a browser: overlays by verdict, a table, a report, a zip."""
