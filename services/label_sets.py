"""Several labels of one sample in one text: `blue|red`; `-` where none is true of it.

What a source tells apart by itself (columns, lists) is written so; a table's cell may be written as
its author likes, and is read by the names that it can hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from unicodedata import normalize

SEPARATOR = "|"
NONE_TRUE = "-"
# What people write where none is true, if it is not itself the name of one.
NONE_WORDS = frozenset({NONE_TRUE, "no finding", "no findings", "none", "nothing", "no label"})
AROUND = r"[\s|;,+/&\[\]\"']"  # stands between names, or around them as in ["a", "b"]
BETWEEN = (r"\|", ";", ",", r"\s")  # what one table holds between its names, the surest first


def joined_labels(names: Iterable[str]) -> str:
    """The one text for some names, in their order."""
    return SEPARATOR.join(names) or NONE_TRUE


def holds_several(label: str) -> bool:
    """Whether a source itself says that a sample has several labels."""
    return SEPARATOR in label


def labels_in(label: str, known: Collection[str]) -> tuple[str, ...] | None:
    """The names that a label holds, in the order of the known ones.

    Args:
        label: `blue|red`, `blue red`, `["blue", "red"]`, …; a name may hold spaces itself.
        known: all names that it can hold, in any case.

    Returns:
        The names, none of them for `-` or `No Finding`; None where it holds anything else.
    """
    if _says_none(label) and _levelled(label) not in map(_levelled, known):
        return ()
    told_apart = len(set(map(_levelled, known))) == len(known)
    level = _levelled if told_apart else str
    held = _held(level(label), sorted(map(level, known), key=len))
    return None if held is None else tuple(name for name in known if level(name) in held)


def names_held(labels: Collection[str], count: int) -> tuple[str, ...]:
    """The names that labels hold where nobody listed them: as many as the network has outputs.

    Args:
        labels: distinct ones.
        count: of the outputs.

    Returns:
        The names in sorted order; empty where no label holds several, or the count does not fit.
    """
    some = [label for label in labels if not _says_none(label)]
    for between in BETWEEN:
        for own in (labels, some):
            parts = [[p for p in re.split(between, _bare(one)) if _bare(p)] for one in own]
            names = {_bare(part) for each in parts for part in each} - {NONE_TRUE}
            if len(names) == count and any(len(each) > 1 for each in parts):
                return tuple(sorted(names))
    return ()


def _says_none(label: str) -> bool:
    return _levelled(label.replace("_", " ").strip()) in NONE_WORDS


def _held(label: str, names: list[str]) -> frozenset[str] | None:
    """The names that a text is made of, the longest first; None where something is left over."""
    left, seen = [(label, frozenset[str]())], set()
    while left:
        text, held = left.pop()
        text = re.sub(rf"^{AROUND}+", "", text)
        if not text:
            return held
        if text not in seen:
            seen.add(text)
            left += [
                (text[len(name) :], held | {name})
                for name in names
                if text.startswith(name) and re.match(rf"{AROUND}|$", text[len(name) :])
            ]
    return None


def _levelled(text: str) -> str:
    """One case, and one kind of letters for those that can be written in two."""
    return normalize("NFC", text.casefold())


def _bare(text: str) -> str:
    """A text without what stands around it."""
    return re.sub(rf"^{AROUND}+|{AROUND}+$", "", text)
