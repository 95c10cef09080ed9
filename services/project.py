"""A project: a network, its test samples, its classes and its medium, from one source."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from gradcam import Network
from services.fact import Fact
from services.keeping.locks import Hold
from services.media.medium import Medium
from services.sample import LeftOut, Sample


class Task(StrEnum):
    """What the network was trained to say."""

    CLASSIFICATION = "classification"
    REGRESSION = "regression"


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
        medium: how a file becomes a picture to look at, and a tensor.
        regression: how a regression is read.
        facts: what was worked out, with reasons.
        left_out: files that take no part.
        held: its files, where they lie in the server's cache: they stay as long as the project.
    """

    name: str
    network: Network
    task: Task
    classes: tuple[str, ...]
    samples: tuple[Sample, ...]
    medium: Medium
    regression: Regression = Regression()
    facts: tuple[Fact, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def is_regression(self) -> bool:
        """Whether the network gives numbers rather than classes."""
        return self.task is Task.REGRESSION
