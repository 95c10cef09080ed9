"""How fast, as ratios of two things measured in turns within one run. `python -m benchmarks`."""
