"""From pixels to the numbers that a network was trained with."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats

IMAGENET_MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # RGB, of 0..1
IMAGENET_STD = np.array([0.229, 0.224, 0.225], np.float32)
CAFFE_MEAN_BGR = np.array([103.939, 116.779, 123.68], np.float32)  # of 0..255
_PICTURE = (-3, -2, -1)  # axes of one picture


class Scaling(StrEnum):
    """What happens to pixels of 0..255; the first six names are Edge Impulse Studio's."""

    UNIT = "0..1"
    SYMMETRIC = "-1..1"
    RAW = "0..255"
    SIGNED = "-128..127"
    TORCH = "torch"
    CAFFE = "bgr-subtract-imagenet-mean"
    STANDARDIZED = "per-image-standardization"  # as `tf.image.per_image_standardization`
    STRETCHED = "per-image-min-max"  # its darkest number is 0, its brightest 1
    OWN = "mean-and-deviation"  # (pixel - mean) / deviation, in numbers of one's own


def rescaled(
    pixels: Floats,
    scaling: Scaling,
    mean: Sequence[float] = (),
    deviation: Sequence[float] = (),
) -> Floats:
    """Pixels in the range that the network expects.

    Args:
        pixels: (..., H, W, C) float32 of 0..255, C of 1 or 3, in the network's order.
        scaling: what happens to them. A single channel is centred by the mean of the three
            constants where a scaling has one for each colour.
        mean: of pixels of 0..255, one number or C; for `Scaling.OWN` alone.
        deviation: likewise.

    Returns:
        float32 of the same shape.
    """
    if scaling is Scaling.OWN:
        centre: Floats = np.array(mean, np.float32)
        divisor: Floats = np.array(deviation, np.float32)
        return (pixels - centre) / divisor
    return _RULES[scaling](pixels)


def _torch(pixels: Floats) -> Floats:
    mean, deviation = _constants(pixels, IMAGENET_MEAN), _constants(pixels, IMAGENET_STD)
    return ((pixels / 255.0 - mean) / deviation).astype(np.float32)


def _constants(pixels: Floats, colors: Floats) -> Floats:
    return colors.mean(keepdims=True) if pixels.shape[-1] == 1 else colors


def _standardized(pixels: Floats) -> Floats:
    """Of each picture by itself; an even one is divided by TensorFlow's least deviation."""
    least = 1.0 / np.sqrt(math.prod(pixels.shape[-3:]))
    deviation = np.maximum(pixels.std(_PICTURE, keepdims=True), least)
    return ((pixels - pixels.mean(_PICTURE, keepdims=True)) / deviation).astype(np.float32)


def _stretched(pixels: Floats) -> Floats:
    """Of each picture by itself, over all its channels; an even one is 0."""
    low = pixels.min(_PICTURE, keepdims=True)
    span = pixels.max(_PICTURE, keepdims=True) - low
    return ((pixels - low) / np.where(span > 0, span, 1.0)).astype(np.float32)


_RULES: dict[Scaling, Callable[[Floats], Floats]] = {
    Scaling.UNIT: lambda pixels: pixels / 255.0,
    Scaling.SYMMETRIC: lambda pixels: pixels / 127.5 - 1.0,
    Scaling.RAW: np.ascontiguousarray,
    Scaling.SIGNED: lambda pixels: pixels - 128.0,
    Scaling.TORCH: _torch,
    Scaling.CAFFE: lambda pixels: pixels - _constants(pixels, CAFFE_MEAN_BGR),
    Scaling.STANDARDIZED: _standardized,
    Scaling.STRETCHED: _stretched,
}
