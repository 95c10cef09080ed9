"""One picture of 2 x 2 positions and 2 channels, small enough to work any method out by hand."""

import numpy as np

import gradcam


def planes(first, second):
    """Two channels written as planes: (1, 2, 2, 2) float32."""
    return np.stack([first, second], axis=-1)[None].astype(np.float32)


ACTIVATIONS = planes([[1, 2], [0, 1]], [[0, 1], [3, 1]])
SIGNED = planes([[1, -2], [0, -1]], [[-1, 1], [3, 1]])  # as before a ReLU
GRADIENTS = planes([[1, 0], [2, 1]], [[-2, 1], [-1, 0]])


def captured(activations=ACTIVATIONS, gradients=GRADIENTS):
    return gradcam.Capture(activations, gradients, np.zeros((len(activations), 2), np.float32))
