"""Grad-CAM: each channel weighted by how much the target rises with it."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need, Parameter
from gradcam.network import Capture


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
    count, height, width, channels = gradients.shape
    places = gradients.reshape(count, height * width, channels)
    ones = np.ones((1, height * width), np.float32)
    return (ones @ places)[:, 0] / np.float32(height * width)  # a third of numpy's `mean`


def weighted_sum(activations: Floats, weights: Floats) -> Floats:
    r"""\(\sum_k w_k A_k\): (N, h, w, C) activations and (N, C) weights give (N, h, w)."""
    return (activations @ weights[:, None, :, None])[..., 0]


def grad_cam(capture: Capture, pooling: Pooling | str = Pooling.MEAN) -> Floats:
    r"""Grad-CAM: \(\sum_k w_k A_k\), the map before its ReLU (eq. 2 without it).

    Args:
        capture: activations and gradients of N pictures.
        pooling: see `channel_weights`.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    if capture.pooled is not None and Pooling(pooling) is Pooling.MEAN:
        return capture.pooled.maps
    return weighted_sum(capture.activations, channel_weights(capture.gradients, pooling))


GRAD_CAM = Method(
    name="grad-cam",
    title="Grad-CAM",
    help="Which parts of the layer raise the target, channel by channel; the field's standard.",
    source="Selvaraju et al. 2017, arXiv:1610.02391",
    year=2016,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=grad_cam,
    parameters=(
        Parameter(
            "pooling",
            "mean",
            "How a channel's gradients become its weight. mean is Grad-CAM as published; "
            "sum_abs adds absolute values and so loses what speaks against the target.",
            options=tuple(Pooling),
        ),
    ),
)
