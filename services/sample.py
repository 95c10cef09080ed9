"""A test sample, what was drawn on it, and files that take no part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from gradcam.box import Box

T = TypeVar("T")


@dataclass(frozen=True)
class LabelledBox:
    """A rectangle that someone drew, in pixels of the picture where nobody says otherwise."""

    label: str
    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        """It without its label."""
        return Box(self.x, self.y, self.width, self.height)


@dataclass(frozen=True)
class Window:
    """Which part of a file a sample is, where a file holds several.

    Attributes:
        start: the first of its values, counted in the file as it is stored.
        stop: the first value after it; beyond the file's end where the rest is padded.
        number: which one it is of those of its file, from 0.
        count: how many there are.
    """

    start: int
    stop: int
    number: int = 0
    count: int = 1


@dataclass(frozen=True)
class LabelledSpan:
    """A label of a part of a file, counted in its values as they are stored.

    Attributes:
        label: what is there.
        start: the first value.
        stop: the first value after it.
    """

    label: str
    start: int
    stop: int


@dataclass(frozen=True)
class Sample:
    """One test picture, or one window of a sound.

    Attributes:
        id: its path within the project, unique; of several windows each has its start behind it.
        path: where the file is.
        label: the true class or number as text, of several labels as in `label_sets`; None where
            nobody said.
        boxes: what was drawn on it, if anything.
        metadata: what else its source says of it.
        studio_id: its number in Edge Impulse Studio; None if it does not come from there.
        columns: where its table labels several outputs, the label of each by its heading, in the
            order of the table; `label` is then the first one's, until an output is chosen.
        window: which part of its file it is; None for all of it.
        spans: labels of parts of its file, where its source has such.
    """

    id: str
    path: Path
    label: str | None
    boxes: tuple[LabelledBox, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    studio_id: int | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    window: Window | None = None
    spans: tuple[LabelledSpan, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A file that takes no part, and why."""

    name: str
    reason: str


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` samples, taken evenly from the list sorted by label, the same each time."""
    return evenly(sorted(samples, key=by_label), count)


def by_label(sample: Sample) -> tuple[str, str]:
    """Sorts samples by label, those of one label by name."""
    return sample.label or "", sample.id


def evenly(ordered: Sequence[T], count: int) -> list[T]:
    """At most `count` of a list, taken evenly from its first to its last."""
    if len(ordered) <= count:
        return list(ordered)
    return [ordered[round(i)] for i in np.linspace(0, len(ordered) - 1, count)]
