"""The names of a network's classes, as a file gives them in the order of the outputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from services.imagenet import BACKGROUND
from services.spelling import matched

NOTHING = frozenset({BACKGROUND, "__background__", "???", "dummy", "unused"})


@dataclass(frozen=True)
class ClassList:
    """The names of a network's classes, in the order of its outputs.

    Attributes:
        file: where they stand, by its name.
        names: one a class; all different.
        first: the number that the file gives to the first of them.
        written: the same with the numbers that were taken off; empty where none were.
        how: how they are written, for the person.
        meant: whether the file can be nothing else; one that may be is passed over where it does
            not fit the network.
    """

    file: str
    names: tuple[str, ...]
    first: int = 0
    written: tuple[str, ...] = ()
    how: str = "one name a line, in the order of the outputs"
    meant: bool = True

    def sized(self, count: int) -> ClassList | None:
        """The list for so many classes; None where it names more or fewer.

        What detectors and ImageNet's 1001 call background is put before the names, or taken off.
        """
        if len(self.names) == count:
            return self
        if len(self.names) == count + 1 and self.names[0].casefold() in NOTHING:
            return replace(self, names=self.names[1:], written=self.written[1:], first=0)
        if len(self.names) == count - 1 and self.first == 1:
            return replace(self, names=(BACKGROUND, *self.names), written=(), first=0)
        return None

    def after_background(self, count: int) -> ClassList:
        """The list for a grid of so many classes, whose first is the background, named or not."""
        if len(self.names) != count - 1 or self.names[0].casefold() in NOTHING:
            return self
        return replace(self, names=(BACKGROUND, *self.names), written=(), first=0)

    @property
    def readings(self) -> Iterator[ClassList]:
        """The list, and the list with its numbers."""
        yield self
        if self.written:
            yield replace(self, names=self.written, written=())


def told_apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which none is twice: all but the first of a name get their place, from 0."""
    taken, seen, apart = set(names), Counter[str](), list[str]()
    for place, name in enumerate(names):
        seen[name] += 1
        own = name
        while seen[name] > 1 and own in taken:
            own = f"{own} ({place})"
        taken.add(own)
        apart.append(own)
    return tuple(apart)


def suited(
    lists: Collection[ClassList], counts: Collection[int], labels: Collection[str]
) -> ClassList | None:
    """The list that fits best; None where none does and none was meant.

    One that names as many classes as an output tells apart comes before all others, then the one
    that holds the most labels as they are written, then the most that mean the same.

    Args:
        lists: as they were come upon; of equals the first counts.
        counts: of classes, an output each.
        labels: of the pictures.
    """
    sized = [fit for each in lists for count in counts if (fit := each.sized(count))]
    meant = [each for each in lists if each.meant]
    readings = [reading for each in sized or meant for reading in each.readings]
    some = sorted(set(labels))[:200]  # enough to tell one from the other

    def fits(reading: ClassList) -> tuple[int, int]:
        return len(set(some) & set(reading.names)), len(matched(some, reading.names))

    if len(readings) < 2:
        return next(iter(readings), None)
    return max(readings, key=fits)
