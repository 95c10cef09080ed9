"""What a table of predictions and a report hold of a task."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import isnan

from gradcam.arrays import Floats
from services.tasks.parts import Place
from services.tasks.shown import Matrix, Number, Scatter, Table

Section = Matrix | Scatter | Table


class Export(ABC):
    """What is written of N samples."""

    # ----------------------------------------------------------------------------------- a table

    @property
    @abstractmethod
    def head(self) -> list[str]:
        """Names of the columns; one of them is `correct`."""

    @abstractmethod
    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """A row for each sample, under these columns.

        Args:
            threshold: the live one; None for the task's own.
        """

    # ------------------------------------------------------------------- a table of their parts

    @property
    def part_head(self) -> list[str]:
        """Names of the columns of a row for each part; empty where samples have one part."""
        return []

    def part_rows(self, threshold: float | None) -> Iterator[tuple[Place, list[str]]]:
        """A row for each part of each sample, under these columns.

        Args:
            threshold: the live one; None for the task's own.
        """
        return iter(())

    # ---------------------------------------------------------------------------------- a report

    @abstractmethod
    def figure(self, threshold: float | None) -> Number:
        """The one number that says how good the network is, where somebody said what is true."""

    @abstractmethod
    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """What is taken for what, or how far off it is."""

    @property
    @abstractmethod
    def badness(self) -> Floats:
        """(N,) how bad it is that a sample is wrong; the highest are shown first."""

    @property
    @abstractmethod
    def worst_first(self) -> str:
        """Which mistakes come first, in words."""

    @abstractmethod
    def mistaken(self, position: int) -> str:
        """What is true of a sample and what the network says, as a sentence."""


def number(value: float) -> str:
    """A value for a table: so many digits bring a float32 back; nothing for NaN."""
    return "" if isnan(value) else f"{value:.9g}"


def score(value: float) -> str:
    """A score for a table; nothing for NaN."""
    return "" if isnan(value) else f"{value:.6f}"


def verdict(correct: float, *, uncertain: bool = False) -> str:
    """`1`, `0`, `uncertain`, or nothing where nobody said."""
    if uncertain:
        return "uncertain"
    return "" if isnan(correct) else str(int(correct))
