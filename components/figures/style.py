"""What all figures share: colours, margins, their camera, names that fit."""

from __future__ import annotations

from components.frame.text import label

GOOD, BAD, EMPTY = "#1f7a50", "#b93a30", "rgba(128,128,128,0.10)"
# Blue below zero, red above it (ColorBrewer RdBu, safe for those who see colours differently).
DIVERGING = [[0, "#2166ac"], [0.25, "#92c5de"], [0.5, "#f7f7f7"], [0.75, "#f4a582"], [1, "#b2182b"]]
MARGIN = {"l": 10, "r": 10, "t": 10, "b": 10}


def short(name: str, most: int) -> str:
    """A name for a figure, cut and escaped."""
    return label(name if len(name) <= most else name[: most - 1] + "…")
