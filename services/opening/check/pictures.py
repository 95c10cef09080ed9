"""The pictures that a preprocessing is looked for with: few, and of each kind alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.media.medium import Medium, Reading
from services.media.reading import BATCH_SIZE, read_all, readable
from services.sample import Sample
from services.tasks.task import Task

SAMPLES = 64
T = TypeVar("T")
_GOLDEN = 0.6180339887498949  # its multiples fill 0..1 evenly, however early one stops


@dataclass(frozen=True, eq=False)
class Handful:
    """Pictures that were read.

    Attributes:
        samples: N of them, such that any first few are of all kinds.
        cuts: (N, …) what `Medium.tensors` takes.
    """

    samples: tuple[Sample, ...]
    cuts: NDArray[Any]

    def __len__(self) -> int:
        """N."""
        return len(self.samples)

    def first(self, count: int) -> Handful:
        """The first few of them."""
        return Handful(self.samples[:count], self.cuts[:count])

    def tensors(self, medium: Medium, start: int, stop: int) -> Iterator[Floats]:
        """Some of them as a network gets them, batch by batch."""
        for first in range(start, min(stop, len(self)), BATCH_SIZE):
            yield medium.tensors(self.cuts[first : min(first + BATCH_SIZE, stop)])

    @property
    def labels(self) -> list[str]:
        """Of all of them; "" where nobody said."""
        return [sample.label or "" for sample in self.samples]


def selected(samples: Sequence[Sample], task: Task, count: int = SAMPLES) -> list[Sample]:
    """At most `count` samples, the labelled ones where there are any; the same each time.

    Each class gives as many as any other as long as it has some, and the first few of the list are
    spread over all that follow.
    """
    labelled = [sample for sample in samples if sample.label is not None]
    groups: dict[tuple[str, ...], list[Sample]] = {}
    for sample in sorted(labelled or samples, key=lambda each: (each.label or "", each.id)):
        label = sample.label
        groups.setdefault(task.groups_of(label) if label is not None else (), []).append(sample)
    queues = [_evenly(each) for each in _evenly(list(groups.values()))]
    most = max(map(len, queues), default=0)
    rounds = [queue[turn] for turn in range(most) for queue in queues if turn < len(queue)]
    return rounds[:count]


def read_handful(samples: Sequence[Sample], medium: Medium) -> Handful | None:
    """Read samples as a medium does; None where none can be read."""
    read = readable(samples, read_all(medium, samples, _cut))
    if not read:  # they are told when the whole set is predicted
        return None
    return Handful(tuple(sample for sample, _ in read), np.stack([cut for _, cut in read]))


def _evenly(items: Sequence[T]) -> list[T]:
    """As many as are looked at, the first few spread over all, the very first one first."""
    turns = range(8 * min(len(items), SAMPLES) + 8)  # each place's turn comes within these
    places = dict.fromkeys(int(turn * _GOLDEN % 1 * len(items)) for turn in turns)
    return [items[place] for place in islice(places, SAMPLES)] if items else []


def _cut(reading: Reading) -> NDArray[Any]:
    return reading.cut
