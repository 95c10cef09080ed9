"""Resizing as Edge Impulse's device software does it: whole numbers, in one piece of memory.

Neither centres of pixels nor neighbourhoods are heeded, so that the content lies up to half a
pixel right of and below where a picture library puts it, and fine patterns alias.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Mask, Picture

BITS = 14  # of a fraction
ONE = 1 << BITS
HALF = ONE >> 1
Places = NDArray[np.int64]


class DeviceResize(StrEnum):
    """How a frame is brought to the size of the network, by the words of an impulse."""

    SQUASH = "squash"
    FIT_SHORTEST = "fit-shortest"
    FIT_LONGEST = "fit-longest"


@dataclass(frozen=True)
class FrameCrop:
    """The part of a frame that is kept, in pixels; it may be larger than the frame."""

    x: int
    y: int
    width: int
    height: int

    @property
    def is_refused(self) -> bool:
        """Whether the device's software refuses it, since it leaves the frame."""
        return self.x < 0 or self.y < 0


@dataclass(frozen=True, eq=False)
class Resized:
    """A frame as the device resized it.

    Attributes:
        picture: (H, W, channels) uint8.
        undefined: (H, W) bool: pixels that depend on memory outside of the frame, 0 here.
        refused: whether the crop was refused, so that the frame's first pixels were left.
    """

    picture: Picture
    undefined: Mask
    refused: bool = False


def crop_of(width: int, height: int, wanted_width: int, wanted_height: int) -> FrameCrop:
    """What `fit-shortest` keeps of a frame: by its orientation, whatever its shape.

    Args:
        width: columns of the frame.
        height: rows of the frame.
        wanted_width: columns of the network's input.
        wanted_height: rows of the network's input.
    """
    if width > height:
        kept_width, kept_height = wanted_width * height // wanted_height, height
    else:
        kept_width, kept_height = width, wanted_height * width // wanted_width
    # As C divides: toward zero.
    x, y = int((width - kept_width) / 2), int((height - kept_height) / 2)
    return FrameCrop(x, y, kept_width, kept_height)


def device_resized(
    frame: Picture, width: int, height: int, mode: DeviceResize = DeviceResize.SQUASH
) -> Resized:
    """A frame as the device's software resizes it.

    Args:
        frame: (h, w, channels) uint8.
        width: columns of the network's input.
        height: rows of the network's input.
        mode: how another shape is made to fit.
    """
    if frame.shape[:2] == (height, width):
        return Resized(frame, np.zeros((height, width), bool))
    match mode:
        case DeviceResize.SQUASH:
            return _squashed(frame, width, height)
        case DeviceResize.FIT_SHORTEST:
            return _fit_shortest(frame, width, height)
        case DeviceResize.FIT_LONGEST:
            return _fit_longest(frame, width, height)


def unresized(frame: Picture, width: int, height: int) -> Picture:
    """What is fed where a refused crop goes unnoticed: the frame's first pixels, in rows too short.

    Args:
        frame: (h, w, channels) uint8, of at least as many pixels.
        width: columns of the network's input.
        height: rows of the network's input.

    Returns:
        (height, width, channels) uint8.
    """
    channels = frame.shape[2]
    return frame.reshape(-1, channels)[: width * height].reshape(height, width, channels)


def _squashed(frame: Picture, width: int, height: int) -> Resized:
    rows, columns, channels = frame.shape
    memory = frame.reshape(-1, channels)
    read = _reads((columns, rows), (width, height))
    picture, undefined = _mixed(memory, read, np.arange(width * height))
    return Resized(picture.reshape(height, width, channels), undefined.reshape(height, width))


def _fit_shortest(frame: Picture, width: int, height: int) -> Resized:
    rows, columns = frame.shape[:2]
    crop = crop_of(columns, rows, width, height)
    if crop.is_refused:
        left = unresized(frame, width, height)
        return Resized(left, np.zeros((height, width), bool), refused=True)
    kept = frame[crop.y : crop.y + crop.height, crop.x : crop.x + crop.width]
    if (crop.width, crop.height) == (width, height):
        return Resized(kept, np.zeros((height, width), bool))
    return _in_place(kept, width, height)


