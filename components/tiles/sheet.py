"""All tiles of a board as one picture with their captions, to take away."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from components.board.native import blended
from components.board.tile import Group, Legend, Shows
from gradcam.arrays import Picture
from services.choices.choices import Choices
from services.export.slide import colour_bar
from services.media.lettering import lettering
from services.media.shown import encoded
from services.tasks.shown import Caption

SIDE, LINE, GAP = 192, 18, 12  # pixels
COLUMNS = 8


def sheet_download(
    groups: Sequence[Group], choices: Choices, key: str, name: str, legend: Legend | None = None
) -> None:
    """A button that gives the tiles as a PNG, drawn when it is pressed.

    Args:
        groups: as they are drawn on the board.
        choices: for opacity and colour map.
        key: of the button.
        name: of the file.
        legend: numbers of the colour bar.
    """
    st.download_button(
        "Tiles (PNG)",
        lambda: encoded(sheet(groups, choices, legend), lossless=True),
        name,
        "image/png",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def sheet(groups: Sequence[Group], choices: Choices, legend: Legend | None = None) -> Picture:
    """Groups below each other, tiles beside each other: (H, W, 3) uint8 RGB on white.

    Below them is the colour bar, where any tile has a heatmap; without a legend from 0 to 1.
    """
    columns = min(COLUMNS, max((len(group.tiles) for group in groups), default=1)) or 1
    cell_height = SIDE + 2 * LINE + GAP
    heights = [
        LINE * bool(group.title) + ceil(len(group.tiles) / columns) * cell_height + GAP
        for group in groups
    ]
    has_heat = any(
        tile.heat and tile.shows != Shows.PICTURE for group in groups for tile in group.tiles
    )
    size = columns * (SIDE + GAP) + GAP, sum(heights) + GAP + has_heat * (LINE + GAP)
    page = Image.new("RGB", size, "white")
    draw, font, top = ImageDraw.Draw(page), lettering(12), GAP
    for group, height in zip(groups, heights, strict=True):
        start = top
        if group.title:
            draw.text((GAP, start), group.title, "black", font)
            start += LINE
        for number, tile in enumerate(group.tiles):
            x = GAP + number % columns * (SIDE + GAP)
            y = start + number // columns * cell_height
            page.paste(_fitted(blended(tile, choices)), (x, y))
            for line, words in enumerate(filter(None, (tile.caption, tile.note))):
                place = (x, y + SIDE + 2 + line * LINE)
                whole = words if isinstance(words, Caption) else Caption("", str(words))
                fitted = whole.fitted(lambda text: font.getlength(text) <= SIDE)
                draw.text(place, fitted, "black", font)
        top += height
    if has_heat:
        _colour_bar(page, top, choices, legend or Legend())
    return np.asarray(page)


def _colour_bar(page: Image.Image, top: int, choices: Choices, legend: Legend) -> None:
    """A row with the colour map from cold to hot, its numbers at both ends."""
    draw, font = ImageDraw.Draw(page), lettering(12)
    bar = colour_bar(choices.colormap, SIDE // 2, LINE)[::-1].transpose(1, 0, 2)
    draw.text((GAP, top + LINE // 2), legend.low, "black", font, anchor="lm")
    left = GAP + ceil(font.getlength(legend.low)) + GAP // 2
    page.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, top))
    draw.text(
        (left + SIDE // 2 + GAP // 2, top + LINE // 2), legend.high, "black", font, anchor="lm"
    )


def _fitted(picture: Picture) -> Image.Image:
    image = Image.fromarray(picture)
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return image.resize(size, way)
