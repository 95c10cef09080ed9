"""LayerCAM: positive gradients as weights of single cells; fine even in early layers."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def layer_cam(capture: Capture) -> Floats:
    r"""LayerCAM: \(\sum_k \mathrm{ReLU}(g_k) \odot A_k\).

    Jiang et al. 2021 (IEEE TIP 30), equations 4 to 6, before the last ReLU.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return np.einsum("nijk,nijk->nij", np.maximum(capture.gradients, 0.0), capture.activations)


LAYER_CAM = Method(
    name="layer-cam",
    title="LayerCAM",
    help="Cells whose rise would raise the target; keeps its detail in earlier, finer layers.",
    source="Jiang et al. 2021, doi:10.1109/TIP.2021.3089943",
    year=2021,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=layer_cam,
    rectified=True,
)
