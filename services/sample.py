"""A test picture, what was drawn on it, and files that take no part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from gradcam.box import Box


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
class Sample:
    """One test picture.

    Attributes:
        id: its path within the project, unique.
        path: where the file is.
        label: the true class or number as text, of several labels as in `label_sets`; None where
            nobody said.
        boxes: what was drawn on it, if anything.
        metadata: what else its source says of it.
        studio_id: its number in Edge Impulse Studio; None if it does not come from there.
        columns: where its table labels several outputs, the label of each by its heading, in the
            order of the table; `label` is then the first one's, until an output is chosen.
    """

    id: str
    path: Path
    label: str | None
    boxes: tuple[LabelledBox, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    studio_id: int | None = None
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class LeftOut:
    """A file that takes no part, and why."""

    name: str
    reason: str


def spread(samples: Sequence[Sample], count: int) -> list[Sample]:
    """At most `count` samples, taken evenly from the list sorted by label, the same each time."""
    ordered = sorted(samples, key=lambda sample: (sample.label or "", sample.id))
    if len(ordered) <= count:
        return ordered
    return [ordered[round(i)] for i in np.linspace(0, len(ordered) - 1, count)]
