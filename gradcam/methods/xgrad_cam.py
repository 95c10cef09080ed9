"""XGrad-CAM: gradients weighted by how active their place is."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.grad_cam import weighted_sum
from gradcam.methods.method import Method, Need
from gradcam.network import Capture

CANCELS = 1e-3  # a channel whose sum is a smaller share of its absolute sum has no weights


def xgrad_weights(activations: Floats, gradients: Floats) -> Floats:
    r"""The weight of each channel: \(w_k = \sum_{ij} g_{ijk} A_{ijk} / \sum_{ij} A_{ijk}\).

    Fu et al. 2020 (arXiv:2008.02312), equation 7. The rule is of activations after a ReLU. Where
    those of a channel cancel each other it is not defined, and the channel is left out; so is a
    channel that is zero everywhere.

    Args:
        activations: (N, h, w, C) float32.
        gradients: (N, h, w, C) float32.

    Returns:
        (N, C) float32.
    """
    total = activations.sum(axis=(1, 2))
    defined = np.abs(total) > CANCELS * np.abs(activations).sum(axis=(1, 2))
    rising = np.einsum("nijk,nijk->nk", gradients, activations)
    return np.divide(rising, total, out=np.zeros_like(total), where=defined)


def xgrad_cam(capture: Capture) -> Floats:
    r"""XGrad-CAM: \(\sum_k w_k A_k\) with the weights of `xgrad_weights`.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return weighted_sum(capture.activations, xgrad_weights(capture.activations, capture.gradients))


XGRAD_CAM = Method(
    name="xgrad-cam",
    title="XGrad-CAM",
    help="As Grad-CAM, with gradients counted where the channel is active.",
    source="Fu et al. 2020, arXiv:2008.02312",
    year=2020,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=xgrad_cam,
    rectified=True,
)
