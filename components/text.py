"""Text from data, made safe where Streamlit renders markdown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:&\"'^=])")


def plain(text: str) -> str:
    """Escape everything that markdown, LaTeX, emoji codes or HTML could read as theirs."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
