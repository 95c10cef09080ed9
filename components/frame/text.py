"""Text from data, made safe where Streamlit renders markdown and Plotly HTML."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&\"'^=])")


def plain(text: str) -> str:
    """Escape everything that markdown, LaTeX, emoji codes or HTML could read as theirs."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def label(text: str) -> str:
    """Escape what Plotly, which reads HTML in names, labels and hover texts, takes for a tag."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
