"""People in as little room as a tile has."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 2  # people


def initials(names: Sequence[str]) -> str:
    """`AB`, `AB CD`, `AB CD +3`; "" for nobody."""
    more = len(names) - SHOWN
    shown = [_of(name) for name in names[:SHOWN]]
    return " ".join([*shown, f"+{more}"] if more > 0 else shown)


def _of(name: str) -> str:
    """The first letters of first and last name; of an address those before the @."""
    words = name.partition("@")[0].replace(".", " ").replace("_", " ").split() or ["?"]
    ends = words if len(words) == 1 else (words[0], words[-1])
    return "".join(word[0] for word in ends).upper()
