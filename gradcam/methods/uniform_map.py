"""Control: nothing stands out."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def uniform_map(capture: Capture) -> Floats:
    """One everywhere.

    Args:
        capture: of N pictures; only its size is used.

    Returns:
        (N, h, w) float32.
    """
    return np.ones(capture.activations.shape[:3], np.float32)


UNIFORM_MAP = Method(
    name="uniform-map",
    title="Uniform map (control)",
    help="To compare with: the same everywhere, so the page says that no place stands out.",
    source="control",
    year=2,
    need=Need.CAPTURE,
    asks=frozenset({Ability.ACTIVATIONS}),
    function=uniform_map,
    control=True,
)
