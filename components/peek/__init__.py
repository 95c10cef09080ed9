"""A picture under the pointer: what Plotly's own hover cannot show.

The component listens to a chart's hover and draws a card beside the pointer. Words are there at
once, as the chart's data has them; the thumbnail comes from the server in a run of this fragment
alone, once for each sample.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from components.board.tile import data_address
from components.programs.sent import sent_by
from components.tiles.tiles import SMALL
from gradcam import PictureError
from services.opening.opening import Opened
from services.predictions.thumbnails import thumbnail

SIDE = 160  # pixels, the longer side
_FOLDER = Path(__file__).parent
_mount = st.components.v2.component(
    "gradcam.peek",
    html='<div class="peek" hidden></div>',
    css=(_FOLDER / "peek.css").read_text(encoding="utf-8"),
    js=(_FOLDER / "peek.js").read_text(encoding="utf-8"),
)


@st.fragment
def peek(opened: Opened, chart: str, key: str, on_click: Callable[[str], None]) -> None:
    """Show thumbnails where a chart is hovered, and tell of clicks on its points.

    Args:
        opened: the project.
        chart: key of the container around the chart; `customdata` of its points is (position,
            caption, verdict).
        key: of this component on its page.
        on_click: gets the id of the sample of a clicked point; the page runs again after it.
    """

    def told(event: str) -> int | None:
        position = sent_by(key, event)
        known = isinstance(position, int) and 0 <= position < len(opened.predictions)
        return position if known else None

    def hovered() -> None:
        if (position := told("hovered")) is not None:
            st.session_state[f"{key} shown"] = position

    def clicked() -> None:
        if (position := told("clicked")) is not None:
            on_click(opened.predictions.samples[position].id)
            st.session_state[f"{key} clicked"] = True

    if st.session_state.pop(f"{key} clicked", False):
        st.rerun()  # the page, not this fragment alone

    position: int | None = st.session_state.get(f"{key} shown")
    data: dict[str, object] = {"chart": f".st-key-{chart}", "source": str(opened.reference)}
    if position is not None and position < len(opened.predictions):
        data |= _picture(opened, position)
    _mount(data=data, key=key, on_hovered_change=hovered, on_clicked_change=clicked)


def _picture(opened: Opened, position: int) -> dict[str, object]:
    try:
        small = thumbnail(opened.predictions, position, SIDE)
    except PictureError:
        return {}
    width, height = opened.predictions.sizes[position]
    return {
        "position": position,
        "picture": data_address(small.encoded),
        "pixelated": bool(max(width, height) <= SMALL),
    }
