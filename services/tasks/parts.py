"""A sample has parts: itself, or its objects, windows, one label of several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gradcam.arrays import Floats, Mask
from services.tasks.shown import Counts, Positions


class Place(NamedTuple):
    """A part of a sample: the sample by its position, and the part's number from 0."""

    sample: int
    part: int


Address = int | Place
"""A sample by its position, or a part of one."""


def sample_of(address: Address) -> int:
    """The position of the sample."""
    return address.sample if isinstance(address, Place) else int(address)


_BETWEEN = "\n"  # in no name of a file that people use


def address_word(sample: str, address: Address) -> str:
    """What a click gives: the id of a sample, and the number of its part where it is one."""
    return f"{sample}{_BETWEEN}{address.part}" if isinstance(address, Place) else sample


def address_read(word: str) -> tuple[str, int]:
    """The id of the sample, and the number of its part; -1 for the whole sample."""
    sample, between, part = word.rpartition(_BETWEEN)
    return (sample, int(part)) if between and part.isdecimal() else (word, -1)


@dataclass(frozen=True)
class Parts:
    """The P parts of N samples, in the order of the samples; one may have none.

    Attributes:
        sample: (P,) int64, whose part it is.
        group: (P,) int64, which of the task's groups it counts into; -1 for none.
        correct: (P,) float32: 1 correct, 0 incorrect, NaN where nobody said.
    """

    sample: Positions
    group: Counts
    correct: Floats

    def at(self, place: Place) -> int:
        """Where the part of a place stands among all parts."""
        return int(np.searchsorted(self.sample, place.sample)) + place.part

    def places(self, some: Mask) -> list[Place]:
        """Some of the parts, (P,), as places."""
        number = np.arange(len(self.sample)) - np.searchsorted(self.sample, self.sample)
        return [Place(int(self.sample[at]), int(number[at])) for at in np.flatnonzero(some)]
