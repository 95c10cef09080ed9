"""What a mistake is set beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.judging.review import nearest_correct, nearness
from services.predictions.predictions import Predictions
from services.tables import Cell
from services.tasks.parts import Address, sample_of
from services.tasks.targets import Sight


@dataclass(frozen=True)
class Beside:
    """Another sample, or a part of one, and why it stands there."""

    address: Address
    title: str

    @property
    def position(self) -> int:
        """Of the sample."""
        return sample_of(self.address)


@dataclass(frozen=True)
class Mistake:
    """A sample, or a part of one, with what it is set beside.

    Attributes:
        address: of it.
        sights: its heatmaps; the first explains what the network says.
        beside: the nearest correct sample, and the nearest of what it was taken for.
    """

    address: Address
    sights: tuple[Sight, ...]
    beside: tuple[Beside, ...]

    @property
    def position(self) -> int:
        """Of the sample."""
        return sample_of(self.address)


def mistake(predictions: Predictions, address: Address, threshold: float | None = None) -> Mistake:
    """What a sample is set beside.

    Args:
        predictions: of the project.
        address: of the sample, or of one of its parts.
        threshold: the live one; None for the project's own.
    """
    mistakes = predictions.answers.mistakes
    near = nearest_correct(predictions, address, threshold)
    beside = [] if near is None else [Beside(near, predictions.answers.likeness.nearest_said)]
    name, others = mistakes.taken_for(address)
    if len(others):
        alike = nearness(predictions, sample_of(address))[others]
        beside.append(Beside(int(others[alike.argmax()]), f"nearest that is {name}"))
    return Mistake(address, mistakes.sights(address), tuple(beside))


def sample_rows(predictions: Predictions, addresses: Iterable[Address]) -> list[dict[str, Cell]]:
    """Labelled samples as rows of a table: what is true, what the network says."""
    return [predictions.answers.mistakes.row(address) for address in addresses]
