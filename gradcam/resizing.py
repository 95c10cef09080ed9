"""Interpolations: which library's way a picture is brought to another size."""

from __future__ import annotations

from enum import StrEnum

import cv2
import numpy as np
from PIL import Image

from gradcam.arrays import Picture


class ResizeMethod(StrEnum):
    """The interpolation. The first three are Pillow's, antialiased where it shrinks."""

    LANCZOS3 = "lanczos3"  # Edge Impulse Studio's
    BILINEAR = "bilinear"
    NEAREST = "nearest"  # never antialiased; `tf.image.resize` and Keras take the same pixels
    PLAIN_BILINEAR = "plain-bilinear"  # Keras' and OpenCV's own, without antialiasing
    AREA = "area"  # OpenCV's `INTER_AREA`: the mean of what falls together
    CORNER_NEAREST = "corner-nearest"  # OpenCV's `INTER_NEAREST`: pixels a half to the left


_PILLOW = {
    ResizeMethod.LANCZOS3: Image.Resampling.LANCZOS,
    ResizeMethod.BILINEAR: Image.Resampling.BILINEAR,
    ResizeMethod.NEAREST: Image.Resampling.NEAREST,
}
_OPENCV = {
    ResizeMethod.PLAIN_BILINEAR: cv2.INTER_LINEAR,
    ResizeMethod.AREA: cv2.INTER_AREA,
    ResizeMethod.CORNER_NEAREST: cv2.INTER_NEAREST,
}


def resized(picture: Picture, width: int, height: int, method: ResizeMethod) -> Picture:
    """The picture at another size: (height, width, 3) uint8 RGB.

    Args:
        picture: (H, W, 3) uint8 RGB.
        width: columns of the answer.
        height: rows of the answer.
        method: the interpolation; what lies between two levels is rounded.
    """
    if method in _PILLOW:
        image = Image.fromarray(np.ascontiguousarray(picture))
        return np.asarray(image.resize((width, height), _PILLOW[method]))
    # In floats, because OpenCV's own arithmetic of bytes is a level off.
    levels = cv2.resize(picture.astype(np.float32), (width, height), interpolation=_OPENCV[method])
    return np.asarray(np.rint(levels), np.uint8)
