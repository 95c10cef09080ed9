"""Where projects come from: the demo, a folder, an upload."""
