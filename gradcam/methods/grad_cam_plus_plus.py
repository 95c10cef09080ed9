"""Grad-CAM++: what raises the target counts, and several places of one kind count alike."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.grad_cam import weighted_sum
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def plus_plus_weights(activations: Floats, gradients: Floats) -> Floats:
    r"""The weight of each channel: equation 19 of the paper, in the form that cannot overflow.

    \(w_k = \sum_{ij} \alpha_{ijk}\,\mathrm{ReLU}(g_{ijk})\) with
    \(\alpha = g^2 / (2g^2 + S_k g^3)\) and \(S_k = \sum_{ij} A_{ijk}\). Where g is positive that is
    \(\mathrm{ReLU}(g) / (2 + S_k\,\mathrm{ReLU}(g))\) exactly, so no ε is needed.

    The paper's A comes from a ReLU. Where a layer's activations may be negative, only their
    positive part goes into \(S_k\); otherwise the denominator could vanish.

    Args:
        activations: (N, h, w, C) float32.
        gradients: (N, h, w, C) float32.

    Returns:
        (N, C) float32, none of them negative.
    """
    rising = np.maximum(gradients, 0.0)
    total = np.maximum(activations, 0.0).sum(axis=(1, 2), keepdims=True)
    return (rising / (2.0 + total * rising)).sum(axis=(1, 2))


def grad_cam_plus_plus(capture: Capture) -> Floats:
    r"""Grad-CAM++: \(\sum_k w_k A_k\) with the weights of `plus_plus_weights`.

    Chattopadhay et al. 2018 (arXiv:1710.11063), equation 19 for an exponential on the logit.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return weighted_sum(
        capture.activations, plus_plus_weights(capture.activations, capture.gradients)
    )


GRAD_CAM_PLUS_PLUS = Method(
    name="grad-cam++",
    title="Grad-CAM++",
    help="As Grad-CAM, but what lowers the target is not counted (the paper's equation 19).",
    source="Chattopadhay et al. 2018, arXiv:1710.11063",
    year=2017,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=grad_cam_plus_plus,
    rectified=True,
)
