"""Names that mean the same although two people wrote them: `with_mask` and `0 With Mask`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from services.imagenet import synset_of

NUMBER_BEFORE = re.compile(r"^\d+(?: (?=\S)|[.)] ?(?=[^\W\d]))")  # once levelled
APART = re.compile(r"[\s_\-‐-―,;:]+")


def some_of(names: Sequence[str], count: int = 6) -> str:
    """The first few names, for a sentence."""
    return ", ".join(names[:count]) + (", …" if len(names) > count else "")


def matched(labels: Collection[str], classes: Sequence[str]) -> Mapping[str, str]:
    """Which class each label means.

    The same text counts first; then letters, case, and what stands between words are levelled,
    then numbers before a name, and so on. A level counts for a name only where it leads to one
    class from one label: two classes are never taken for one, nor two labels.

    Args:
        labels: distinct ones.
        classes: distinct ones.

    Returns:
        The class by the label, without the labels that mean none.
    """
    left, free, pairs = set(labels), set(classes), dict[str, str]()
    for level in LEVELS:
        by_key = _singly(free, level)
        pairs_here = {
            label: by_key[key] for key, label in _singly(left, level).items() if key in by_key
        }
        pairs |= pairs_here
        left -= pairs_here.keys()
        free -= set(pairs_here.values())
    return MappingProxyType(pairs)


def by_number(labels: Collection[str], count: int, first: int = 0) -> Mapping[str, int]:
    """Which class each label means that is the number of one.

    Args:
        labels: such as `3`, `03` or `3.0`.
        count: of the classes.
        first: the number that the first class has where nothing else fits.

    Returns:
        The place of the class, from 0; nothing where a label is no number of a class. Counting
        begins at 1 where the last number asks for it, at 0 where a label is 0.
    """
    numbers = {label: _whole(label) for label in labels}
    known = [number for number in numbers.values() if number is not None]
    if not known or len(known) < len(numbers) or len(set(known)) < len(known):
        return {}
    start = 0 if 0 in known else 1 if count in known else first
    places = {label: number - start for label, number in numbers.items() if number is not None}
    return places if all(0 <= place < count for place in places.values()) else {}


def _singly(names: Collection[str], level: Callable[[str], str]) -> dict[str, str]:
    """The names by what a level makes of them, without those that it makes the same of."""
    keys = {name: level(name) for name in names}
    counts = Counter(keys.values())
    return {key: name for name, key in keys.items() if key and counts[key] == 1}


def _whole(label: str) -> int | None:
    match = re.fullmatch(r"\s*(\d{1,6})(?:\.0+)?\s*", label)
    return int(match[1]) if match else None


def _as_written(name: str) -> str:
    return name


def _levelled(name: str) -> str:
    """One kind of letters, of case, and of space between words."""
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    return APART.sub(" ", text).strip()


def _unnumbered(name: str) -> str:
    return NUMBER_BEFORE.sub("", _levelled(name))


def _first_of_several(name: str) -> str:
    """`tench, Tinca tinca` as lists of ImageNet's names have it."""
    return _unnumbered(name.split(",", maxsplit=1)[0])


def _unspaced(name: str) -> str:
    """`WithMask` as `with mask`."""
    return _unnumbered(name).replace(" ", "")


def _synset(name: str) -> str:
    """What ImageNet calls it: `n01440764`, `n01440764-tench`, or the name."""
    match = re.match(r"n\d{8}(?!\d)", name)
    return match[0] if match else synset_of(name) or synset_of(_first_of_several(name))


LEVELS = (_as_written, _levelled, _unnumbered, _first_of_several, _unspaced, _synset)
