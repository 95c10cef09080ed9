"""Which number is explained: a person's words made a target, and a target in words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from gradcam import Target

PREDICTED = "predicted"  # what the network chose, sample by sample
TRUE = "true"  # what is true of the sample
SECOND = "second"  # as the other side of a contrast: the best of the others
NOBODY = ""  # no contrast


@dataclass(frozen=True)
class TargetOption:
    """Something that can be chosen: the word in the link, and what the page calls it."""

    word: str
    said: str


@dataclass(frozen=True)
class Sight:
    """One heatmap of a sample.

    Attributes:
        target: what is explained.
        title: as on the page.
        words, against: the same as in `Recipe.target` and `Recipe.against`.
        part: number of the part of the sample that it is of; None for the whole sample.
    """

    target: Target
    title: str
    words: str
    against: str = ""
    part: int | None = None


class Targets(ABC):
    """The numbers of a network that can be explained."""

    @property
    @abstractmethod
    def options(self) -> tuple[TargetOption, ...]:
        """What can be explained, in the order of the list."""

    @property
    @abstractmethod
    def default(self) -> str:
        """The word that counts where another one is of another project."""

    @property
    def against(self) -> tuple[TargetOption, ...]:
        """What it can be set against; empty where nothing can be."""
        return ()

    def fitting(self, target: str, against: str) -> tuple[str, str]:
        """Both words, with what is of another project put right."""
        known = {option.word for option in self.options}
        others = {option.word for option in self.against}
        return (
            target if target in known else self.default,
            against if against in others else NOBODY,
        )

    @abstractmethod
    def checked(self, target: str, against: str) -> tuple[str, str]:
        """Both words as an export takes them.

        Raises:
            ProjectError: the network has no such output, or nobody gave it such a name.
        """

    @abstractmethod
    def typed(self, target: str, against: str) -> tuple[str, str]:
        """Both words from what was typed in a terminal, where a name needs no `=`.

        Raises:
            ProjectError: nothing can be set against the target here.
        """

    @abstractmethod
    def early(
        self, target: str, against: str, labels: Sequence[str | None]
    ) -> list[Target | None] | None:
        """What is explained of samples, as far as it can be told before the network has answered.

        Args:
            target: checked.
            against: checked.
            labels: of N samples.

        Returns:
            One for each, None for what the network chooses; None where the answers are needed.
        """

    @abstractmethod
    def names(self, target: Target) -> tuple[str, str]:
        """What is explained, and what it is set against ("" for nothing), by name."""
