"""What a task has to show, as plain values: a page draws each by what it is, not by whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Mask
from services.tables import Cell
from services.tasks.confusion import Confusion

Counts = NDArray[np.int64]
Positions = NDArray[np.int64]
MATRIX = 40  # classes at most that a matrix can be read of; of more, the pairs most often confused


class By(StrEnum):
    """Which class of a sample Review goes by."""

    TRUE = "True class"
    PREDICTED = "Predicted class"


# --------------------------------------------------------------------------------- controls


@dataclass(frozen=True)
class Choose:
    """One of some names, from a list.

    Attributes:
        label: of the control.
        key: the choice that it is bound to.
        names: what can be chosen.
        every: what stands for all of them.
        short: what it is called before the chosen name, as in `true: car`.
    """

    label: str
    key: str
    names: tuple[str, ...]
    every: str
    short: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The choices that it is bound to."""
        return (self.key,)

    def said(self, value: Callable[[str], Any]) -> str:
        """What is chosen, in a few words; "" where it is any."""
        return f"{self.short}: {value(self.key)}" if value(self.key) else ""


@dataclass(frozen=True)
class Press:
    """One of a few words, by buttons; `help` is what the pressed one means."""

    label: str
    key: str
    words: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True)
class SpanChoice:
    """From where to where in per cent; bound to two choices."""

    label: str
    key: str
    low_key: str
    high_key: str
    least: int
    most: int

    @property
    def keys(self) -> tuple[str, ...]:
        """The choices that it is bound to."""
        return (self.low_key, self.high_key)

    def said(self, value: Callable[[str], Any]) -> str:
        """What is chosen, in a few words; "" where it is any."""
        low, high = value(self.low_key), value(self.high_key)
        if (low, high) == (self.least, self.most):
            return ""
        return f"{self.label.lower()} {low}–{high}\u00a0%"


@dataclass(frozen=True)
class ValueSpan:
    """From where to where, in numbers of the task's own; bound to two choices, None for no bound.

    Attributes:
        label: of the control.
        key: of its widget.
        low_key, high_key: the choices.
        least, most: the ends.
        step: between two values.
    """

    label: str
    key: str
    low_key: str
    high_key: str
    least: float
    most: float
    step: float

    @property
    def keys(self) -> tuple[str, ...]:
        """The choices that it is bound to."""
        return (self.low_key, self.high_key)

    def said(self, value: Callable[[str], Any]) -> str:
        """What is chosen, in a few words; "" where it is any."""
        low, high = value(self.low_key), value(self.high_key)
        if low is None and high is None:
            return ""
        if low is None or high is None:
            end = f"≤ {high:.4g}" if low is None else f"≥ {low:.4g}"
            return f"{self.label.lower()} {end}"
        return f"{self.label.lower()} {low:.4g} to {high:.4g}"


@dataclass(frozen=True)
class Limit:
    """The live threshold of verdicts.

    Attributes:
        value: that counts now.
        most: at the end of the slider.
        step: between two values.
        help: what it means.
    """

    value: float
    most: float
    step: float
    help: str


Narrows = Choose | SpanChoice | ValueSpan  # that leave samples out
Control = Narrows | Press | Limit


# ------------------------------------------------------------------------------- one sample


@dataclass(frozen=True)
class Caption:
    """A line on a sample, in parts: names may be shortened where it is narrow, the figure never is.

    Attributes:
        true: what is true, where the network says something else; "" where it says the same.
        answer: what the network says.
        figure: how sure it is, or how far off.
    """

    true: str
    answer: str
    figure: str = ""

    def __str__(self) -> str:
        """The whole line, such as `car → van 93 %`."""
        return f"{f'{self.true} → ' if self.true else ''}{self.answer} {self.figure}".strip()

    def fitted(self, fits: Callable[[str], bool]) -> str:
        """The line with its longer name cut for as long as it does not fit; the figure stays."""
        line = self
        while not fits(str(line)) and max(len(line.true), len(line.answer)) > 1:
            if len(line.true) > len(line.answer):
                line = replace(line, true=_cut(line.true))
            else:
                line = replace(line, answer=_cut(line.answer))
        return str(line)


def _cut(name: str) -> str:
    return name.removesuffix("…")[:-1].rstrip() + "…"


# -------------------------------------------------------------------------- figures, tables


@dataclass(frozen=True)
class Number:
    """A figure with its name, and a few words beneath."""

    name: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class ScoreBar:
    """One line of a list of scores; `length` is in 0..1, `mark` says what `true` is."""

    name: str
    text: str
    length: float
    true: bool = False
    mark: str = "true class"


@dataclass(frozen=True)
class Bars:
    """A list of scores under a title."""

    title: str
    note: str
    bars: tuple[ScoreBar, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a title.

    Attributes:
        title: above it.
        rows: cells by column, the same columns in each.
        about: what it holds, for who cannot see it.
        shares: columns that are shown in per cent.
    """

    title: str
    rows: tuple[Mapping[str, Cell], ...]
    about: str
    shares: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matrix:
    """What is taken for what.

    Attributes:
        names: of the classes.
        cells: that hold a sample.
    """

    names: tuple[str, ...]
    cells: Confusion

    @property
    def fits(self) -> bool:
        """Whether it can be drawn cell by cell; with more classes its pairs are listed."""
        return len(self.names) <= MATRIX


@dataclass(frozen=True)
class Scatter:
    """What is read against what is true, a point a sample.

    Attributes:
        true, read: (N,) float32; NaN where nobody said.
        right: (N,) which are correct.
        threshold: half the width of the band of what is correct.
        told: what is said of a point, by its position.
    """

    true: Floats
    read: Floats
    right: Mask
    threshold: float
    told: Callable[[int], str]


@dataclass(frozen=True)
class Overview:
    """The whole test set at a glance.

    Attributes:
        title: above it.
        caption: how it is used; "" for nothing.
        chart: None where there is nothing to draw.
        empty: what is said then.
    """

    title: str
    caption: str
    chart: Matrix | Scatter | Table | None
    empty: str = ""


@dataclass(frozen=True)
class Worst:
    """What is looked at first: mistakes, or where there is none the closest calls.

    Attributes:
        title: above the samples.
        note: how many there are, or why none of them is wrong.
        mistakes: how many there are, in words; "" where nobody said what is true.
        positions: of the samples, the worst first.
    """

    title: str
    note: str
    mistakes: str
    positions: tuple[int, ...]


# -------------------------------------------------------------------------------- colouring


@dataclass(frozen=True)
class ByGroup:
    """Points coloured by what they are.

    Attributes:
        name: of the colouring.
        names: of the groups.
        of: (N,) int64, the group of each sample; -1 where it has none.
        without: what is said of these.
    """

    name: str
    names: tuple[str, ...]
    of: Counts
    without: str = "not labelled"

    @property
    def counts(self) -> Mapping[str, int]:
        """How many samples each group has, by its name."""
        counted = np.bincount(self.of[self.of >= 0], minlength=len(self.names))
        return dict(zip(self.names, counted.tolist(), strict=True))


@dataclass(frozen=True)
class ByNumber:
    """Points coloured by a number: (N,) float32, and what it is."""

    name: str
    values: Floats
    said: str


Colouring = ByGroup | ByNumber
