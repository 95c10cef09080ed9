"""What another computation says of a sample, such as Edge Impulse's own model testing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services.sample import LabelledBox


@dataclass(frozen=True)
class ScoredBox:
    """An object that another computation found.

    Attributes:
        box: in fractions of the picture.
        score: 0 to 1.
    """

    box: LabelledBox
    score: float


@dataclass(frozen=True)
class OtherAnswer:
    """What another computation says of one sample, as far as it says anything.

    Attributes:
        scores: by the names of the network's outputs, or one value.
        objects: found on the picture; None where it looks for none.
        grid: scores of places, row by row; None where it gives none.
        called: what it calls the sample, where another limit than ours may decide; "" where it
            leaves that to us.
    """

    scores: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    objects: tuple[ScoredBox, ...] | None = None
    grid: tuple[tuple[float, ...], ...] | None = None
    called: str = ""

    def __bool__(self) -> bool:
        """Whether it says anything at all."""
        return bool(self.scores) or self.objects is not None or self.grid is not None