def _fit_longest(frame: Picture, width: int, height: int) -> Resized:
    rows, columns, channels = frame.shape
    shape, wanted = np.float32(columns) / np.float32(rows), np.float32(width) / np.float32(height)
    if shape > wanted:
        inner_width, inner_height = width, int(np.float32(width) / shape)
    else:
        inner_width, inner_height = int(np.float32(height) * shape), height
    inner = (
        Resized(frame, np.zeros((rows, columns), bool))
        if (inner_width, inner_height) == (columns, rows)
        else _squashed(frame, inner_width, inner_height)
    )
    left, top = (width - inner_width) // 2, (height - inner_height) // 2
    picture = np.zeros((height, width, channels), np.uint8)
    undefined = np.zeros((height, width), bool)
    place = np.s_[top : top + inner_height, left : left + inner_width]
    picture[place], undefined[place] = inner.picture, inner.undefined
    undefined[2 * top + inner_height :] = True  # of an odd gap one row is never written
    return Resized(picture, undefined)


def _in_place(kept: Picture, width: int, height: int) -> Resized:
    """A crop that is resized where it lies: what is enlarged overwrites what is still to be read.

    Pixels are written one after the other. So many at once are worked out as read nothing that
    one of them has written.
    """
    rows, columns, channels = kept.shape
    count = width * height
    memory = np.zeros((max(count, rows * columns), channels), np.uint8)
    memory[: rows * columns] = kept.reshape(-1, channels)
    outside = np.arange(len(memory)) >= rows * columns
    read = _reads((columns, rows), (width, height))
    places, start = np.stack([read.at + each for each in read.beside]), 0
    written = np.arange(count)
    while start < count:
        spoilt = ((places[:, start:] >= start) & (places[:, start:] < written[start:])).any(axis=0)
        stop = start + (int(spoilt.argmax()) if spoilt.any() else count - start)
        picture, undefined = _mixed(memory, read, written[start:stop], outside)
        memory[start:stop], outside[start:stop] = picture, undefined
        start = stop
    picture = memory[:count].reshape(height, width, channels)
    return Resized(picture, outside[:count].reshape(height, width))


@dataclass(frozen=True, eq=False)
class _Reads:
    """Which pixels of a flat memory each pixel is mixed of.

    Attributes:
        at: (count,) the upper left one.
        beside: how far the four are from it: itself, right, below, below right.
        across, down: (count,) how much of the right and of the lower ones, in 1/2¹⁴.
    """

    at: Places
    beside: tuple[int, int, int, int]
    across: Places
    down: Places


def _reads(size: tuple[int, int], wanted: tuple[int, int]) -> _Reads:
    """For a frame of a width and a height."""
    (columns, rows), (width, height) = size, wanted
    x = np.arange(width, dtype=np.int64) * ((columns << BITS) // width)
    y = np.arange(height, dtype=np.int64) * ((rows << BITS) // height)
    at = (y >> BITS)[:, None] * columns + (x >> BITS)[None]
    across = np.broadcast_to(x & (ONE - 1), at.shape)
    down = np.broadcast_to((y & (ONE - 1))[:, None], at.shape)
    return _Reads(at.ravel(), (0, 1, columns, columns + 1), across.ravel(), down.ravel())


def _mixed(
    memory: Picture, read: _Reads, some: Places, outside: Mask | None = None
) -> tuple[Picture, Mask]:
    """Some pixels, (n, channels) uint8, and which of them depend on what is outside of the frame.

    Args:
        memory: (pixels, channels) uint8.
        read: for all pixels.
        some: which of them.
        outside: (pixels,) which of the memory is outside of the frame; None for none of it.
    """
    places = [read.at[some] + each for each in read.beside]
    across, down = read.across[some], read.down[some]
    beyond = [each >= len(memory) for each in places]
    values = [memory[np.minimum(each, len(memory) - 1)].astype(np.int64) for each in places]
    for each, out in zip(values, beyond, strict=True):
        each[out] = 0
    upper, lower = (
        (values[k] * (ONE - across)[:, None] + values[k + 1] * across[:, None] + HALF) >> BITS
        for k in (0, 2)
    )
    mixed = (upper * (ONE - down)[:, None] + lower * down[:, None] + HALF) >> BITS
    if outside is not None:
        beyond = [
            out | outside[np.minimum(each, len(memory) - 1)]
            for out, each in zip(beyond, places, strict=True)
        ]
    counts = (np.ones_like(across, bool), across > 0, down > 0, (across > 0) & (down > 0))
    undefined = np.any([out & each for out, each in zip(beyond, counts, strict=True)], axis=0)
    return mixed.astype(np.uint8), undefined
