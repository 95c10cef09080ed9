"""A shown sample with its axes around it, for files that stand alone."""

from __future__ import annotations

from math import ceil

import cv2
import numpy as np
from PIL import Image, ImageDraw

from gradcam.arrays import Picture
from services.media.axes import Axes
from services.media.lettering import lettering
from services.media.ticks import row_ticks, second_ticks

WIDE = 800  # pixels, at least, of the picture within its axes
TEXT = 18  # pixels: height of letters
MARK, GAP, EDGE = 6, 6, 14  # pixels: of a tick, from there to its number, around everything
PAPER, INK = (255, 255, 255), (20, 20, 20)


def with_axes(picture: Picture, axes: Axes, start: float = 0.0, wide: int = WIDE) -> Picture:
    """A picture with seconds below it and hertz, or the names of rows, at its left.

    Args:
        picture: (H, W, 3) uint8 RGB, as it is shown; smaller ones are enlarged without smoothing.
        axes: of its columns and rows.
        start: when it begins, in seconds.
        wide: pixels of its width, at least.

    Returns:
        (H, W, 3) uint8 RGB on white, the picture in its upper right.
    """
    times = max(1, ceil(wide / picture.shape[1]))
    size = picture.shape[1] * times, picture.shape[0] * times
    large = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    high, wide = large.shape[:2]
    font = lettering(TEXT)
    rows = [
        (round((panel.top + tick.at * (panel.bottom - panel.top)) * high), tick.text)
        for panel in axes.panels
        for tick in row_ticks(panel)
    ]
    left = EDGE + ceil(max((font.getlength(text) for _, text in rows), default=0)) + GAP + MARK
    if any(panel.hertz for panel in axes.panels):
        left += ceil(font.getlength("Hz ")) + GAP
    below = MARK + GAP + round(1.4 * TEXT)
    page = Image.new("RGB", (left + wide + 2 * EDGE, EDGE + high + below + EDGE), PAPER)
    page.paste(Image.fromarray(large), (left, EDGE))
    draw = ImageDraw.Draw(page)
    for at, text in rows:
        draw.line((left - MARK, EDGE + at, left - 1, EDGE + at), INK)
        draw.text((left - MARK - GAP, EDGE + at), text, INK, font, anchor="rm")
    for panel in axes.panels:
        top = EDGE + round(panel.top * high)
        if panel.hertz:
            draw.text((EDGE, top + TEXT), "Hz", INK, font, anchor="lm")
        if panel.top:
            draw.line((left, top, left + wide, top), PAPER, 2)
    for tick in second_ticks(start, start + axes.seconds):
        at = left + round(tick.at * (wide - 1))
        draw.line((at, EDGE + high, at, EDGE + high + MARK), INK)
        draw.text((at, EDGE + high + MARK + GAP), tick.text, INK, font, anchor="ma")
    return np.asarray(page)
