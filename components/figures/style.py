"""What all figures share: colours, margins, their camera, names that fit."""

from __future__ import annotations

from components.frame.text import label

GOOD, BAD, EMPTY = "#1f7a50", "#b93a30", "rgba(128,128,128,0.10)"
# Plotly's own button that saves the figure as PNG.
PICTURE_BUTTON = {"modeBarButtons": [["toImage"]], "displaylogo": False}
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


def short(name: str, most: int) -> str:
    """A name for a figure, cut and escaped."""
    return label(name if len(name) <= most else name[: most - 1] + "…")
