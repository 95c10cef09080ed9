"""Numbers as people read and write them."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite

LONG = 8  # characters of a number; 0.30000000000000004 has more


def percent(share: float, digits: int = 0) -> str:
    """`93 %`, with a space that does not break."""
    return f"{100 * share:.{digits}f}\u00a0%"


def rounded(value: float, digits: int = 3) -> str:
    """So many digits that count, and never a power of ten where a person would write none."""
    plain = 10**digits <= abs(value) < 1e15
    return f"{value:.0f}" if plain else f"{value:.{digits}g}"


def counted(count: int, one: str, many: str = "") -> str:
    """`1 label`, `1,000 labels`, `2 classes`; `many` where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def label_said(label: str) -> str:
    """A number as it was written, but for digits that only a computer writes."""
    return label if len(label) <= LONG else rounded(float(label), 4)


def in_words(count: int) -> str:
    """`two`; from ten on in digits."""
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[count] if count < len(words) else f"{count:,}"


def duration(seconds: float) -> str:
    """`under 1 s`, `about 4 s`, `about 3 min`, `about 2 h`."""
    if seconds < 1:
        return "under 1\u00a0s"
    if seconds < 100:
        return f"about {seconds:.0f}\u00a0s"
    minutes = seconds / 60
    return f"about {minutes:.0f}\u00a0min" if minutes < 100 else f"about {minutes / 60:.0f}\u00a0h"


def bytes_said(size: float) -> str:
    """A size in the unit that suits it: `812 bytes`, `3.4 MB`."""
    value, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{size:,.0f} bytes" if unit == "bytes" else f"{value:.3g} {unit}"


def is_number(text: str) -> bool:
    """Whether a text is a finite number; `NaN` is none, it may be the name of a class."""
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def are_numbers(texts: Collection[str]) -> bool:
    """Whether there are texts, and all of them are numbers."""
    return bool(texts) and all(map(is_number, texts))
