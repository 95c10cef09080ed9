"""What Mistakes can show, one view each, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gradcam.arrays import Floats, Mask, Numbers
from services.tasks.confusion import Confusion
from services.tasks.parts import Address
from services.tasks.shown import Counts, Number, Positions, Table


@dataclass(frozen=True)
class ByClass:
    """Which class is taken for which.

    Attributes:
        classes: their names.
        confusion: what is taken for what, of the M samples with a verdict.
        ranks: (M,) how many classes have a higher score than the true one.
    """

    classes: tuple[str, ...]
    confusion: Confusion
    ranks: Counts
    name: str = "By class"


@dataclass(frozen=True)
class Certainty:
    """Whether the network is right as often as it is sure, over M samples with a verdict.

    Attributes:
        confidence: (M,) float32, the score of the answer, 0..1.
        correct: (M,) float32, 1 or 0.
    """

    confidence: Floats
    correct: Floats
    name: str = "How sure it is"


@dataclass(frozen=True)
class ByValue:
    """How far off the network reads, and where.

    Attributes:
        known: (M,) positions of the samples with a verdict.
        true, read: (N,) float32; NaN where nobody said.
        right: (N,) which are within the threshold.
        threshold: the live one.
        told: what is said of a sample, by its position.
    """

    known: Positions
    true: Floats
    read: Floats
    right: Mask
    threshold: float
    told: Callable[[int], str]
    name: str = "By value"

    @property
    def errors(self) -> Floats:
        """(N,) float32, read minus true."""
        return self.read - self.true


@dataclass(frozen=True)
class ByObject:
    """Which class of objects is taken for which, and for none.

    Attributes:
        classes: their names, the background first.
        confusion: what is taken for what.
        numbers: over all classes.
        table: class by class.
        caption: when a detection counts.
    """

    classes: tuple[str, ...]
    confusion: Confusion
    numbers: tuple[Number, ...]
    table: Table
    caption: str
    name: str = "By class"


@dataclass(frozen=True, eq=False)
class OverThresholds:
    """Figures over thresholds, (T,) each; NaN where nothing can be said."""

    thresholds: Numbers
    precision: Numbers
    recall: Numbers
    f1: Numbers


@dataclass(frozen=True)
class ByThreshold:
    """How good the network is at each threshold.

    Attributes:
        curves: works them out: by what they are of, the first of all.
        live: the threshold that counts now.
    """

    curves: Callable[[], Mapping[str, OverThresholds]]
    live: float
    name: str = "By threshold"


@dataclass(frozen=True)
class Figures:
    """Numbers and tables."""

    name: str
    numbers: tuple[Number, ...]
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class OneByOne:
    """Mistakes one by one, with what each may come from; `Mistakes.listed` has which."""

    name: str = "By picture"


Facet = ByClass | Certainty | ByValue | ByObject | ByThreshold | Figures | OneByOne


@dataclass(frozen=True)
class Listed:
    """What is looked at one by one.

    Attributes:
        lists: samples or parts in their order, by the name of the list.
        caption: what is listed; "" where the names say it.
        asks_sure: whether the lists depend on the score from which the network counts as sure.
        file: of the table that can be taken away.
    """

    lists: Mapping[str, tuple[Address, ...]]
    caption: str
    asks_sure: bool
    file: str
