"""What a source says of its samples beside their labels, key by key, in groups to compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradcam.arrays import Mask
from services.numbers import are_numbers, counted, rounded
from services.sample import LeftOut, Sample
from services.tasks.shown import ByGroup, Counts

NO_VALUE = "no value"  # of samples without the key
MOST = 20  # values of a key that stand by themselves
BINS = 5  # of numbers with more values


@dataclass(frozen=True, eq=False)
class Metadata:
    """The keys of N samples.

    Attributes:
        keys: by name, each with its values as groups of samples; those without one come last.
        left_out: keys that are of no use for comparing, and why.
        count: N.
    """

    keys: Mapping[str, ByGroup]
    left_out: tuple[LeftOut, ...]
    count: int

    def passing(self, values: Mapping[str, str]) -> Mask:
        """(N,) which samples have these values; what is of another project lets all pass.

        Args:
            values: by key, the name of a group.
        """
        passes = np.ones(self.count, bool)
        for key, value in values.items():
            if self.knows(key, value):
                passes &= self.keys[key].of == self.keys[key].names.index(value)
        return passes

    def knows(self, key: str, value: str) -> bool:
        """Whether there is such a group."""
        return key in self.keys and value in self.keys[key].names


def grouped_metadata(samples: Sequence[Sample]) -> Metadata:
    """The metadata of some samples, key by key.

    Up to `MOST` values are a group each. Of more values numbers are binned, so that the bins hold
    about as many samples each; of words the commonest stay and the rest is one group. A key is left
    out where its words tell (almost) every sample apart, or where all samples have the same.
    """
    keys: dict[str, ByGroup] = {}
    left_out = []
    for key in dict.fromkeys(key for sample in samples for key in sample.metadata):
        values = [sample.metadata.get(key, "").strip() for sample in samples]
        groups = _grouped(key, values)
        if isinstance(groups, ByGroup):
            keys[key] = groups
        else:
            left_out.append(LeftOut(key, groups))
    return Metadata(keys, tuple(left_out), len(samples))


def _grouped(key: str, values: Sequence[str]) -> ByGroup | str:
    """The groups of a key, or why it is left out."""
    counts = Counter(value for value in values if value)
    if not counts:
        return "no value"
    if len(counts) == 1 and counts.total() == len(values):
        return "the same in all samples"
    numbers = are_numbers(counts)
    all_differ = 2 < len(counts) == counts.total()
    if numbers and len(counts) > (BINS if all_differ else MOST):
        return _binned(key, values)
    if all_differ or len(counts) > max(MOST, len(values) // 2):
        return f"{counted(len(counts), 'value')}, almost one a sample"
    order = sorted(counts, key=float) if numbers else sorted(counts, key=str.casefold)
    if len(counts) <= MOST:
        return _named(key, order, values)
    kept = {value for value, _ in counts.most_common(MOST - 1)}
    rest = counted(len(counts) - len(kept), "rarer value")
    names = [*(value for value in order if value in kept), rest]
    return _named(key, names, [value if value in kept or not value else rest for value in values])


def _named(key: str, names: Sequence[str], values: Sequence[str]) -> ByGroup:
    place = {name: number for number, name in enumerate(names)}
    return _with_rest(key, names, np.array([place.get(value, -1) for value in values], np.int64))


def _with_rest(key: str, names: Sequence[str], of: Counts) -> ByGroup:
    rest = [NO_VALUE] if (of < 0).any() else []
    return ByGroup(key, (*names, *rest), np.where(of < 0, len(names), of))


def _binned(key: str, values: Sequence[str]) -> ByGroup:
    numbers = np.array([float(value) if value else np.nan for value in values])
    known = np.isfinite(numbers)
    edges = np.unique(np.quantile(numbers[known], np.linspace(0, 1, BINS + 1), method="nearest"))
    inner = edges[1:-1]
    of = np.where(known, np.searchsorted(inner, numbers, side="right"), -1)
    # As few digits as tell the edges apart.
    written = ([rounded(edge, digits) for edge in edges] for digits in range(3, 18))
    ends = next(each for each in written if len(set(each)) == len(each))
    names = [f"{low} to {high}" for low, high in pairwise(ends)]
    return _with_rest(key, names, of.astype(np.int64))
