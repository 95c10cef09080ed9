"""What was diagnosed of a print, as one picture to keep: the pictures, the answers, the fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from PIL import Image, ImageDraw

from gradcam.arrays import Picture
from gradcam.device.firmware import DeviceEye
from services.choices.choices import Choices
from services.device.devices import frame_said
from services.device.pasted import Pasted, compared_with, diagnosis_said, in_each_arithmetic
from services.export.slide import EDGE, GAP, INK, PALE, PAPER, TEXT, TITLE, plain_overlay
from services.heatmaps.heatmaps import heatmaps
from services.media.lettering import lettering, wrapped
from services.media.shown import encoded
from services.opening.opening import Opened
from services.predictions.predictions import Predictions

HIGH = 320  # pixels of each picture
WIDEST = 640
LETTERS = 18  # of what stands below each


@dataclass(frozen=True, eq=False)
class SheetPicture:
    """A picture of the sheet and what stands below it.

    Attributes:
        picture: (H, W, 3) uint8 RGB.
        said: below it.
    """

    picture: Picture
    said: str


def diagnosis_png(
    opened: Opened, pasted: Pasted, position: int, eye: DeviceEye, choices: Choices
) -> bytes:
    """The print with its heat in each arithmetic, the test picture beside it, the fault in words.

    Args:
        opened: the project.
        pasted: the print.
        position: of the test picture that the camera looked at.
        eye: the device.
        choices: how heatmaps are made and laid on.

    Returns:
        PNG.

    Raises:
        PictureError: the test picture is gone.
    """
    told, _ = compared_with(opened.predictions, pasted.printed, position, eye)
    shown = [SheetPicture(pasted.printed.picture, "as it was printed")]
    for name, there in in_each_arithmetic(opened, pasted.own):
        shown.append(_explained(there, 0, f"printed{name}", choices))
    shown.append(_explained(opened.predictions, position, "test picture", choices))
    project = opened.project
    recipe = choices.recipe.settled(project.usual.method)
    camera = f"{frame_said(eye.frame).replace('x', ' × ')}, {str(eye.pixels).upper()}"
    fault, why = diagnosis_said(told)
    lines = [
        why,
        pasted.said,
        *([f"The device itself said {pasted.device_said}."] if pasted.device_said else []),
        f"Test picture: {opened.predictions.samples[position].id}",
        f"Device: {eye.firmware.title}, camera {camera}",
        f"{project.name} · {project.network.name} · {recipe.method.title}",
    ]
    return encoded(drawn_sheet(shown, fault or "No fault is told.", lines), lossless=True)


def drawn_sheet(pictures: Sequence[SheetPicture], title: str, lines: Sequence[str]) -> Picture:
    """Pictures in a row with words below: (H, W, 3) uint8 RGB; the first begins at (EDGE, EDGE).

    Args:
        pictures: from left to right, each `HIGH` pixels high.
        title: in large letters.
        lines: in small ones.
    """
    large = [_of_height(each.picture) for each in pictures]
    fonts = lettering(TITLE, bold=True), lettering(TEXT), lettering(LETTERS)
    captions = [
        wrapped(each.said, fonts[2], drawn.shape[1])
        for each, drawn in zip(pictures, large, strict=True)
    ]
    width = sum(each.shape[1] for each in large) + GAP * (len(large) - 1)
    words = wrapped(title, fonts[0], width)
    small = [part for line in lines for part in wrapped(line, fonts[1], width)]
    steps = [round(1.4 * TITLE), round(1.45 * TEXT), round(1.4 * LETTERS)]
    below = steps[2] * max(map(len, captions))
    top = EDGE + HIGH + GAP // 2
    height = top + below + 2 * GAP + steps[0] * len(words) + steps[1] * len(small) + EDGE
    page = Image.new("RGB", (width + 2 * EDGE, ceil(height)), PAPER)
    draw = ImageDraw.Draw(page)
    left = EDGE
    for drawn, caption in zip(large, captions, strict=True):
        page.paste(Image.fromarray(drawn), (left, EDGE))
        for row, line in enumerate(caption):
            draw.text((left, top + row * steps[2]), line, INK, fonts[2])
        left += drawn.shape[1] + GAP
    top += below + GAP
    written = [(words, INK, fonts[0], steps[0]), (small, PALE, fonts[1], steps[1])]
    for parts, ink, font, step in written:
        for line in parts:
            draw.text((EDGE, top), line, ink, font)
            top += step
        top += GAP // 2
    return np.asarray(page)


def _explained(
    predictions: Predictions, position: int, name: str, choices: Choices
) -> SheetPicture:
    (heatmap,) = heatmaps(predictions, [position], choices.recipe)
    drawn = plain_overlay(predictions, position, heatmap, choices)
    return SheetPicture(drawn, f"{name}: {predictions.answers.said(position)}")


def _of_height(picture: Picture) -> Picture:
    """`HIGH` pixels high, at most `WIDEST` wide; what is enlarged keeps its pixels."""
    height, width = picture.shape[:2]
    size = min(WIDEST, max(1, round(width * HIGH / height))), HIGH
    way = cv2.INTER_NEAREST if height < HIGH else cv2.INTER_AREA
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)
