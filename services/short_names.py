"""Names of classes for narrow places: without the words that all of them begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

_NEGATIONS = re.compile(r"\b(?:no|not|non|without|never)\b", re.IGNORECASE)


def short_names(names: Sequence[str]) -> Mapping[str, str]:
    """By name: without the whole words that all names begin with.

    `Potato___Early_blight` beside `Potato___healthy` is `Early_blight`. Nothing is cut where a name
    would be left without a letter (`class 1`), or where the words turn its meaning (`not ripe`).
    """
    return _short_names(tuple(names))


@lru_cache(maxsize=64)
def _short_names(names: tuple[str, ...]) -> Mapping[str, str]:
    cut = _end_of_words(min(names), max(names)) if len(set(names)) > 1 else 0
    rests = [name[cut:] for name in names]
    spoken = re.sub(r"[\W_]+", " ", names[0][:cut]) if cut else ""
    if _NEGATIONS.search(spoken) or not all(any(map(str.isalpha, rest)) for rest in rests):
        rests = list(names)
    return MappingProxyType(dict(zip(names, rests, strict=True)))


def _end_of_words(first: str, last: str) -> int:
    """How many letters of the whole words that two names both begin with."""
    end = 0
    for number, (one, other) in enumerate(zip(first, last, strict=False), 1):
        if one != other:
            break
        if not one.isalnum():
            end = number
    return end
