"""Taking the hottest part of a picture away, whatever share of it, with no hidden order."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.errors import GradcamError
from gradcam.heatmap import Degenerate
from gradcam.masks import Masks
from gradcam.probe import Probe

# In both demos what truly counts, the boxes, lies further from chance with blur than with the mean
# colour; and a network may see something in plain zero: the demo's calls a black picture a car.
USUAL_FILL = Baseline.BLUR
GRAIN = 1e-6


def importance(raw: Floats, height: int, width: int) -> Floats:
    """A signed map on the pixels of the network's input, half-pixel bilinear.

    Rounded to millionths of the map's largest number: what differs by less differs by chance of
    the arithmetic, and is a tie.

    Args:
        raw: (h, w) float32, signed and unscaled.
        height: of the input, in pixels.
        width: of the input, in pixels.

    Returns:
        (height, width) float32, whole numbers from -1e6 to 1e6; zeros for a map of zeros.

    Raises:
        GradcamError: the map has numbers that are not finite.
    """
    if not np.isfinite(raw).all():
        raise GradcamError(Degenerate.NOT_FINITE.value)
    largest = float(np.abs(raw).max()) or 1.0
    enlarged = cv2.resize(raw / largest, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.rint(enlarged / GRAIN).astype(np.float32)


def hottest(important: Floats, share: float) -> Floats:
    """Which part of each pixel belongs to the hottest share of a picture.

    Pixels of equal importance share alike in what is still due, so that a uniform map takes the
    same part of every pixel.

    Args:
        important: (H, W) float32.
        share: of the picture, 0..1.

    Returns:
        (H, W) float32 in 0..1 whose mean is the share.
    """
    return hottest_each(important, [share])[0]


def hottest_each(important: Floats, shares: Sequence[float]) -> Floats:
    """The same for several shares of one picture: (S, H, W)."""
    falling, parts = np.sort(important, axis=None)[::-1], []
    for share in shares:
        due = share * important.size
        edge = falling[min(int(due), important.size - 1)]
        hotter, tied = important > edge, important == edge
        part = (due - np.count_nonzero(hotter)) / np.count_nonzero(tied)
        parts.append((hotter + tied * np.float32(part)).astype(np.float32))
    return np.stack(parts)


def values_without(
    probe: Probe, number: int, gone: Floats, fill: Baseline | str = USUAL_FILL
) -> Floats:
    """The number that a person reads for a picture with parts of it taken away.

    Args:
        probe: whose network and target are asked.
        number: of the picture among the probe's, from 0.
        gone: (M, H, W) float32 in 0..1: how much of each pixel is taken away.
        fill: what stands there instead.

    Returns:
        (M,) float32.
    """
    return probe.values_through(number, Masks.of(1.0 - gone), probe.fill(number, fill))
