"""Pictures as they are sent to a browser: made small, encoded, and read back."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from gradcam.arrays import Picture
from services.media.decoding import read_picture


def shrunk(picture: Picture, side: int) -> Picture:
    """The picture with its longer side at most `side` pixels; small ones stay as they are."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def encoded(picture: Picture, *, lossless: bool = False) -> bytes:
    """WebP bytes for the browser, or PNG where every pixel counts."""
    buffer = io.BytesIO()
    if lossless:
        Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
    else:
        Image.fromarray(picture).save(buffer, "WEBP", quality=88, method=2)
    return buffer.getvalue()


def read_back(path: Path) -> Picture:
    """A picture that is no sample, such as an overlay of ours: (H, W, 3) uint8 RGB.

    Raises:
        PictureError: it is missing or damaged.
    """
    return read_picture(path)
