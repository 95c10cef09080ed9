"""What a figure has to be compared with: chance, and nothing at all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcam.arrays import Floats
from gradcam.layers import Layer


def random_maps(layer: Layer, count: int, seed: int = 0) -> Iterator[Floats]:
    """Independent even numbers at a layer's resolution, so that what they hide is as coarse.

    Args:
        layer: whose map's size they have.
        count: how many.
        seed: another one gives others.

    Yields:
        (h, w) float32 in 0..1.
    """
    rng = np.random.default_rng(seed)
    for _ in range(count):
        yield rng.random((layer.height, layer.width), np.float32)


def uniform_control(layer: Layer) -> Floats:
    """One everywhere, at a layer's resolution: (h, w) float32."""
    return np.ones((layer.height, layer.width), np.float32)
