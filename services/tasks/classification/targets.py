"""A class, or one class against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam import Target
from gradcam.arrays import Floats
from services.errors import ProjectError
from services.tasks.targets import NOBODY, PREDICTED, SECOND, TRUE, TargetOption, Targets

TARGET_WORDS = frozenset({PREDICTED, TRUE})  # beside "=" and a name
AGAINST_WORDS = TARGET_WORDS | {SECOND, NOBODY}
HALF = 0.5  # of the score: from here on one unit says the second of its two classes


@dataclass(frozen=True)
class ClassTargets(Targets):
    """The logits of some classes, and their differences.

    Attributes:
        classes: their names, in the order of the network's outputs.
        threshold: of one unit, see `called`.
        network_chooses: whether what the network itself finds highest is the predicted class.
    """

    classes: tuple[str, ...]
    threshold: float | None = None
    network_chooses: bool = True

    default = PREDICTED

    @property
    def options(self) -> tuple[TargetOption, ...]:
        """What is chosen sample by sample, then each class."""
        by_sample = (TargetOption(PREDICTED, "predicted class"), TargetOption(TRUE, "true class"))
        return (*by_sample, *self._named())

    @property
    def against(self) -> tuple[TargetOption, ...]:
        """Nothing first."""
        return (
            TargetOption(NOBODY, "nothing"),
            TargetOption(SECOND, "the next best class"),
            TargetOption(PREDICTED, "the predicted class"),
            TargetOption(TRUE, "the true class"),
            *self._named(),
        )

    def _named(self) -> tuple[TargetOption, ...]:
        return tuple(TargetOption(f"={name}", name) for name in self.classes)

    def checked(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.checked`."""
        for words, known in ((target, TARGET_WORDS), (against, AGAINST_WORDS)):
            name = words.removeprefix("=")
            if words in known or (name != words and name in self.classes):
                continue
            some = ", ".join(self.classes[:8]) + (", …" if len(self.classes) > 8 else "")
            raise ProjectError(f"There is no class “{name}” in this project; it has {some}.")
        return target, against

    def typed(self, target: str, against: str) -> tuple[str, str]:
        """See `Targets.typed`."""
        both = ((target, TARGET_WORDS), (against, AGAINST_WORDS))
        target, against = (
            words if words in known or words.startswith("=") else f"={words}"
            for words, known in both
        )
        return target, against

    def early(
        self, target: str, against: str, labels: Sequence[str | None]
    ) -> list[Target | None] | None:
        """See `Targets.early`; where nobody said what is true, it is what the network chooses."""
        if against != NOBODY:
            return None
        if target == PREDICTED:
            return [None] * len(labels) if self.network_chooses else None
        if target == TRUE:
            true = [self._index.get(label or "") for label in labels]
            if None in true and not self.network_chooses:
                return None
            return [None if number is None else Target.for_class(number) for number in true]
        return [Target.for_class(self._index[target.removeprefix("=")])] * len(labels)

    def names(self, target: Target) -> tuple[str, str]:
        """See `Targets.names`."""
        against = "" if target.against is None else self.classes[target.against]
        return self.classes[target.index], against

    def of(self, target: str, against: str, scores: Floats, label: str | None) -> Target:
        """The class of a sample that is meant, or one class against another.

        Args:
            target: `predicted`, `true`, or `=` and a name; what names no class means `predicted`.
            against: nothing, `second`, `predicted`, `true`, or `=` and a name; what names no class
                means nothing, and so does the class that is explained.
            scores: (classes,) float32, the sample's.
            label: its true class, if somebody said. Where nobody did, `true` means `predicted`.
        """
        predicted = int(called(scores[None], self.threshold)[0])
        chosen = self._class(target, label, predicted)
        if against == SECOND:
            other = next_best(scores, chosen)
        else:
            other = self._class(against, label, predicted if against in TARGET_WORDS else chosen)
        return Target.for_class(chosen) if other == chosen else Target.contrast(chosen, other)

    def _class(self, words: str, label: str | None, otherwise: int) -> int:
        named = label if words == TRUE else words[1:] if words.startswith("=") else None
        return otherwise if named is None else self._index.get(named, otherwise)

    @cached_property
    def _index(self) -> Mapping[str, int]:
        """Of each class by its name."""
        return {name: number for number, name in enumerate(self.classes)}


def called(scores: Floats, threshold: float | None) -> NDArray[Any]:
    """(N,) the class that each sample is called.

    Args:
        scores: (N, classes) float32.
        threshold: above which the second of two classes counts; None for the highest score.
    """
    if threshold is None:
        return scores.argmax(axis=1)
    return np.where(scores[:, 1] > threshold, 1, 0)


def next_best(scores: Floats, chosen: int) -> int:
    """The class with the highest score but for the chosen one.

    Args:
        scores: (classes,) float32.
        chosen: its index.
    """
    return int(np.where(np.arange(len(scores)) == chosen, -np.inf, scores).argmax())
