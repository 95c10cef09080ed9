"""Networks that Keras opens; all that knows Keras."""
