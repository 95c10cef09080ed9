"""The board: pictures with heatmaps, blended and coloured in the browser.

One message carries all tiles of a page. Dragging the opacity or choosing a colour map makes no
server run; a click on a tile does.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import streamlit as st

from components.board import native
from gradcam import Colormap, color_table
from services import session
from services.choices.choices import Choices

_FOLDER = Path(__file__).parent
_TABLES = {str(name): color_table(name).ravel().tolist() for name in Colormap}
_mount = st.components.v2.component(
    "gradcam.board",
    html='<div class="board"></div>',
    css=(_FOLDER / "board.css").read_text(encoding="utf-8"),
    js=f"const TABLES = {json.dumps(_TABLES)}\n" + (_FOLDER / "board.js").read_text("utf-8"),
)


class Shows(StrEnum):
    """What a tile shows."""

    PICTURE = "picture"
    HEAT = "heat"
    OVERLAY = "overlay"


@dataclass(frozen=True)
class TileBox:
    """A labelled rectangle, in fractions of the picture."""

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tile:
    """A picture, its heatmap, or both.

    Attributes:
        alt: what the picture shows, for who cannot see it.
        caption: the line beneath.
        aspect: width over height.
        id: given back by a click; "" where a click does nothing.
        picture: encoded picture as a data address.
        heat: the heatmap as a grey picture, transparent where the network saw nothing.
        shows: picture, heat or overlay.
        verdict: `correct`, `incorrect` or "".
        glyph: the verdict for who cannot see its colour.
        note: a sentence under the caption.
        badge: a few words on the picture.
        pixelated: enlarge without smoothing.
        seen: left, top, right, bottom of what the network saw, as fractions; None for all of it.
        boxes: what was drawn on the picture.
    """

    alt: str
    caption: str
    aspect: float
    id: str = ""
    picture: str | None = None
    heat: str | None = None
    shows: Shows = Shows.PICTURE
    verdict: str = ""
    glyph: str = ""
    note: str = ""
    badge: str = ""
    pixelated: bool = False
    seen: tuple[float, float, float, float] | None = None
    boxes: tuple[TileBox, ...] = ()


@dataclass(frozen=True)
class Bar:
    """One line of a list of scores; `score` in 0..1 is its length, `mark` says what `true` is."""

    name: str
    text: str
    score: float
    true: bool = False
    mark: str = "true class"


@dataclass(frozen=True)
class Group:
    """Tiles under a title.

    Attributes:
        tiles: in order.
        title: "" for none.
        note: a sentence under the title.
        kind: `grid`, `strip` (three beside each other), `pair` (two), `row` (as many as fit) or
            `lead` (a grid whose first tile is large).
        tile_width: least width of a tile of a grid, in pixels.
        bars: scores above the tiles.
    """

    tiles: tuple[Tile, ...]
    title: str = ""
    note: str = ""
    kind: str = "grid"
    tile_width: int = 120
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class Legend:
    """The numbers at the ends of the colour bar."""

    low: str = "0"
    high: str = "1"
    alt: str = "Colour bar from 0, cold, to 1, hot"


def data_address(encoded: bytes) -> str:
    """WebP or PNG bytes as an address that a page can show."""
    kind = "png" if encoded.startswith(b"\x89PNG") else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(encoded).decode()}"


def board(
    groups: Sequence[Group],
    choices: Choices,
    key: str,
    on_click: Callable[[str], None] | None = None,
    *,
    controls: bool = True,
    legend: Legend | None = None,
    beside: bool = False,
    download: str = "",
    tells: bool = False,
) -> None:
    """Draw groups of tiles.

    Args:
        groups: what to draw.
        choices: for opacity and colour map.
        key: of the component on its page.
        on_click: gets the id of a clicked tile.
        controls: whether to draw the toolbar.
        legend: numbers of the colour bar.
        beside: groups beside each other where there is room.
        download: file name of the overlay, to offer it as a download; "" for not.
        tells: whether the server hears of opacity and colour map at once; it costs a run.
    """
    if choices.drawing == "server":
        native.draw(groups, choices, key, on_click, legend if controls else None)
        return
    default = Choices()
    data: dict[str, Any] = {
        "groups": [asdict(group) for group in groups],
        "layout": "beside" if beside else "below",
        "controls": controls,
        "download": download,
        "legend": asdict(legend or Legend()),
        "has_boxes": any(tile.boxes for group in groups for tile in group.tiles),
    }
    # The page is built again only if what it shows has changed.
    data["signature"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    data |= {
        "alpha": choices.alpha,
        "colormap": str(choices.colormap),
        "tells": tells,
        "defaults": {"alpha": default.alpha, "colormap": str(default.colormap)},
    }

    def clicked() -> None:
        tile = st.session_state[key].get("clicked")
        if tile and on_click:
            on_click(str(tile))

    def drawn() -> None:
        told = st.session_state[key].get("drawn")
        if isinstance(told, dict):
            words = {name: str(value) for name, value in told.items()}
            session.replace_choices(session.choices().adopting(words))

    _mount(data=data, key=key, on_clicked_change=clicked, on_drawn_change=drawn)
