"""What TensorFlow writes: SavedModel folders and frozen graphs."""
