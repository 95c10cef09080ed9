"""An overlay as it belongs on a slide: enlarged, with its caption and its colour bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import cv2
import numpy as np
from PIL import Image, ImageDraw

from gradcam import Colormap, color_table, overlay
from gradcam.arrays import Picture
from services.choices.choices import Choices
from services.heatmaps.heatmaps import Heatmap, layer_name, placed
from services.heatmaps.in_source import read_sample
from services.media.framed import with_axes
from services.media.lettering import lettering, wrapped
from services.media.shown import encoded
from services.numbers import percent, rounded
from services.predictions.predictions import Predictions

SIDE = 1000  # pixels: the longer side of the overlay, at least
SMALL = 160  # pixels: up to here every pixel becomes a square
EDGE, GAP, BAR = 40, 24, 28  # pixels: around everything, between parts, across the colour bar
TITLE, TEXT = 30, 22  # pixels: heights of letters
PAPER, INK, PALE = (255, 255, 255), (20, 20, 20), (90, 90, 90)


@dataclass(frozen=True)
class Slide:
    """What stands on a slide.

    Attributes:
        overlay: (H, W, 3) uint8 RGB, as it is exported.
        colormap: of its heat.
        low, high: what the ends of the colour bar stand for.
        title: the first line of the caption.
        lines: the others.
    """

    overlay: Picture
    colormap: Colormap
    low: str
    high: str
    title: str
    lines: Sequence[str]


def plain_overlay(
    predictions: Predictions, position: int, heatmap: Heatmap, choices: Choices
) -> Picture:
    """A sample's overlay at the size of its own picture: (H, W, 3) uint8 RGB.

    Raises:
        PictureError: the picture is gone.
    """
    sample = predictions.samples[position]
    picture = predictions.project.medium.read(sample.path, sample.window).picture
    heat = placed(predictions, position, heatmap.heat, picture)
    return overlay(picture, heat, choices.alpha, choices.colormap)


def slide_png(predictions: Predictions, position: int, heatmap: Heatmap, choices: Choices) -> bytes:
    """A sample's overlay for a slide, as PNG.

    Raises:
        PictureError: the picture is gone.
    """
    drawn, axes = (
        plain_overlay(predictions, position, heatmap, choices),
        predictions.project.medium.axes,
    )
    if axes is not None:
        heard = read_sample(predictions, position).heard
        start = 0.0 if heard is None else heard.start / heard.rate
        drawn = with_axes(drawn, axes, start, SIDE)
    slide = Slide(
        drawn,
        choices.colormap,
        "0",
        rounded(heatmap.scale) if heatmap.scale else "no map",
        predictions.answers.said(position),
        caption(predictions, position, heatmap, choices),
    )
    return encoded(drawn_slide(slide), lossless=True)


def caption(
    predictions: Predictions, position: int, heatmap: Heatmap, choices: Choices
) -> list[str]:
    """How the overlay was made and of what, a line each."""
    project = predictions.project
    recipe = choices.recipe.settled(project.usual.method)
    name, against = project.task.targets(project.network).names(heatmap.target)
    height, width = heatmap.cells
    made = [recipe.method.title]
    if recipe.method.uses_layer:
        made.append(layer_name(predictions, recipe).rpartition("/")[2])
    made.append(f"{height} × {width}")
    target = f"{name} rather than {against}" if against else name
    scale = f"scale: 0 to {recipe.scale_said}"
    return [
        f"{project.name} · {predictions.samples[position].id}",
        f"{' · '.join(made)} · target: {target}",
        f"{scale} · opacity {percent(choices.alpha)}",
    ]


def magnified(picture: Picture) -> Picture:
    """A picture with its longer side at least `SIDE` pixels; a small one without smoothing.

    Args:
        picture: (H, W, 3) uint8 RGB.
    """
    height, width = picture.shape[:2]
    longer = max(height, width)
    if longer >= SIDE:
        return picture
    if longer <= SMALL:
        times = ceil(SIDE / longer)
        return picture.repeat(times, axis=0).repeat(times, axis=1)
    scale = SIDE / longer
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def colour_bar(colormap: Colormap, height: int, width: int = BAR) -> Picture:
    """A colour map from hot, on top, to cold: (height, width, 3) uint8 RGB."""
    index = np.rint(np.linspace(255, 0, height)).astype(int)
    return color_table(colormap)[index][:, None].repeat(width, axis=1)


def drawn_slide(slide: Slide) -> Picture:
    """The slide on white: (H, W, 3) uint8 RGB; the overlay begins at (`EDGE`, `EDGE`)."""
    large = magnified(slide.overlay)
    height, width = large.shape[:2]
    bar_at = EDGE + width + GAP
    beside = bar_at + BAR + GAP // 2
    fonts = lettering(TITLE, bold=True), lettering(TEXT)
    whole = beside + ceil(max(map(fonts[1].getlength, (slide.low, slide.high)))) + EDGE
    title = wrapped(slide.title, fonts[0], whole - 2 * EDGE)
    lines = [part for line in slide.lines for part in wrapped(line, fonts[1], whole - 2 * EDGE)]
    title_high, line_high = round(1.4 * TITLE), round(1.45 * TEXT)
    below = GAP + title_high * len(title) + line_high * len(lines)
    page = Image.new("RGB", (whole, EDGE + height + below + EDGE), PAPER)
    page.paste(Image.fromarray(large), (EDGE, EDGE))
    page.paste(Image.fromarray(colour_bar(slide.colormap, height)), (bar_at, EDGE))
    draw = ImageDraw.Draw(page)
    draw.text((beside, EDGE), slide.high, INK, fonts[1], anchor="la")
    draw.text((beside, EDGE + height), slide.low, INK, fonts[1], anchor="ld")
    top = EDGE + height + GAP
    for line in title:
        draw.text((EDGE, top), line, INK, fonts[0])
        top += title_high
    for line in lines:
        draw.text((EDGE, top), line, PALE, fonts[1])
        top += line_high
    return np.asarray(page)
