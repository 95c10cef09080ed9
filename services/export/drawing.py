"""From a picture and its map to the overlay's file, and to figures of where the heat lies."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam import Focus, focus, normalize, overlay, resize_heat
from gradcam.arrays import Floats, Picture
from services.choices.choices import OverlaySize
from services.export.plan import ExportPlan
from services.media.medium import Medium
from services.sample import Sample

QUALITY = 92
MINIATURE_SIDE = 48  # pixels: the side of a picture's miniature, for the report's mean pictures


@dataclass(frozen=True)
class Drawn:
    """A sample's overlay.

    Attributes:
        jpeg: the file's bytes.
        focus: where the heat lies, on the original picture.
    """

    jpeg: bytes
    focus: Focus


def draw_overlay(
    sample: Sample,
    picture: Picture,
    seen: Picture,
    raw: Floats,
    scale: float,
    plan: ExportPlan,
    medium: Medium,
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
    """
    heat = normalize(raw, scale=scale)
    size = picture.shape[1], picture.shape[0]
    placed = medium.place(heat, size, size)
    if plan.overlay_size is OverlaySize.MODEL:
        base, warm = seen, resize_heat(heat, seen.shape[1], seen.shape[0])
    else:
        base, warm = picture, placed
    boxes = [each.box for each in sample.boxes]
    return Drawn(encoded_jpeg(overlay(base, warm, plan.alpha, plan.colormap)), focus(placed, boxes))


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
