"""What can be said of a picture without a network: bright, blurred, large, of which colour."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from gradcam.arrays import Floats, Numbers, Picture
from services.media.called import PICTURES
from services.media.property import Property, Saying, Unusual
from services.media.shown import shrunk

LOOKED_AT = 256  # pixels, the longer side; larger pictures are shrunk, so that sizes compare
HUES = 24  # steps of the colour circle
# Twelfths of the colour circle where each name ends.
COLOURS = (("red", 1), ("yellow", 3), ("green", 5), ("cyan", 7), ("blue", 9), ("magenta", 11))
HUE_NAMES = (*(name for name, _ in COLOURS), "grey")
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

    @property
    def numbers(self) -> Numbers:
        """(13,) float64, in the order of `PICTURE_PROPERTIES`."""
        plain = (self.brightness, self.contrast, self.sharpness, self.width * self.height,
                 self.aspect, self.saturation)  # fmt: skip
        mostly = colour_of(self.dominant_hue)
        return np.array([*plain, *(mostly == name for name in HUE_NAMES)], np.float64)


def colour_of(hue: float) -> str:
    """A hue of 0..1 by name; grey for NaN."""
    if np.isnan(hue):
        return "grey"
    return next((name for name, end in COLOURS if hue * 12 < end), "red")


def _sides(more: str, less: str) -> tuple[Saying, Saying]:
    return Saying.being(PICTURES.many, more), Saying.being(PICTURES.many, less)


PICTURE_PROPERTIES = (
    Property("brightness, 0..1", *_sides("bright", "dark"), figure="brightness", digits=".2f",
        too_low=Unusual("Is it too dark?", "are darker", times=0.75),
        too_high=Unusual("Is it too bright?", "are brighter", times=1.25),
    ),
    Property("contrast, 0..0.5", *_sides("contrasty", "flat")),
    Property("sharpness", *_sides("sharp", "blurred"),
        figure="sharpness (variance of the Laplacian)",
        too_low=Unusual("Is it blurred?", "are softer", times=0.5),
    ),
    Property("size, pixels", *_sides("large", "small")),
    Property("width : height", *_sides("wide", "tall")),
    Property("colourfulness, 0..1", *_sides("colourful", "pale")),
    *(Property(f"mostly {name}", *_sides(f"mostly {name}", f"not {name}"), is_share=True)
      for name in HUE_NAMES),
)  # fmt: skip


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
