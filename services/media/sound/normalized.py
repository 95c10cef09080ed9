"""Normalising features over the frames around each: cepstral mean and variance normalisation."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gradcam.arrays import Floats, Numbers

LEAST_DEVIATION = 1e-10


def less_local_mean(features: Numbers, window: int) -> Floats:
    """Features less their mean over the frames around.

    Args:
        features: (frames, coefficients).
        window: frames, an odd number.

    Returns:
        (frames, coefficients) float32.
    """
    return (features - _around(features, window).mean(axis=-1)).astype(np.float32)


def normalized_locally(features: Numbers, window: int) -> Floats:
    """The same, divided by their deviation over the frames around."""
    centred = less_local_mean(features, window)
    deviation = _around(centred, window).std(axis=-1)
    return (centred / (deviation + LEAST_DEVIATION)).astype(np.float32)


def _around(features: Numbers | Floats, window: int) -> Numbers | Floats:
    """(frames, coefficients, window): beyond both ends features are mirrored."""
    beside = (window - 1) // 2
    padded = np.pad(features, ((beside, beside), (0, 0)), "symmetric")
    return sliding_window_view(padded, 2 * beside + 1, axis=0)
