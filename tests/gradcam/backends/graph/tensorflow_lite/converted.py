"""Keras networks as TensorFlow's own converter writes them, in all its kinds of numbers."""

import numpy as np

VARIANTS = ("float32", "float16", "dynamic", "int8", "int8 with float ends")


def converted(model, variant, pictures):
    """The bytes of a file.

    Args:
        model: a Keras model.
        variant: one of `VARIANTS`.
        pictures: (N, …) float32, from which the ranges of whole numbers come.
    """
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if variant != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if variant == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if variant.startswith("int8"):
        converter.representative_dataset = lambda: ([each[None]] for each in pictures)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if variant == "int8":
        converter.inference_input_type = converter.inference_output_type = tf.int8
    return converter.convert()


def as_levels(pictures, tensor):
    """Pictures as a file's input takes them, and the real numbers that these levels are."""
    own = tensor.quantisation
    if own is None:
        return pictures, pictures
    scale, zero = own.scales[0], own.zero_points[0]
    bounds = np.iinfo(tensor.dtype)
    levels = np.clip(np.rint(pictures / scale) + zero, bounds.min, bounds.max)
    real = ((levels - zero).astype(np.float32) * scale).astype(np.float32)
    return levels.astype(tensor.dtype), real
