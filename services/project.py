"""A project: a network, its test samples, its classes and its input spec, from one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gradcam import InputSpec, Network


class Task(StrEnum):
    """What the network was trained to say."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


@dataclass(frozen=True)
class LabelledBox:
    """A rectangle that someone drew, in pixels of the original picture."""

    label: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Sample:
    """One test picture.

    Attributes:
        id: its path within the project, unique.
        path: where the file is.
        label: the true class or number as text; None where nobody said.
        boxes: what was drawn on it, if anything.
        metadata: what else its source says of it.
        studio_id: its number in Edge Impulse Studio; None if it does not come from there.
    """

    id: str
    path: Path
    label: str | None
    boxes: tuple[LabelledBox, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    studio_id: int | None = None


@dataclass(frozen=True)
class LeftOut:
    """A file that takes no part, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Fact:
    """Something that the source did not say and that was worked out.

    Attributes:
        what: the setting.
        value: what was chosen.
        why: the reason, in words.
    """

    what: str
    value: str
    why: str


@dataclass(frozen=True)
class Regression:
    """How a regression is read.

    Attributes:
        output: which unit of the network.
        threshold: an error of at most this is correct.
    """

    output: int = 0
    threshold: float = 0.1


@dataclass(frozen=True)
class Project:
    """What is opened.

    Attributes:
        name: for the page.
        network: the loaded network.
        task: classification or regression.
        classes: names in the order of the network's outputs; empty for regression.
        samples: the test pictures, in a stable order.
        input_spec: how a file becomes a tensor.
        regression: how a regression is read.
        facts: what was worked out, with reasons.
        left_out: files that take no part.
    """

    name: str
    network: Network
    task: Task
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    input_spec: InputSpec
    regression: Regression = Regression()
    facts: tuple[Fact, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_regression(self) -> bool:
        """Whether the network gives numbers rather than classes."""
        return self.task is Task.REGRESSION


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` samples, taken evenly from the list sorted by label, the same each time."""
    ordered = sorted(samples, key=lambda sample: (sample.label or "", sample.id))
    if len(ordered) <= count:
        return ordered
    return [ordered[round(i)] for i in np.linspace(0, len(ordered) - 1, count)]
