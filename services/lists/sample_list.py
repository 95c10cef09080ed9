"""A list of samples that a person came from, and goes through one by one in Explain and Layers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.predictions.predictions import Predictions
from services.tasks.parts import Address, sample_of
from services.tasks.shown import Positions
from services.work.asked import Asked


@dataclass(frozen=True)
class SampleList(ABC):
    """A list, told apart by its word in the link; what else it is made of stands in the choices.

    Attributes:
        predictions: of the whole test set.
        choices: as on screen.
        argument: what follows the word in the link, such as the name of a finding.
    """

    predictions: Predictions
    choices: Choices
    argument: str = ""

    word: ClassVar[str]
    """Its name in the link."""

    @property
    @abstractmethod
    def positions(self) -> Positions:
        """Its samples in the order that they are shown in; none where it cannot be told."""

    @property
    @abstractmethod
    def said(self) -> str:
        """What it is, in a few words such as `confident and wrong, car → no car`."""

    @property
    def asked(self) -> Asked[Any] | None:
        """What has to be made again before it can be told; None where nothing has to be."""
        return None

    @property
    def refused(self) -> str:
        """Why it can be told no more; "" where it can, or once it was made again."""
        return ""


class Filtered(SampleList):
    """The samples that pass the filter: the list of who came from none."""

    word = ""

    @property
    def positions(self) -> Positions:
        """In the order of the Samples page."""
        return passing_samples(self.predictions, self.choices.filter)

    @property
    def said(self) -> str:
        """Nothing of its own: the filter's conditions stand beside it."""
        return "filtered" if self.choices.filter.narrows else ""


def samples_of(addresses: Iterable[Address]) -> Positions:
    """The samples of some addresses, each once, in their order."""
    return np.array(list(dict.fromkeys(map(sample_of, addresses))), np.int64)
