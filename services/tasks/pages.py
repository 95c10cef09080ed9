"""What Project, Samples, Explain and Review show of a task, as plain values."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from gradcam.arrays import Floats, Mask
from gradcam.box import Box
from services.numbers import counted, percent
from services.tables import Cell
from services.tasks.facets import ByValue
from services.tasks.marks import Mark
from services.tasks.parts import Address, Place
from services.tasks.shown import (
    Bars,
    By,
    Control,
    Limit,
    Number,
    Overview,
    Positions,
    Table,
    Worst,
)
from services.tasks.targets import Sight


@dataclass(frozen=True)
class View:
    """Several heatmaps of one sample on one scale: what it is called, and of what."""

    name: str
    sights: tuple[Sight, ...]


@dataclass(frozen=True)
class Sides:
    """The two sides of Review, each in the order of the page."""

    correct: tuple[Address, ...]
    incorrect: tuple[Address, ...]


class Judged(Protocol):
    """Samples with verdicts."""

    def correct(self, threshold: float | None = None) -> Floats:
        """See `Answers.correct`."""

    @property
    def uncertain(self) -> Mask:
        """See `Answers.uncertain`."""

    def ordered(self, some: Mask, order: str | None, threshold: float | None) -> Positions:
        """See `Answers.ordered`."""


class Pages(ABC):
    """What pages show of N samples."""

    answers: Judged

    # --------------------------------------------------------------------------------- Project

    @abstractmethod
    def figures(self, threshold: float | None) -> tuple[Number, Number]:
        """How good the network is: one number of the task's own, and how many are right."""

    def headline(self, threshold: float | None) -> str:
        """How good the network is, in a few words: the accuracy, and where it is none its name."""
        own, right = self.figures(threshold)
        return f"{own.name} {own.text}" if self.leads_with_own else f"{right.text}"

    leads_with_own: ClassVar[bool] = False
    """Whether the number of the task's own says more than how many are right."""

    def right(self, name: str, threshold: float | None) -> Number:
        """How many of the labelled samples are right."""
        correct = self.answers.correct(threshold)
        labelled = int(np.isfinite(correct).sum())
        if not labelled:
            return Number(name, "–", "no labels")
        right, share = int(np.nansum(correct)), float(np.nanmean(correct))
        uncertain = int(self.answers.uncertain.sum())
        beside = f", {uncertain:,} uncertain" if uncertain else ""
        return Number(name, percent(share, 1), f"{right:,} of {labelled:,} correct{beside}")

    worst_title: ClassVar[str] = "Worst mistakes"
    """Above the first samples of the default order that are wrong."""
    closest_title: ClassVar[str] = "Least certain"
    """Above the samples that are looked at where none is wrong."""
    closest_order: ClassVar[str] = ""
    """Their order; "" for the default."""

    def worst(self, count: int, threshold: float | None) -> Worst:
        """The samples that are looked at first: at most `count` mistakes, or the closest calls."""
        correct = self.answers.correct(threshold)
        wrong = (correct == 0) & ~self.answers.uncertain
        if wrong.any():
            said = counted(int(wrong.sum()), "mistake")
            first = self.answers.ordered(wrong, "", threshold)[:count].tolist()
            return Worst(self.worst_title, f"{len(first)} of {said}", said, tuple(first))
        labelled = np.isfinite(correct)
        known = bool(labelled.any())
        some = labelled if known else np.ones(len(correct), bool)
        close = self.answers.ordered(some, self.closest_order, threshold)[:count].tolist()
        note = "No sample is wrong" if known else "No sample is labelled"
        return Worst(self.closest_title, note, "No mistakes" if known else "", tuple(close))

    def breakdown(self, threshold: float | None) -> Bars | ByValue | None:
        """What the figure is made of: by class or label, or by value; None where nothing is."""
        return None

    @property
    def tables(self) -> tuple[Table, ...]:
        """How good it is, in more detail."""
        return ()

    def of_group(self, some: Mask, threshold: float | None) -> Mapping[str, Cell]:
        """Figures of the task's own of some labelled samples, by name, beside how many are right.

        Args:
            some: (N,) which, at least one.
            threshold: the live one; None for the task's own.
        """
        return {}

    @property
    def uncertain_below(self) -> float | None:
        """Below which confidence answers may count as uncertain; None where nobody set one."""
        return None

    @property
    def only_answer(self) -> str:
        """What the network says of every sample, where it is always the same; else ""."""
        return ""

    # --------------------------------------------------------------------------------- Samples

    @abstractmethod
    def overview(self, threshold: float | None) -> Overview:
        """The whole test set at a glance."""

    def limit(self, threshold: float | None) -> Limit | None:
        """The slider of the live threshold; None where verdicts have none."""
        return None

    def marks(self, position: int, threshold: float | None) -> tuple[Mark, ...]:
        """What lies where on a sample's picture, to be drawn on its tiles beside its boxes."""
        return ()

    marks_said: ClassVar[str] = ""
    """What `marks` are called, beside the switch that hides them; "" where there are none."""

    parts_said: ClassVar[str] = ""
    """What parts that lie somewhere are called, such as `Objects`; "" where none do."""

    def region(self, place: Place) -> Box | None:
        """Where a part lies on its sample's picture, in fractions; None where it lies nowhere."""
        return None

    def field(self, place: Place) -> Box | None:
        """What the network sees of the picture for a part, in fractions; None for all of it."""
        return None

    def judging(self, threshold: float | None) -> tuple[Control, ...]:
        """What verdicts are made by, as controls: the live threshold, and the rule if any."""
        limit = self.limit(threshold)
        return () if limit is None else (limit,)

    # --------------------------------------------------------------------------------- Explain

    @abstractmethod
    def bars(self, position: int, threshold: float | None) -> Bars:
        """What the network says of a sample, and what is true."""

    @abstractmethod
    def rows(self, position: int) -> tuple[Sight, ...]:
        """What is worth explaining of a sample: a row each where methods stand side by side."""

    def sights(self, place: Place) -> tuple[Sight, ...]:
        """What is worth explaining of a part, what the network says of it first."""
        return ()

    def views(self, position: int) -> tuple[View, ...]:
        """Views of a sample beside the one heatmap and the methods side by side."""
        return ()

    # ----------------------------------------------------------------------------------- flags

    @property
    def labels(self) -> tuple[str, ...]:
        """What a label may be, in the order of the outputs; empty where it is a number."""
        return ()

    def relabelled(self, position: int, label: str) -> str:
        """The whole label of a sample that somebody suggests one of `labels` for."""
        return label

    # ---------------------------------------------------------------------------------- Review

    @abstractmethod
    def review_controls(self, threshold: float | None) -> tuple[Control, ...]:
        """What the sides are chosen by."""

    side_names = ("Correct", "Incorrect")
    """What the two sides are called."""

    @abstractmethod
    def sides(self, by: By, named: str, threshold: float | None) -> Sides:
        """The correct and the incorrect ones.

        Args:
            by: what a name means.
            named: of a class or a label; "" for all, and so is a name of another project.
            threshold: the live one; None for the task's own.
        """
