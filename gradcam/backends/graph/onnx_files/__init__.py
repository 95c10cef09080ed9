"""ONNX files: read by the format's own package, run by TensorFlow."""
