"""Heatmaps of samples, layers and channels, and whether they can be trusted."""
