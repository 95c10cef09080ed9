"""All tiles of a board as one picture with their captions, to take away."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from components.board.native import blended
from components.board.tile import Group
from gradcam.arrays import Picture
from services.choices.choices import Choices
from services.media.lettering import lettering
from services.media.shown import encoded
from services.tasks.shown import Caption

SIDE, LINE, GAP = 192, 18, 12  # pixels
COLUMNS = 8


def sheet_download(groups: Sequence[Group], choices: Choices, key: str, name: str) -> None:
    """A button that gives the tiles as a PNG, drawn when it is pressed.

    Args:
        groups: as they are drawn on the board.
        choices: for opacity and colour map.
        key: of the button.
        name: of the file.
    """
    st.download_button(
        "Pictures (PNG)",
        lambda: encoded(sheet(groups, choices), lossless=True),
        name,
        "image/png",
        key=key,
        icon=":material/download:",
        on_click="ignore",
    )


def sheet(groups: Sequence[Group], choices: Choices) -> Picture:
    """Groups below each other, tiles beside each other: (H, W, 3) uint8 RGB on white."""
    columns = min(COLUMNS, max((len(group.tiles) for group in groups), default=1)) or 1
    cell_height = SIDE + 2 * LINE + GAP
    heights = [
        LINE * bool(group.title) + ceil(len(group.tiles) / columns) * cell_height + GAP
        for group in groups
    ]
    page = Image.new("RGB", (columns * (SIDE + GAP) + GAP, sum(heights) + GAP), "white")
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
    return np.asarray(page)


def _fitted(picture: Picture) -> Image.Image:
    image = Image.fromarray(picture)
    scale = SIDE / max(image.size)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.BOX
    return image.resize(size, way)
