"""Networks as graphs of operators, each run by TensorFlow: what other formats are read into."""
