"""Control: chance, at the layer's resolution."""

from __future__ import annotations

import zlib

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need, Parameter
from gradcam.network import Capture


def random_map(capture: Capture, seed: int = 0) -> Floats:
    """Independent even numbers in 0..1, the same whenever the same picture comes.

    Args:
        capture: of N pictures; only its size, and what tells one picture from another, is used:
            the mean strength of its activations to four digits, since the last bits of an
            activation depend on how many pictures go through the network at once.
        seed: another one gives other maps.

    Returns:
        (N, h, w) float32.
    """
    drawn = []
    for each in capture.activations:
        strength = f"{np.abs(each).mean(dtype=np.float64):.3e}"
        rng = np.random.default_rng([seed, zlib.crc32(strength.encode())])
        drawn.append(rng.random(each.shape[:2], np.float32))
    return np.stack(drawn)


RANDOM_MAP = Method(
    name="random-map",
    title="Random map (control)",
    help="To compare with: chance. A method has to beat it.",
    source="control",
    year=1,
    need=Need.CAPTURE,
    asks=frozenset({Ability.ACTIVATIONS}),
    function=random_map,
    parameters=(Parameter("seed", 0, "Another number gives another map.", 0, 10_000),),
    control=True,
)
