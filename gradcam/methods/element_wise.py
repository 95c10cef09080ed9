"""ElementWise Grad-CAM: only what speaks for the target, cell by cell and channel by channel."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def element_wise(capture: Capture) -> Floats:
    r"""ElementWise: \(\sum_k \mathrm{ReLU}(g_k \odot A_k)\).

    As in the library pytorch-grad-cam, which names no paper. Equal to LayerCAM where no activation
    is negative.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, none of it negative.
    """
    return np.maximum(capture.gradients * capture.activations, 0.0).sum(axis=-1)


ELEMENT_WISE = Method(
    name="element-wise",
    title="ElementWise",
    help="HiResCAM without what speaks against the target.",
    source="Gildenblat et al. 2021, pytorch-grad-cam",
    year=2021,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=element_wise,
)
