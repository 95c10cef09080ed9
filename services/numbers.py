"""Numbers as people read and write them."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite


def percent(share: float, digits: int = 0) -> str:
    """`93 %`, with a space that does not break."""
    return f"{100 * share:.{digits}f}\u00a0%"


def is_number(text: str) -> bool:
    """Whether a text is a finite number; `NaN` is none, it may be the name of a class."""
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def are_numbers(texts: Collection[str]) -> bool:
    """Whether there are texts, and all of them are numbers."""
    return bool(texts) and all(map(is_number, texts))
