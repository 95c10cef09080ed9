"""The face of every task: how it is recognised, what its labels mean, how answers are read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import inf
from typing import ClassVar, Self

from gradcam import Network
from gradcam.arrays import Floats
from services.fact import Fact
from services.numbers import percent
from services.sample import Sample
from services.tasks.answers import Answers
from services.tasks.geometry import Geometries
from services.tasks.grades import Grades
from services.tasks.targets import Targets


class Strength(IntEnum):
    """How much speaks for a task; the strongest claim counts, of equal ones the first."""

    POSSIBLE = 1
    LIKELY = 2
    CERTAIN = 3


@dataclass(frozen=True)
class Claim:
    """That a project is of a task.

    Attributes:
        why: the reason, for the person.
        strength: how much speaks for it.
    """

    why: str
    strength: Strength


@dataclass(frozen=True)
class Evidence:
    """What is known of a project while it is being opened.

    Attributes:
        network: the loaded network.
        labels: the distinct ones of the samples.
        classes: named by the source, in the order of the network's outputs; empty where nobody did.
        way_out: from what a person can do about names that do not fit the network, to the sentence
            for this project.
        settings: what project.toml says in the task's own table.
        first: the number that the source gives to the first class.
        named_in: the file that names the classes; "" where it is none.
        labelled_in: what says the labels, such as `labels.csv`.
    """

    network: Network
    labels: frozenset[str]
    classes: tuple[str, ...] = ()
    way_out: Callable[[str], str] = "{}.".format
    settings: Mapping[str, float] = field(default_factory=dict)
    first: int = 0
    named_in: str = ""
    labelled_in: str = ""


@dataclass(frozen=True)
class TaskSetting:
    """A number that project.toml may give in the task's own table.

    Attributes:
        name: its key.
        whole: whether it has to be a whole number; at least 0 it is in any case.
        most: it may be.
    """

    name: str
    whole: bool = False
    most: float = inf


@dataclass(frozen=True)
class Measure:
    """What says how well a preprocessing suits a network.

    Attributes:
        name: as on the page.
        in_percent: whether it is a share.
        higher_is_better: else lower is.
    """

    name: str
    in_percent: bool
    higher_is_better: bool

    def said(self, score: float) -> str:
        """A score as people read it."""
        return percent(score, 1) if self.in_percent else f"{score:.3g}"


@dataclass(frozen=True)
class StudioWords:
    """What Edge Impulse says of a learning block, in the words of project.toml.

    Attributes:
        classes: the names of the outputs, where they stand for classes.
        settings: numbers of the task's own table.
        facts: what else a person should see.
    """

    classes: tuple[str, ...]
    settings: Mapping[str, float]
    facts: tuple[Fact, ...]


class Task(ABC):
    """What a network was trained to say. Made by `settled`, a frozen value."""

    name: ClassVar[str]
    """What project.toml, Edge Impulse and the pages call it."""
    settings: ClassVar[tuple[TaskSetting, ...]] = ()
    """What its table in project.toml may hold; the table has the task's name."""
    reads_boxes: ClassVar[bool] = False
    """Whether what is true of a sample is where its boxes are, and a label says only their classes.

    A sample without a label is then one that nobody drew boxes on; one of none has nothing on it.
    """
    measure: ClassVar[Measure]
    """How a preprocessing is judged."""
    rules: ClassVar[tuple[str, ...]] = ()
    """What may count as right where that is a choice, in words; the first is the usual one."""

    # ------------------------------------------------------------------------------- opening

    @classmethod
    def reads(cls, network: Network) -> bool:
        """Whether it can read what a network gives: for most tasks one row of numbers."""
        (first, *others) = network.heads
        return not others and first.grid is None and not first.is_table

    @classmethod
    @abstractmethod
    def claim(cls, evidence: Evidence) -> Claim | None:
        """Whether a project that names no task is of this one; None where nothing speaks for it."""

    @classmethod
    def spelled(cls, evidence: Evidence) -> Mapping[str, str]:
        """Labels as the task writes them, by what the source wrote, where the two differ."""
        return {}

    @classmethod
    @abstractmethod
    def settled(cls, evidence: Evidence) -> tuple[Self, tuple[Fact, ...]]:
        """The task as this project has it, and what was worked out for it.

        Raises:
            ProjectError: names, labels and network do not fit together.
        """

    @classmethod
    @abstractmethod
    def from_studio(cls, names: Sequence[str], thresholds: Mapping[str, float]) -> StudioWords:
        """What Edge Impulse says of a block of this task.

        Args:
            names: of the outputs.
            thresholds: by Studio's names.
        """

    @abstractmethod
    def obstacle(self, label: str) -> str:
        """Why a sample with this label takes no part; "" where it does."""

    @abstractmethod
    def grade(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Grades:
        """How well a way of feeding a network does; its score is the `measure`.

        Args:
            network: that gave the outputs.
            outputs: (n, K) float32.
            labels: of the same n samples.
        """

    @property
    def usual_orders(self) -> tuple[Self, ...]:
        """The same with its outputs named in other orders that people have them in."""
        return ()

    def fitting_order(self, network: Network, outputs: Floats, labels: Sequence[str]) -> Self:
        """The same with its outputs named in the order that fits some answers best.

        Args:
            network: that gave the outputs.
            outputs: (n, K) float32.
            labels: of the same n samples.
        """
        return self

    # ------------------------------------------------------------------- what it is known by

    @property
    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """What the outputs stand for, in their order; empty where they are plain numbers."""

    @property
    @abstractmethod
    def groups(self) -> tuple[str, ...]:
        """What right and wrong are counted by: classes, labels, or one group of all."""

    @abstractmethod
    def groups_of(self, label: str) -> tuple[str, ...]:
        """The groups that a sample with this label counts into."""

    @abstractmethod
    def limit(self, threshold: float | None) -> float | None:
        """The threshold that counts: the one chosen, else the task's own; None if it has none."""

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """As it answers with a live threshold; itself where that moves verdicts and no answers.

        Args:
            threshold: the one chosen; None for the task's own.
            uncertain: whether answers below a confidence threshold count as uncertain, in projects
                that have one, see `Answers.uncertain`.
            rule: one of `rules`; "" or an unknown one for the task's own.
        """
        return self

    @property
    @abstractmethod
    def kept_as(self) -> tuple[str, str]:
        """What it is called in what is kept: its names, and how answers are read."""

    @abstractmethod
    def right_said(self, threshold: float | None) -> str:
        """What counts as correct, in words such as `correct within 0.1`."""

    # ------------------------------------------------------------------------------- answers

    @abstractmethod
    def targets(self, network: Network) -> Targets:
        """Which numbers of a network can be explained, and what they are called."""

    @abstractmethod
    def read(
        self,
        network: Network,
        samples: Sequence[Sample],
        outputs: Floats,
        geometry: Geometries | None = None,
    ) -> Answers:
        """What a network said of N samples, and whether it is right.

        Args:
            network: that gave the outputs.
            samples: N of them.
            outputs: (N, K) float32.
            geometry: where each sample's picture and the network's input lie on each other; None
                where nobody knows, so that no box can be judged.
        """
