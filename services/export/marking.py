"""Labelled boxes and what became of objects, drawn on a picture: a shape and a colour a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Picture
from gradcam.box import Box
from services.tasks.marks import ObjectVerdict

FINE = 8  # a coordinate in OpenCV's `shift` of three bits
DARK = (20, 20, 24)
PALE = (245, 245, 245)
COLOURS: Mapping[ObjectVerdict, tuple[int, int, int]] = MappingProxyType({
    ObjectVerdict.HIT: (64, 222, 128),
    ObjectVerdict.MISSED: (255, 92, 92),
    ObjectVerdict.FALSE_ALARM: (255, 166, 43),
    ObjectVerdict.WRONG_CLASS: (232, 121, 249),
    ObjectVerdict.UNJUDGED: PALE,
})  # fmt: skip
# Around the centre, in shares of a mark's reach; a hit is a circle instead.
OUTLINES: Mapping[ObjectVerdict, tuple[tuple[tuple[float, float], ...], ...]] = MappingProxyType({
    ObjectVerdict.MISSED: (((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)),),
    ObjectVerdict.FALSE_ALARM: (((-1, -1), (1, 1)), ((-1, 1), (1, -1))),
    ObjectVerdict.WRONG_CLASS: (((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0), (0, -1.3)),),
    ObjectVerdict.UNJUDGED: (((-1, 0), (1, 0)), ((0, -1), (0, 1))),
})  # fmt: skip


def marked(
    picture: Picture,
    boxes: Sequence[Box],
    points: Sequence[tuple[float, float]],
    verdicts: Sequence[ObjectVerdict],
) -> Picture:
    """A picture with boxes in thin lines, and a shape at each point.

    Args:
        picture: (h, w, 3) uint8 RGB.
        boxes: in its pixels.
        points: from the left and from the top, in its pixels.
        verdicts: of the points.
    """
    drawn = np.ascontiguousarray(picture)
    if drawn is picture:
        drawn = picture.copy()
    side = min(drawn.shape[:2])
    line, reach = max(1, round(side / 250)), max(5.0, side / 40)
    for box in boxes:
        corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
        outline = [(box.x + x * box.width, box.y + y * box.height) for x, y in corners]
        _outlined(drawn, outline, PALE, line)
    for (x, y), verdict in zip(points, verdicts, strict=True):
        if verdict is ObjectVerdict.HIT:
            turns = np.linspace(0.0, 2.0 * np.pi, 33)
            outlines = [[(x + reach * np.cos(turn), y + reach * np.sin(turn)) for turn in turns]]
        else:
            outlines = [
                [(x + reach * across, y + reach * down) for across, down in outline]
                for outline in OUTLINES[verdict]
            ]
        for outline in outlines:
            _outlined(drawn, outline, COLOURS[verdict], line)
    return drawn


def _outlined(
    picture: NDArray[np.uint8],
    points: Sequence[tuple[float, float]],
    color: tuple[int, int, int],
    line: int,
) -> None:
    """Draw a line with a dark edge, so that it is seen on any ground; of one pixel it is crisp."""
    smooth = cv2.LINE_8 if line == 1 else cv2.LINE_AA
    fine = [np.rint((np.array(points) - 0.5) * FINE).astype(np.int32)]
    for own, thickness in ((DARK, line + 2), (color, line)):
        cv2.polylines(picture, fine, isClosed=False, color=own, thickness=thickness,
                      lineType=smooth, shift=3)  # fmt: skip
