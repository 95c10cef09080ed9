"""Several labels a sample, each true or not by itself."""
