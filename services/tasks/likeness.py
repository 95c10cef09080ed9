"""Which samples are alike, by what is true of them and by what the network says of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from gradcam.arrays import Floats, Mask, Numbers
from services.tables import Cell
from services.tasks.parts import Address, Place
from services.tasks.shown import Colouring, Counts, Positions


@dataclass(frozen=True)
class Separated:
    """Groups that the samples' labels make, and how far apart they stand is a figure.

    Attributes:
        of: (N,) int64, the group of each sample; -1 where it has none.
        name: of the groups.
        note: why there are none, if so.
    """

    of: Counts
    name: str = ""
    note: str = ""


@dataclass(frozen=True)
class SameTruth:
    """Samples of which the same is true, and the name for it."""

    name: str
    positions: Positions


@dataclass(frozen=True)
class Said:
    """Samples of which the network says the same; `name` is None where it is no name."""

    name: str | None
    positions: Positions


@dataclass(frozen=True)
class Apart:
    """Something that is true of some samples and not of others.

    Attributes:
        name: of it.
        those: (N,) of which it is true.
        known: (N,) of which somebody said.
    """

    name: str
    those: Mask
    known: Mask


class Likeness(ABC):
    """Which of N samples are alike."""

    # ------------------------------------------------------------------------------ what is true

    @property
    @abstractmethod
    def truth(self) -> Numbers:
        """(N,) the same number for samples of which the same is true; NaN where nobody said."""

    def tolerance(self, threshold: float | None) -> float:
        """How far apart two truths are still the same.

        Args:
            threshold: the live one; None for the task's own.
        """
        return 0.0

    def same_said(self, threshold: float | None) -> str:
        """What samples that are alike carry, in words."""
        return "the same label"

    @property
    def strata(self) -> tuple[Positions, ...]:
        """Samples in groups of which each is to be represented; all of them together are all."""
        truths, of = np.unique(self.truth, return_inverse=True)  # NaN is the last of them
        return members_of(of, len(truths))

    strata_said = "stratified by class"
    """How some of the strata are taken, in words."""

    separation: ClassVar[str] = "Class separation"
    """What it is called how far apart groups stand."""
    kind: ClassVar[str] = "Class"
    """What each of `kinds` is."""

    @property
    @abstractmethod
    def separated(self) -> Separated:
        """The groups that labels make."""

    @property
    @abstractmethod
    def kinds(self) -> tuple[SameTruth, ...]:
        """What neighbours agree on, kind by kind; empty where there are no kinds."""

    @abstractmethod
    def suggestion(self, near: Numbers) -> tuple[float, int]:
        """What should be true of a sample by its neighbours, and how many of them say so.

        Args:
            near: (k,) what is true of them, k at least 1.
        """

    @abstractmethod
    def suggestion_said(self, suggestion: float, votes: int, of: int) -> str:
        """The same in words.

        Args:
            suggestion: as from `suggestion`.
            votes: how many neighbours say so.
            of: how many neighbours there are.
        """

    @abstractmethod
    def label_doubt(self, position: int, alike: Floats) -> tuple[str, str] | None:
        """A question about a sample's label and the figure that it rests on, if one arises.

        Args:
            position: of a labelled sample.
            alike: (N,) how alike the network finds each; -inf for itself.
        """

    @abstractmethod
    def candidates(self, address: Address, threshold: float | None) -> Positions:
        """Correct samples of which the same is true as of this one, itself left out."""

    nearest_said: ClassVar[str] = "nearest correct"
    """What a mistake is set beside, in words."""

    def nearest_part(self, place: Place, position: int) -> Place | None:
        """The part of a candidate that a part is set beside; None for the whole of it."""
        return None

    # ------------------------------------------------------------------- what the network says

    @property
    @abstractmethod
    def said_alike(self) -> tuple[Said, ...]:
        """All samples by what the network says of them."""

    apart_said: ClassVar[str] = "the verdict or the class"
    """What a picture's look could give away, in words."""

    @property
    def told_apart(self) -> tuple[Apart, ...]:
        """What a picture's look could give away."""
        return ()

    # -------------------------------------------------------------------------------- as a plot

    @property
    @abstractmethod
    def colourings(self) -> tuple[Colouring, ...]:
        """What points can be coloured by: what is true, what was predicted, then others."""

    @abstractmethod
    def columns(self, positions: Positions) -> dict[str, list[Cell]]:
        """What the network says of some samples, as columns of a table."""


def members_of(of: Counts, groups: int) -> tuple[Positions, ...]:
    """Positions of the members of each group, ascending; found at once for all groups.

    Args:
        of: (N,) the group of each sample; below 0 where it has none.
        groups: how many.
    """
    order = np.argsort(of, kind="stable")
    ends = np.searchsorted(of[order], np.arange(groups + 1))
    return tuple(order[start:end] for start, end in pairwise(ends))


def most_alike(alike: Floats, count: int) -> Positions:
    """Positions of the most alike, the first of equals first; without sorting all others.

    Args:
        alike: (N,) how alike each is; NaN is the least.
        count: how many.
    """
    unlike = -alike
    some = np.arange(len(unlike))
    if count < len(unlike):
        some = np.flatnonzero(~(unlike > np.partition(unlike, count - 1)[count - 1]))
    return some[np.argsort(unlike[some], kind="stable")[:count]]


def commonest(near: Numbers) -> tuple[float, int]:
    """What most neighbours carry, and how many do.

    Args:
        near: (k,) of them, k at least 1.
    """
    kinds, counts = np.unique(near, return_counts=True)
    most = int(counts.argmax())
    return float(kinds[most]), int(counts[most])


def middle(near: Numbers) -> tuple[float, int]:
    """The median of the neighbours, and how many there are.

    Args:
        near: (k,) of them, k at least 1.
    """
    return float(np.median(near)), len(near)
