"""Input, output, caches and policy: everything between the pages and the pure core."""
