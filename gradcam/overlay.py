"""From heatmap to picture: colour, and true blending with the original."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

import cv2
import numpy as np

from gradcam.arrays import Floats, Picture
from gradcam.heatmap import resize_heat

HATCH = 8  # pixels from one stroke of the "not seen" pattern to the next


class Colormap(StrEnum):
    """Colours from cold to hot."""

    JET = "jet"
    VIRIDIS = "viridis"
    TURBO = "turbo"


_OPENCV = {
    Colormap.JET: cv2.COLORMAP_JET,
    Colormap.VIRIDIS: cv2.COLORMAP_VIRIDIS,
    Colormap.TURBO: cv2.COLORMAP_TURBO,
}


def color_table(colormap: Colormap | str) -> Picture:
    """The 256 colours of a colour map, cold to hot: (256, 3) uint8 RGB."""
    return _table(Colormap(colormap))[:, 0].copy()


@cache
def _table(colormap: Colormap) -> Picture:
    ramp = np.arange(256, dtype=np.uint8)[:, None]
    return np.ascontiguousarray(cv2.applyColorMap(ramp, _OPENCV[colormap])[..., ::-1])


def colorize(heat: Floats, colormap: Colormap | str = Colormap.JET) -> Picture:
    """A heatmap in colour.

    Args:
        heat: (h, w) float32 in 0..1; NaN where the network saw nothing.
        colormap: one of `Colormap`.

    Returns:
        (h, w, 3) uint8 RGB; grey where the network saw nothing.
    """
    unseen = np.isnan(heat)
    whole = not unseen.any()
    index = np.rint((heat if whole else np.where(unseen, 0.0, heat)) * 255.0).astype(np.uint8)
    colored = np.asarray(cv2.applyColorMap(index, _table(Colormap(colormap))), np.uint8)
    if not whole:
        colored[unseen] = 128
    return colored


def overlay(
    image: Picture,
    heat: Floats,
    alpha: float = 0.4,
    colormap: Colormap | str = Colormap.JET,
) -> Picture:
    """The heatmap over the picture: `alpha*heat + (1-alpha)*picture`.

    Args:
        image: (H, W, 3) uint8 RGB.
        heat: (H, W) float32 in 0..1, NaN where the network saw nothing; a map of another size
            covers the whole picture and is resized to it.
        alpha: opacity of the heat, 0..1.
        colormap: one of `Colormap`.

    Returns:
        (H, W, 3) uint8 RGB; parts that the network did not see are grey and hatched.
    """
    height, width = image.shape[:2]
    if heat.shape != (height, width):
        heat = resize_heat(heat, width, height)
    colored = colorize(heat, colormap)
    blended = np.asarray(cv2.addWeighted(colored, alpha, image, 1.0 - alpha, 0.0), np.uint8)
    unseen = np.isnan(heat)
    if unseen.any():
        blended[unseen] = hatched(image)[unseen]
    return blended


def hatched(image: Picture) -> Picture:
    """The picture as it is drawn where the network did not see it: dim, grey, with strokes.

    Args:
        image: (H, W, 3) uint8 RGB.
    """
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) * 0.5
    rows, columns = np.indices(gray.shape)
    gray[(rows + columns) % HATCH == 0] += 70.0
    return np.repeat(np.rint(gray).astype(np.uint8)[..., None], 3, axis=2)
