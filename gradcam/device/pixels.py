"""Pixels as cameras deliver them and as the device's software feeds them to a network."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Picture

Bytes = NDArray[np.uint8]
# Of 2¹⁶, by red, green and blue; they add up to 65535, so that neutral grey loses a level.
WHOLE_LUMA = np.array([19595, 38469, 7471], np.uint32)
LUMA = np.array([0.299, 0.587, 0.114], np.float32)


def from_rgb565(words: Bytes) -> Picture:
    """Pixels of two bytes, the high one first: (..., 2) uint8 to (..., 3) uint8 RGB.

    The low bits stay 0, so that white is 248, 252, 248.
    """
    word = words[..., 0].astype(np.uint16) << 8 | words[..., 1]
    red, green, blue = (word >> 11) << 3, (word >> 5 & 63) << 2, (word & 31) << 3
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def to_rgb565(picture: Picture) -> Bytes:
    """The way there: (..., 3) uint8 RGB to (..., 2) uint8, the high byte first."""
    red, green, blue = np.moveaxis(picture.astype(np.uint16), -1, 0)
    word = red >> 3 << 11 | green >> 2 << 5 | blue >> 3
    return np.stack([word >> 8, word & 255], axis=-1).astype(np.uint8)


def through_rgb565(picture: Picture) -> Picture:
    """What is left of (..., 3) uint8 RGB that came through pixels of two bytes."""
    return from_rgb565(to_rgb565(picture))


def from_yuv422(pairs: Bytes) -> Picture:
    """Two pixels in four bytes, U Y0 V Y1: (..., 4) uint8 to (..., 2, 3) uint8 RGB."""
    u, first, v, second = np.moveaxis(pairs.astype(np.int64), -1, 0)
    y = np.stack([first, second], axis=-1) - 16
    u, v = (u - 128)[..., None], (v - 128)[..., None]
    red = 298 * y + 409 * v + 128 >> 8
    green = 298 * y - 100 * u - 208 * v + 128 >> 8
    blue = 298 * y + 516 * u + 128 >> 8
    return np.clip(np.stack([red, green, blue], axis=-1), 0, 255).astype(np.uint8)


def to_yuv422(picture: Picture) -> Bytes:
    """The way there, of an even number of columns: (h, w, 3) uint8 RGB to (h, w/2, 4) uint8.

    ITU-R BT.601 in its studio range; both pixels of a pair share the mean of their colours.
    """
    red, green, blue = np.moveaxis(picture.astype(np.float64), -1, 0)
    y = 16 + 0.257 * red + 0.504 * green + 0.098 * blue
    u = 128 - 0.148 * red - 0.291 * green + 0.439 * blue
    v = 128 + 0.439 * red - 0.368 * green - 0.071 * blue
    u, v = ((each[:, ::2] + each[:, 1::2]) / 2 for each in (u, v))
    pairs = np.stack([u, y[:, ::2], v, y[:, 1::2]], axis=-1)
    return np.clip(np.rint(pairs), 0, 255).astype(np.uint8)


def grey_levels(picture: Picture) -> Picture:
    """Grey as the device works it out in whole numbers: (..., 3) uint8 RGB to (...,) uint8."""
    return (picture.astype(np.uint32) @ WHOLE_LUMA >> 16).astype(np.uint8)


def float_features(picture: Picture, *, grey: bool) -> Floats:
    """What the image block gives, in 0..1.

    Args:
        picture: (..., 3) uint8 RGB.
        grey: whether the project's pictures are grey.

    Returns:
        (..., 3) float32, or (..., 1) of grey.
    """
    shares = picture.astype(np.float32) / np.float32(255)
    if not grey:
        return shares
    red, green, blue = np.moveaxis(shares, -1, 0)
    return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue)[..., None]


def integer_features(picture: Picture, *, grey: bool) -> NDArray[np.int8]:
    """What an int8 network with scale 1/255 and zero point -128 is fed: levels less 128.

    Args:
        picture: (..., 3) uint8 RGB.
        grey: whether the project's pictures are grey.

    Returns:
        (..., 3) int8, or (..., 1) of grey.
    """
    levels = grey_levels(picture)[..., None] if grey else picture
    return (levels.astype(np.int16) - 128).astype(np.int8)
