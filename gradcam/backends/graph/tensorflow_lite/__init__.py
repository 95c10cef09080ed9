"""TensorFlow Lite files, read without the interpreter: what it makes of a file may kill it."""
