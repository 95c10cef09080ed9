"""The one place where figures are drawn: their toolbar has a row of its own and covers nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from components.figures.style import BAD

if TYPE_CHECKING:
    import plotly.graph_objects as go

GREY = "#7d7d7d"  # seen on light and on dark
BAR = 34  # pixels: the row of the toolbar
Selection = Literal["points", "box", "lasso"]


class Tools(Enum):
    """What a figure's toolbar holds; the values are Plotly's names."""

    NONE = ()
    PICTURE = (("toImage",),)  # saves the figure as PNG
    ALL = (
        ("toImage",),
        ("zoom2d", "pan2d", "select2d", "lasso2d"),
        ("zoomIn2d", "zoomOut2d", "autoScale2d"),
    )


def plot(
    figure: go.Figure,
    key: str,
    alt: str,
    *,
    tools: Tools = Tools.PICTURE,
    name: str = "",
    on_select: Callable[[], None] | None = None,
    selects: Iterable[Selection] = ("points",),
    themed: bool = True,
) -> None:
    """Draw a figure.

    Args:
        figure: is drawn with room for its toolbar above it; stays as it is.
        key: of the figure on its page.
        alt: what it shows, for who cannot see it.
        tools: in its toolbar.
        name: of the file that the PNG is saved as; "" for the key.
        on_select: called when something in it is chosen; None where nothing can be.
        selects: how things are chosen in it.
        themed: whether Streamlit's colours replace those of the figure.
    """
    has_bar = tools is not Tools.NONE
    if has_bar:
        import plotly.graph_objects as go

        top = figure.layout.margin.t or 0
        figure = go.Figure(figure).update_layout(
            margin={"t": top + BAR},
            height=(figure.layout.height or 450) + BAR,
            modebar={"bgcolor": "rgba(0,0,0,0)", "color": GREY, "activecolor": BAD},
        )
    config: dict[str, Any] = {"displaylogo": False, "displayModeBar": has_bar}
    if has_bar:
        config["modeBarButtons"] = [list(group) for group in tools.value]
        config["toImageButtonOptions"] = {"filename": name or key, "scale": 2}
    st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        config=config,
        theme="streamlit" if themed else None,
        on_select=on_select or "ignore",
        selection_mode=tuple(selects),
    )
