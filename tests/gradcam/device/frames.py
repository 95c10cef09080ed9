"""Frames with a clear top and colours, drawn by the tests."""

import numpy as np


def frame(seed: int, width: int = 160, height: int = 120):
    """(height, width, 3) uint8: a sky, a ground, and coloured discs at places of their own."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:height, :width].astype(np.float64)
    sky, ground = rng.integers(120, 250, 3), rng.integers(10, 120, 3)
    horizon = height * rng.uniform(0.35, 0.65) + 6 * np.sin(columns / rng.uniform(9, 20))
    picture = np.where((rows < horizon)[..., None], sky * 1.0, ground * 1.0)
    picture += (columns / width * rng.uniform(-40, 40))[..., None]
    for _ in range(9):
        x, y, radius = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(6, 22)
        inside = (columns - x) ** 2 + (rows - y) ** 2 < radius**2
        picture[inside] = rng.integers(0, 256, 3)
    return np.clip(picture + rng.normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
