"""The board without its JavaScript: blended on the server, drawn with Streamlit's own widgets."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from components.frame.text import plain
from components.listening.ear import want_sound
from gradcam import overlay
from gradcam.arrays import Picture
from services.choices.choices import Choices
from services.media.lettering import lettering

if TYPE_CHECKING:
    from components.board.tile import Group, Legend, Tile

COLUMNS = {"strip": 3, "pair": 2, "four": 4}
MARK_COLOURS = {
    "hit": "#5fe3a1",
    "missed": "#ffb26b",
    "false-alarm": "#ff9585",
    "wrong-class": "#ff9585",
    "unjudged": "#ffffff",
}
ROUND = frozenset({"hit", "missed", "unjudged"})
ENLARGED = 256  # pixels: small pictures are enlarged to here without smoothing


def draw(
    groups: Sequence[Group],
    choices: Choices,
    key: str,
    on_click: Callable[[str], None] | None,
    legend: Legend | None,
) -> None:
    """Draw the groups one below the other, and say what the colours' ends stand for."""
    if legend is not None:
        st.caption(plain(f"{legend.alt}."))
    for number, group in enumerate(groups):
        if group.title:
            st.subheader(plain(group.title))
        if group.note:
            st.caption(plain(group.note))
        for bar in group.bars:
            name = plain(bar.name) + (f" **({bar.mark})**" if bar.true else "")
            st.progress(min(1.0, bar.score), text=f"{name} {plain(bar.text)}")
        count = len(group.tiles) if group.kind == "row" else COLUMNS.get(group.kind, 6)
        for start in range(0, len(group.tiles), count):
            row = zip(st.columns(count), group.tiles[start : start + count], strict=False)
            for place, (column, tile) in enumerate(row, start):
                with column:
                    _draw_tile(tile, choices, f"{key}-{number}-{place}", on_click)


def _draw_tile(
    tile: Tile, choices: Choices, key: str, on_click: Callable[[str], None] | None
) -> None:
    st.image(blended(tile, choices), width="stretch", alt=tile.alt)
    flag = f"⚑ {tile.who}".strip() if tile.flag else ""
    words = " ".join(filter(None, (flag, tile.glyph, str(tile.caption))))
    if tile.id and on_click:
        st.button(plain(words), key=key, on_click=on_click, args=(tile.id,), width="stretch")
    else:
        st.caption(plain(words))
    if tile.plays:
        st.button(
            f"▶ {plain(tile.sample.rpartition('/')[2])}", key=f"{key}-play",
            on_click=want_sound, args=(tile.sample,), width="stretch",
        )  # fmt: skip
    if tile.note or tile.badge:
        st.caption(plain(tile.note or tile.badge))


def blended(tile: Tile, choices: Choices) -> Picture:
    """A tile as one picture: (H, W, 3) uint8 RGB."""
    picture = _decoded(tile.picture)[..., :3] if tile.picture else None
    heat = None
    if tile.heat and tile.shows != "picture":
        levels = _decoded(tile.heat)
        heat = levels[..., 0].astype(np.float32) / 255.0
        heat[levels[..., 3] == 0] = np.nan
    if picture is None:
        picture = np.zeros((*heat.shape, 3), np.uint8) if heat is not None else _EMPTY
    if heat is not None:
        alpha = 1.0 if tile.shows == "heat" else choices.alpha
        picture = overlay(picture, heat, alpha, choices.colormap)
    factor = max(1, ENLARGED // max(picture.shape[:2]))
    picture = picture.repeat(factor, axis=0).repeat(factor, axis=1)
    return _with_marks(picture, tile) if tile.marks else picture


def _with_marks(picture: Picture, tile: Tile) -> Picture:
    """A picture with its boxes and, as in board.css, its marks."""
    image = Image.fromarray(picture)
    draw, (width, height) = ImageDraw.Draw(image), image.size
    for box in tile.boxes:
        edges = box.box.scaled(width, height)
        draw.rectangle([edges.x, edges.y, edges.right, edges.bottom], outline="white", width=2)
    for mark in tile.marks:
        x, y, half = mark.x * width, mark.y * height, 9
        ends, colour = [x - half, y - half, x + half, y + half], MARK_COLOURS[mark.kind]
        shape = draw.ellipse if mark.kind in ROUND else draw.rectangle
        shape(ends, fill="black", outline=colour, width=2)
        draw.text((x, y), mark.glyph, fill=colour, font=lettering(12), anchor="mm")
    return np.asarray(image)


_EMPTY: Picture = np.zeros((1, 1, 3), np.uint8)


def _decoded(address: str) -> Picture:
    encoded = base64.b64decode(address.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(encoded)).convert("RGBA"))
