"""What can be wrong between a camera and a network, and how each fault is undone or made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

import numpy as np

from gradcam.arrays import Picture
from gradcam.device.pixels import (
    from_rgb565,
    from_yuv422,
    grey_levels,
    to_rgb565,
    to_yuv422,
)


class Fault(StrEnum):
    """What is wrong; the value says it."""

    NONE = "nothing"
    BYTES_SWAPPED = "the two bytes of each RGB565 pixel are swapped"
    BLUE_FIRST = "blue and red are exchanged"
    OFF_BY_ONE = "all values lie one byte too far"
    OFF_BY_TWO = "all values lie two bytes too far"
    OFF_BY_A_PIXEL = "all pixels lie one too far"
    ROW_LENGTH = "the rows have another length than the network takes"
    PLANAR = "all reds come first, then all greens, then all blues"
    GREY = "the picture is grey, where the network takes colours"
    CROPPED = "the frame was cut, where the network was trained with squashed pictures"
    BARS = "the frame has bars, where the network was trained without"
    SQUASHED = "the frame was squashed, where the network was trained with another shape"
    TURNED_LEFT = "the picture is turned a quarter to the left"
    TURNED_RIGHT = "the picture is turned a quarter to the right"
    UPSIDE_DOWN = "the picture stands on its head"
    MIRRORED = "the picture is mirrored, left for right"
    FLIPPED = "the picture is mirrored, top for bottom"
    TRANSPOSED = "rows and columns are exchanged"
    ANTITRANSPOSED = "rows and columns are exchanged, and the picture stands on its head"
    SHIFTED_BY_128 = "levels are shifted by 128, as where int8 and uint8 are confused"
    YUV_ORDER = "the bytes of YUV422 pixels are read in another order"
    SEAM = "the lower part is of another frame than the upper one"
    PACKED_SHARES = "levels were given as 0..1, where packed pixels are expected"
    PACKED_GREY = "grey levels were given, where packed pixels are expected"


Rewrite = Callable[[Picture], Picture]


def _rolled(count: int) -> Rewrite:
    return lambda picture: np.roll(picture.ravel(), -count).reshape(picture.shape)


def swapped_bytes(picture: Picture) -> Picture:
    """Its pixels in two bytes each, read with the bytes exchanged."""
    return from_rgb565(to_rgb565(picture)[..., ::-1])


def shifted_by_128(picture: Picture) -> Picture:
    """Its levels plus 128, without a carry."""
    return (picture + np.uint8(128)).astype(np.uint8)


def planar(picture: Picture) -> Picture:
    """A plane a colour, read as if the colours of a pixel stood together."""
    return np.moveaxis(picture, -1, 0).reshape(picture.shape)


def from_planar(picture: Picture) -> Picture:
    """The way back."""
    height, width, channels = picture.shape
    return np.moveaxis(picture.reshape(channels, height, width), 0, -1)


def misread_yuv(picture: Picture) -> Picture:
    """Its pixels as U Y0 V Y1, read as Y0 U Y1 V."""
    even = picture.shape[1] // 2 * 2
    pairs = to_yuv422(picture[:, :even])
    read = from_yuv422(pairs[..., [1, 0, 3, 2]]).reshape(picture.shape[0], even, 3)
    return np.concatenate([read, picture[:, even:]], axis=1)


def greyed(picture: Picture) -> Picture:
    """Grey in all three colours."""
    return np.repeat(grey_levels(picture)[..., None], 3, axis=-1)


# What the device printed, with the fault undone.
UNDONE: Mapping[Fault, Rewrite] = {
    Fault.NONE: lambda picture: picture,
    Fault.BYTES_SWAPPED: swapped_bytes,
    Fault.BLUE_FIRST: lambda picture: picture[..., ::-1],
    Fault.OFF_BY_ONE: _rolled(1),
    Fault.OFF_BY_TWO: _rolled(2),
    Fault.OFF_BY_A_PIXEL: _rolled(3),
    Fault.PLANAR: from_planar,
    Fault.TURNED_LEFT: lambda picture: np.rot90(picture, -1),
    Fault.TURNED_RIGHT: lambda picture: np.rot90(picture, 1),
    Fault.UPSIDE_DOWN: lambda picture: picture[::-1, ::-1],
    Fault.MIRRORED: lambda picture: picture[:, ::-1],
    Fault.FLIPPED: lambda picture: picture[::-1],
    Fault.TRANSPOSED: lambda picture: np.swapaxes(picture, 0, 1),
    Fault.ANTITRANSPOSED: lambda picture: np.swapaxes(picture[::-1, ::-1], 0, 1),
    Fault.SHIFTED_BY_128: shifted_by_128,
}
# What was to be expected, with the fault made: something is lost in these.
MADE: Mapping[Fault, Rewrite] = {Fault.GREY: greyed, Fault.YUV_ORDER: misread_yuv}
OF_COLOURS = frozenset({
    Fault.BYTES_SWAPPED, Fault.BLUE_FIRST, Fault.OFF_BY_ONE, Fault.OFF_BY_TWO, Fault.PLANAR,
    Fault.GREY, Fault.YUV_ORDER,
})  # fmt: skip
# Without what was to be expected, only these leave a trace: in how rough the picture is.
OF_ROUGHNESS = (
    Fault.NONE, Fault.BYTES_SWAPPED, Fault.SHIFTED_BY_128, Fault.OFF_BY_ONE, Fault.OFF_BY_TWO,
    Fault.PLANAR,
)  # fmt: skip
