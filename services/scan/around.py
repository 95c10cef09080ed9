"""What lies on an object and around it: nine zones, what each looks like, how hot it is."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers, Picture
from gradcam.box import Box
from gradcam.spray import covered

ZONES = (
    *("above and left of", "above", "above and right of"),
    *("left of", "on", "right of"),
    *("below and left of", "below", "below and right of"),
)
ON = ZONES.index("on")
AROUND = tuple(number for number in range(len(ZONES)) if number != ON)
EDGES = (0.0, 0.25, 0.75, 1.0)  # of the zones; an object fills the middle
LOOKS = ("brightness", "contrast", "colourfulness")
SEEN = 0.25  # least share of a zone that lies on the picture


def zones_in(region: Box) -> tuple[Box, ...]:
    """The nine zones of an object with its surroundings, row by row."""
    across = [region.x + edge * region.width for edge in EDGES]
    down = [region.y + edge * region.height for edge in EDGES]
    return tuple(
        Box(left, top, right - left, bottom - top)
        for top, bottom in itertools.pairwise(down)
        for left, right in itertools.pairwise(across)
    )


def of_one_size(regions: Sequence[Box]) -> list[Box]:
    """Surroundings that are as large as the median at least, around the same centres.

    What a network finds where nothing is labelled has but the size of its cells.
    """
    if not regions:
        return []
    width, height = np.median([(each.width, each.height) for each in regions], axis=0)
    return [_widened(each, float(width), float(height)) for each in regions]


def _widened(box: Box, width: float, height: float) -> Box:
    wide, high = max(box.width, width), max(box.height, height)
    return Box(box.x + (box.width - wide) / 2, box.y + (box.height - high) / 2, wide, high)


def looks_of(picture: Picture, region: Box) -> Numbers:
    """What the zones look like.

    Args:
        picture: (H, W, 3) uint8 RGB.
        region: an object with its surroundings, in fractions of the picture.

    Returns:
        (9, 3) float64: mean luma and its deviation, 0..1 and 0..0.5, and mean saturation; NaN of a
        zone that lies outside of the picture.
    """
    height, width = picture.shape[:2]
    return np.array([_look(picture, zone.scaled(width, height)) for zone in zones_in(region)])


def _look(picture: Picture, zone: Box) -> tuple[float, float, float]:
    rows, columns = zone.slices
    cut = picture[rows, columns]
    if cut.shape[0] * cut.shape[1] < max(1.0, SEEN * zone.width * zone.height):
        return np.nan, np.nan, np.nan
    cut = np.ascontiguousarray(cut)
    luma = cv2.cvtColor(cut, cv2.COLOR_RGB2GRAY) / 255.0
    saturation = cv2.cvtColor(cut, cv2.COLOR_RGB2HSV)[..., 1] / 255.0
    return float(luma.mean()), float(luma.std()), float(saturation.mean())


def heat_around(heat: Floats, region: Box) -> NDArray[np.float64]:
    """How much of the heat around an object lies in each zone, and what even heat would give.

    Args:
        heat: (h, w) float32, of an object, no less than 0.
        region: an object with its surroundings, in fractions of the network's input.

    Returns:
        (2, 9) float64, each sums to 1; NaN where there is no heat around it.
    """
    masks = [covered(zone, (heat.shape[0], heat.shape[1])) for zone in zones_in(region)]
    there = np.array([(heat * mask).sum() for mask in masks], np.float64)
    even = np.array([mask.sum() for mask in masks], np.float64)
    if there.sum() <= 0 or even.sum() <= 0:
        return np.full((2, len(ZONES)), np.nan)
    return np.stack([there / there.sum(), even / even.sum()])
