"""From a picture and its map to the overlay's file, and to figures of where the heat lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam import Focus, focus, normalize, overlay, resize_heat
from gradcam.arrays import Floats, Picture
from gradcam.box import Box
from services.choices.choices import OverlaySize
from services.export.marking import marked
from services.export.plan import ExportPlan
from services.media.axes import Axes
from services.media.framed import with_axes
from services.media.medium import Medium
from services.media.shown import encoded
from services.sample import Sample
from services.tasks.marks import Mark

QUALITY = 92
MINIATURE_SIDE = 48  # pixels: the side of a picture's miniature, for the report's mean pictures


@dataclass(frozen=True)
class Drawn:
    """A sample's overlay.

    Attributes:
        content: the file's bytes, as `overlay_ending` says.
        focus: where the heat lies, on the original picture.
    """

    content: bytes
    focus: Focus


def draw_overlay(
    sample: Sample,
    picture: Picture,
    seen: Picture,
    raw: Floats,
    scale: float,
    plan: ExportPlan,
    medium: Medium,
    marks: Sequence[Mark] = (),
    start: float = 0.0,
) -> Drawn:
    """Draw a sample's overlay.

    Args:
        sample: with its boxes.
        picture: (H, W, 3) uint8 RGB, the original.
        seen: (h, w, 3) uint8 RGB, the same as the network sees it.
        raw: (h, w) float32, its map.
        scale: what the map is divided by; 0 where it shows nothing.
        plan: opacity, colour map, size.
        medium: puts the map on the picture.
        marks: what lies where on it; where there are any, the sample's boxes are drawn as well.
        start: when the sample begins in its file, in seconds, where it has axes.
    """
    heat = normalize(raw, scale=scale)
    size = picture.shape[1], picture.shape[0]
    placed = medium.place(heat, size, size)
    if plan.overlay_size is OverlaySize.MODEL:
        base, warm = seen, resize_heat(heat, seen.shape[1], seen.shape[0])
    else:
        base, warm = picture, placed
    drawn = overlay(base, warm, plan.alpha, plan.colormap)
    boxes = [each.box for each in sample.boxes]
    if marks:
        whole = [Box(mark.x * size[0], mark.y * size[1], 0.0, 0.0) for mark in marks]
        shown = boxes
        if plan.overlay_size is OverlaySize.MODEL:
            placement = medium.placement(size)
            whole, shown = (
                [placement.onto_input(each) for each in some] for some in (whole, boxes)
            )
        points = [(each.x, each.y) for each in whole]
        drawn = marked(drawn, shown, points, [mark.verdict for mark in marks])
    axes = drawn_axes(plan, medium)
    if axes is None:
        return Drawn(encoded_jpeg(drawn), focus(placed, boxes))
    return Drawn(encoded(with_axes(drawn, axes, start), lossless=True), focus(placed, boxes))


def drawn_axes(plan: ExportPlan, medium: Medium) -> Axes | None:
    """The axes around overlays; None where there are none, or they are as the network's input."""
    return None if plan.overlay_size is OverlaySize.MODEL else medium.axes


def overlay_ending(plan: ExportPlan, medium: Medium) -> str:
    """What names of overlays end in: numbers along axes are not to be blurred."""
    return ".jpg" if drawn_axes(plan, medium) is None else ".png"


def encoded_jpeg(picture: Picture, quality: int = QUALITY) -> bytes:
    """A picture as JPEG; (H, W, 3) uint8 RGB."""
    turned = np.ascontiguousarray(picture[..., ::-1])
    _, jpeg = cv2.imencode(".jpg", turned, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return jpeg.tobytes()


def miniature(seen: Picture) -> NDArray[np.uint8]:
    """A picture made very small, whatever its shape: (48, 48, 3) uint8 RGB."""
    return np.asarray(
        cv2.resize(seen, (MINIATURE_SIDE, MINIATURE_SIDE), interpolation=cv2.INTER_AREA), np.uint8
    )
