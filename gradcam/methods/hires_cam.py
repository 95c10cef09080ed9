"""HiResCAM: gradients are not pooled, so that every cell counts for itself."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def hires_cam(capture: Capture) -> Floats:
    r"""HiResCAM: \(\sum_k g_k \odot A_k\).

    Draelos and Carin 2020 (arXiv:2011.08891), equation 4. Behind the layer followed by one linear
    layer the cells add up to the logit less its bias.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return np.einsum("nijk,nijk->nij", capture.gradients, capture.activations)


HIRES_CAM = Method(
    name="hires-cam",
    title="HiResCAM",
    help="Each cell by its own gradient: exact where the layer leads straight to the output.",
    source="Draelos and Carin 2020, arXiv:2011.08891",
    year=2020,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=hires_cam,
)
