"""What can be said of a picture without a network: bright, blurred, large, of which colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gradcam.arrays import Floats, Picture
from services.media.shown import shrunk

LOOKED_AT = 256  # pixels, the longer side; larger pictures are shrunk, so that sizes compare
HUES = 24  # steps of the colour circle
COLOURED = 0.05  # least mean of saturation times brightness of a picture that has a colour


@dataclass(frozen=True)
class Properties:
    """A picture's properties.

    Attributes:
        brightness: mean luma (ITU-R BT.601), 0 black to 1 white.
        contrast: standard deviation of luma, 0 to 0.5.
        sharpness: variance of the Laplacian of luma in 0..255 (Pech-Pacheco et al. 2000); low where
            the picture is blurred. Comparable among pictures of one kind only.
        width, height: pixels.
        aspect: width over height.
        dominant_hue: the commonest colour, 0 and 1 red, 1/3 green, 2/3 blue; NaN of a grey picture.
        saturation: mean HSV saturation, 0 grey to 1.
    """

    brightness: float
    contrast: float
    sharpness: float
    width: int
    height: int
    aspect: float
    dominant_hue: float
    saturation: float


def properties_of(picture: Picture) -> Properties:
    """Look at a picture; about a millisecond.

    Args:
        picture: (H, W, 3) uint8 RGB.
    """
    height, width = picture.shape[:2]
    small = shrunk(picture, LOOKED_AT)
    luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    hue, saturation, value = cv2.split(
        cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2HSV)
    )
    return Properties(
        brightness=float(luma.mean()) / 255.0,
        contrast=float(luma.std()) / 255.0,
        sharpness=float(cv2.Laplacian(luma, cv2.CV_32F).var()),
        width=width,
        height=height,
        aspect=width / height,
        dominant_hue=_dominant(hue / 360.0, saturation * value),
        saturation=float(saturation.mean()),
    )


def _dominant(hue: Floats, weight: Floats) -> float:
    """The middle of the colours around the heaviest step of the circle."""
    if float(weight.mean()) < COLOURED:
        return float("nan")
    steps = np.floor(hue.ravel() * HUES).astype(np.int64) % HUES
    heaviest = int(np.bincount(steps, weight.ravel(), HUES).argmax())
    # Turned so that the heaviest step is in the middle: red lies at both ends of the scale.
    turn = (heaviest + 0.5) / HUES - 0.5
    turned = (hue.ravel() - turn) % 1.0
    near = np.abs(turned - 0.5) <= 1.0 / HUES
    return float((np.average(turned[near], weights=weight.ravel()[near]) + turn) % 1.0)
