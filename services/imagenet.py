"""The 1000 classes of ImageNet, in the order in which all networks trained on it have them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("imagenet_classes.csv")
BACKGROUND = "background"


@dataclass(frozen=True)
class ImageNet:
    """Names and synset ids, 1000 each, by the number of the class; no name is twice."""

    names: tuple[str, ...]
    synsets: tuple[str, ...]

    def for_units(self, count: int) -> tuple[str, ...]:
        """The names of so many outputs; of 1001 the first is the background. Empty for others."""
        return {1000: self.names, 1001: (BACKGROUND, *self.names)}.get(count, ())


@cache
def imagenet() -> ImageNet:
    """The classes, read once."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return ImageNet(tuple(row["name"] for row in rows), tuple(row["wnid"] for row in rows))


@cache
def _synsets() -> dict[str, str]:
    classes = imagenet()
    levelled = [name.casefold().replace("-", " ") for name in classes.names]
    pairs = zip(levelled, classes.synsets, strict=True)
    alike = {name: synset for name, synset in pairs if levelled.count(name) == 1}
    # Cardigan is a dog, a cardigan is worn.
    return alike | dict(zip(classes.names, classes.synsets, strict=True))


def synset_of(name: str) -> str:
    """The synset id of a class by its name, as it is or in small letters; "" for none."""
    return _synsets().get(name, "")
