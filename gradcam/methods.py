"""From capture to map. A method is a few lines with its formula."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from gradcam.capture import Capture
from gradcam.network import Floats


class Method(StrEnum):
    """A rule from capture to map."""

    GRAD_CAM = "grad-cam"


class Pooling(StrEnum):
    """How the gradients of a channel become its one weight."""

    MEAN = "mean"
    SUM_ABS = "sum_abs"


def channel_weights(gradients: Floats, pooling: Pooling | str = Pooling.MEAN) -> Floats:
    r"""The weight of each channel.

    `mean`: \(w_k = \frac{1}{Z}\sum_{ij} g_{ijk}\), Selvaraju et al. 2017 (arXiv:1610.02391), eq. 1.
    `sum_abs`: \(w_k = \sum_{ij} |g_{ijk}|\), what Edge Impulse's block calls its default; it loses
    the sign, so a channel that speaks against the class counts as one that speaks for it.

    Args:
        gradients: (N, h, w, C) float32.
        pooling: `mean` or `sum_abs`.

    Returns:
        (N, C) float32.
    """
    if Pooling(pooling) is Pooling.SUM_ABS:
        return np.abs(gradients).sum(axis=(1, 2))
    return gradients.mean(axis=(1, 2))


def grad_cam(capture: Capture, pooling: Pooling | str = Pooling.MEAN) -> Floats:
    r"""Grad-CAM: \(\sum_k w_k A_k\), the map before its ReLU (eq. 2 without it).

    Args:
        capture: activations and gradients of N pictures.
        pooling: see `channel_weights`.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    weights = channel_weights(capture.gradients, pooling)
    return (capture.activations @ weights[:, None, :, None])[..., 0]


def compute_maps(capture: Capture, method: Method | str, pooling: Pooling | str) -> Floats:
    """The maps of a method by its name: (N, h, w) float32."""
    match Method(method):
        case Method.GRAD_CAM:
            return grad_cam(capture, pooling)
