"""Control: how active the layer is, whatever the class."""

from __future__ import annotations

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def mean_activation(capture: Capture) -> Floats:
    r"""\(\frac{1}{C}\sum_k A_k\); a method that is no better than this says nothing of the class.

    Args:
        capture: activations of N pictures.

    Returns:
        (N, h, w) float32.
    """
    return capture.activations.mean(axis=-1)


MEAN_ACTIVATION = Method(
    name="mean-activation",
    title="Mean activation (control)",
    help="To compare with: where the layer is active. The same for every class.",
    source="control",
    year=0,
    need=Need.CAPTURE,
    asks=frozenset({Ability.ACTIVATIONS}),
    function=mean_activation,
    control=True,
)
