"""How a sound is drawn: a panel for what each block hears, and where heat lies on it.

Time goes from left to right and frequency upwards. A block whose coefficients have no frequency has
two panels: the bands that they are made of, and the coefficients themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers, Picture
from services.media.axes import Axes, Panel
from services.media.sound.bands import centres
from services.media.sound.feature_block import FeatureBlock
from services.media.sound.framing import SKIPPED

WIDE = 400  # pixels, about: a whole number of them for each frame
HIGH_BANDS, HIGH_NAMED = 160, 80  # likewise, of a panel
LARGEST = 1600
RANGE_DB = 70.0  # below the loudest cell all is black
QUIETEST_DB = -60.0  # a window with nothing louder is drawn dark


@dataclass(frozen=True)
class PanelRows:
    """A panel's place.

    Attributes:
        block: the number of the block that it is of.
        rows: how many it has.
        named: whether they are coefficients without a frequency.
        by_frame: whether a frame's rows share one heat: bands that coefficients are made of.
        top, bottom: in pixels.
    """

    block: int
    rows: int
    named: bool
    by_frame: bool
    top: int
    bottom: int

    @property
    def row_of(self) -> NDArray[np.int64]:
        """The row at each pixel from the top down; the lowest row lies at the bottom."""
        high = self.bottom - self.top
        return self.rows - 1 - np.arange(high) * self.rows // high


@dataclass(frozen=True)
class Drawing:
    """The size of a picture and what lies where on it.

    Attributes:
        width, height: in pixels.
        heard: pixels from the left that the network hears; what follows lies in no frame.
        parts: from top to bottom.
        columns: of each block, the frame at each heard pixel.
    """

    width: int
    height: int
    heard: int
    parts: tuple[PanelRows, ...]
    columns: tuple[NDArray[np.int64], ...]


@lru_cache(32)
def drawing_of(blocks: tuple[FeatureBlock, ...], rate: int, length: int) -> Drawing:
    """How windows are drawn.

    Args:
        blocks: that make features of them.
        rate: values a second.
        length: values of a window.
    """
    framings = [block.framing(rate) for block in blocks]
    most = length / min(framing.hop for framing in framings)
    width = int(np.clip(round(max(1, round(WIDE / most)) * most), WIDE // 4, LARGEST))
    ends = [
        min(length, (framing.count(length) - 1) * framing.hop + framing.heard)
        for framing in framings
    ]
    heard = max(1, min(width, round(max(ends) * width / length)))
    at = (np.arange(heard) + 0.5) * length / width
    columns = tuple(
        np.minimum((at // framing.hop).astype(np.int64), framing.count(length) - 1)
        for framing in framings
    )
    parts: list[PanelRows] = []
    for number, block in enumerate(blocks):
        kinds = [(len(block.bank(rate)), False)]
        kinds += [(len(block.names), True)] if block.names else []
        for rows, named in kinds:
            top = parts[-1].bottom if parts else 0
            usual = HIGH_NAMED if named else HIGH_BANDS
            high = min(2 * usual, rows * max(1, round(usual / rows)))
            by_frame = bool(block.names) and not named
            parts.append(PanelRows(number, rows, named, by_frame, top, top + high))
    return Drawing(width, parts[-1].bottom, heard, tuple(parts), columns)


@lru_cache(32)
def axes_of(blocks: tuple[FeatureBlock, ...], rate: int, length: int) -> Axes:
    """What columns and rows of the picture measure."""
    drawing = drawing_of(blocks, rate, length)
    framing = min((block.framing(rate) for block in blocks), key=lambda each: each.hop)
    panels = []
    for part in drawing.parts:
        block = blocks[part.block]
        top, bottom = part.top / drawing.height, part.bottom / drawing.height
        if part.named:
            title = f"{block.name}, coefficients"
            panels.append(Panel(title, top, bottom, names=block.names[::-1]))
        else:
            hertz = tuple(_without_gaps(centres(block.bank(rate), rate))[::-1].tolist())
            panels.append(Panel(f"{block.name}, dB", top, bottom, hertz))
    starts = tuple(frame * framing.hop / rate for frame in range(framing.count(length)))
    # Of several blocks one may hear what another does not.
    skipped = min(block.framing(rate).skipped for block in blocks)
    return Axes(length / rate, starts, tuple(panels), skipped if skipped > SKIPPED else 0.0)


def _without_gaps(hertz: Numbers) -> Numbers:
    """A band that hears nothing lies between those beside it."""
    known = np.flatnonzero(np.isfinite(hertz))
    return np.interp(np.arange(len(hertz)), known, hertz[known])


def drawn_sound(
    blocks: tuple[FeatureBlock, ...], rate: int, wave: Numbers, features: Sequence[Numbers]
) -> Picture:
    """A window as a picture, dark where it is quiet.

    Grey with a trace of blue: its lightness rises evenly, and heat keeps its colours above it.

    Args:
        blocks: that heard it.
        rate: values a second.
        wave: (length,) in the range of 16 bits.
        features: what each block made of it, (frames, coefficients).

    Returns:
        (height, width, 3) uint8 RGB.
    """
    drawing = drawing_of(blocks, rate, len(wave))
    grey = np.zeros((drawing.height, drawing.width), np.uint8)
    for part in drawing.parts:
        if part.named:
            levels = _by_row(features[part.block])
        else:
            levels = _by_loudness(blocks[part.block].energies(wave, rate))
        cells = levels[drawing.columns[part.block]][:, part.row_of].T
        grey[part.top : part.bottom, : drawing.heard] = np.rint(cells * 255.0)
        if part.top:
            grey[part.top] = 0  # a line between panels
    return cv2.cvtColor(cv2.applyColorMap(grey, cv2.COLORMAP_BONE), cv2.COLOR_BGR2RGB)


def _by_loudness(energies: Numbers) -> Numbers:
    decibels = 10.0 * np.log10(np.maximum(energies, 1e-30))
    top = max(float(decibels.max(initial=QUIETEST_DB)), QUIETEST_DB)
    return np.clip((decibels - top) / RANGE_DB + 1.0, 0.0, 1.0)


def _by_row(features: Numbers) -> Numbers:
    """Each coefficient from its least to its highest, since the first ones dwarf all others."""
    least, highest = features.min(axis=0), features.max(axis=0)
    return (features - least) / np.where(highest > least, highest - least, 1.0)


def placed_heat(drawing: Drawing, heats: Sequence[Floats]) -> Floats:
    """Heat of each block's features on the picture.

    Args:
        drawing: of the window.
        heats: of each block, (frames, coefficients) float32.

    Returns:
        (height, width) float32, NaN where nothing is heard. Bands that coefficients are made of
        have their mean, since none of them belongs to a band.
    """
    placed = np.full((drawing.height, drawing.width), np.nan, np.float32)
    for part in drawing.parts:
        heat = heats[part.block]
        if part.by_frame:
            heat = np.repeat(heat.mean(axis=1, keepdims=True), part.rows, axis=1)
        cells = heat[drawing.columns[part.block]][:, part.row_of].T
        placed[part.top : part.bottom, : drawing.heard] = cells
    return placed
