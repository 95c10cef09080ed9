"""The board: pictures with heatmaps, blended and coloured in the browser.

One message carries all tiles of a page. Dragging the opacity or choosing a colour map makes no
server run; a click on a tile does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

from components.board import native
from components.board.room import room
from components.board.tile import Group, Legend, Shows, data_address
from components.heat.heat import HEAT_PROGRAM
from components.programs.programs import browser_component
from components.programs.sent import sent_by
from services import session
from services.choices.choices import Choices

PLAYER = "../listening/player.js"
_mount = browser_component(
    "board", Path(__file__).parent, ("board.js", PLAYER), "board.css", before=HEAT_PROGRAM
)


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
    slide: Callable[[], bytes] | None = None,
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
        slide: draws the overlay for a slide, to offer that as well.
        tells: whether the server hears of opacity and colour map at once; it costs a run.
    """
    if session.server_draws():
        native.draw(groups, choices, key, on_click, legend if controls else None)
        return
    pictures: dict[str, int] = {}
    data: dict[str, Any] = {
        "groups": [_told(group, pictures) for group in groups],
        "pictures": list(pictures),
        "layout": "beside" if beside else "below",
        "controls": controls,
        "download": download,
        "has_slide": slide is not None,
        "legend": asdict(legend or Legend()),
        "has_boxes": any(tile.boxes for group in groups for tile in group.tiles),
        "marks_said": next(
            (tile.marks_said for group in groups for tile in group.tiles if tile.marks), ""
        ),
        "has_heat": any(tile.heat for group in groups for tile in group.tiles),
        "has_overlay": any(tile.shows is Shows.OVERLAY for group in groups for tile in group.tiles),
    }
    # The page is built again only if what it shows has changed.
    data["signature"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()
    data |= {
        "alpha": choices.alpha,
        "colormap": str(choices.colormap),
        "tells": tells,
    }

    st.html(room(key, groups, _tools(data) if controls else (), beside=beside))
    wanted = f"slide of {key}"
    if slide is not None and (number := st.session_state.pop(wanted, None)) is not None:
        name = download.replace(".overlay.png", ".slide.png")
        data["file"] = {"number": number, "name": name, "address": data_address(slide())}

    def clicked() -> None:
        tile = sent_by(key, "clicked")
        if tile and on_click:
            on_click(str(tile))

    def drawn(told: object = None) -> None:
        told = told or sent_by(key, "drawn")
        if isinstance(told, dict):
            words = {name: str(value) for name, value in told.items()}
            session.replace_choices(session.choices().adopting(words))

    def slide_wanted() -> None:
        drawn(sent_by(key, "slide"))  # the slide is to look as what is on screen
        st.session_state[wanted] = uuid4().hex
        st.rerun()  # the whole page, of which this may be a part: its address says the same

    _mount(
        data=data,
        key=key,
        on_clicked_change=clicked,
        on_drawn_change=drawn,
        on_slide_change=slide_wanted,
    )


def _told(group: Group, pictures: dict[str, int]) -> dict[str, Any]:
    """A group as the browser gets it: its pictures by their places, since tiles share them."""
    told = asdict(group)
    for tile in told["tiles"]:
        del tile["marks_said"]  # of the board
        for layer in ("picture", "heat"):
            if tile[layer] is not None:
                tile[layer] = pictures.setdefault(tile[layer], len(pictures))
    return told


def _tools(data: dict[str, Any]) -> list[float]:
    """The widths of what stands in the toolbar, in rem."""
    tools = (
        (data["has_heat"], 9.0),
        (data["has_overlay"], 17.0),
        (data["has_boxes"] or data["marks_said"], 8.0),
        (data["download"], 7.0),
        (data["has_slide"], 9.0),
        (data["has_heat"], 11.0),
    )
    return [width for is_there, width in tools if is_there]
