"""What a benchmark gives back, and the one Markdown table that all of it ends in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

HEAD = ("what", "ratio (median, min–max)", "target", "met?")


@dataclass(frozen=True)
class Row:
    """One ratio.

    Attributes:
        what: what is divided by what.
        ratio, low, high: median, least and greatest over all pairs.
        at_most, at_least: the target; both None for a number that is only told.
    """

    what: str
    ratio: float
    low: float
    high: float
    at_most: float | None = None
    at_least: float | None = None

    @classmethod
    def of(
        cls,
        what: str,
        ratios: Sequence[float],
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> Self:
        """The row of these pairs' ratios."""
        return cls(what, float(np.median(ratios)), min(ratios), max(ratios), at_most, at_least)

    @property
    def met(self) -> bool | None:
        """Whether the median meets the target; None where there is none."""
        if self.at_most is not None:
            return self.ratio <= self.at_most
        if self.at_least is not None:
            return self.ratio >= self.at_least
        return None

    def cells(self) -> tuple[str, str, str, str]:
        """The row in words, in the order of `HEAD`."""
        target = "–"
        if self.at_most is not None:
            target = f"≤ {self.at_most:g}"
        elif self.at_least is not None:
            target = f"≥ {self.at_least:g}"
        met = {True: "met", False: "**MISSED**", None: "for information"}[self.met]
        spread = f"{_said(self.low)}–{_said(self.high)}"
        return self.what, f"{_said(self.ratio)} ({spread})", target, met


@dataclass(frozen=True)
class Note:
    """A sentence below the table: what was left out, or what a row does not tell."""

    text: str


@dataclass(frozen=True)
class Board:
    """A table of its own, below the one of ratios.

    Attributes:
        title: above it.
        head: of its columns.
        rows: of cells.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def lines(self) -> list[str]:
        """In Markdown."""
        return ["", f"**{self.title}**", "", *_table(self.head, self.rows)]


Found = Row | Note | Board


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]


def _said(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}" if ratio >= 1 else f"{ratio:.3f}"


def markdown(found: Iterable[Found], machine: str) -> str:
    """The tables, the notes and the line on the machine."""
    found = list(found)
    ratios = [row.cells() for row in found if isinstance(row, Row)]
    lines = _table(HEAD, ratios) if ratios else []
    lines += [line for board in found if isinstance(board, Board) for line in board.lines()]
    notes = [f"- {note.text}" for note in found if isinstance(note, Note)]
    return "\n".join([*lines, "", *notes, *([""] if notes else []), machine])
