"""Which samples are shown, and in what order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Self

from services.choices.link import Between, flat
from services.errors import ProjectError
from services.notes.flags import Flagged


class Verdict(StrEnum):
    """Which samples are shown."""

    ALL = "All"
    CORRECT = "Correct"
    INCORRECT = "Incorrect"


@dataclass(frozen=True)
class Filter:
    """Samples as a person asks for them.

    Attributes:
        verdict: of the network's answers.
        true_class, predicted_class: by name; "" for any.
        low, high: bounds of the score of the predicted class, in per cent.
        text: in a sample's name, label or metadata.
        sort: one of the task's orders, by its name; "" for the first.
        threshold: decides what is correct, in tasks that have one; None for the project's.
        picked: samples that were picked on a picture, see `selection`.
        finding: a kept finding of a scan; "" for none.
        flagged: by what people say of them.
    """

    verdict: Verdict = Verdict.ALL
    true_class: str = ""
    predicted_class: str = ""
    low: Annotated[int, Between(0, 100)] = 0
    high: Annotated[int, Between(0, 100)] = 100
    text: str = ""
    sort: str = ""
    threshold: Annotated[float | None, Between(0, math.inf)] = None
    picked: str = ""
    finding: str = ""
    flagged: Flagged = Flagged.ALL

    @property
    def narrows(self) -> bool:
        """Whether it leaves samples out."""
        return self != self.cleared()

    def cleared(self) -> Self:
        """The same order and threshold of all samples."""
        return type(self)(sort=self.sort, threshold=self.threshold)

    def cell(self) -> Self:
        """The chosen cell of a confusion matrix alone, or its row or column; the rest cleared."""
        return type(self)(
            true_class=self.true_class,
            predicted_class=self.predicted_class,
            threshold=self.threshold,
        )

    def upright(self) -> Self:
        """The same with the ends of the range in their places."""
        low, high = sorted((self.low, self.high))
        return replace(self, low=low, high=high)

    def written(self) -> dict[str, str]:
        """What leaves samples out, as a link says it, by name; `read_filter` reads it."""
        return {
            name: choice.write(value)
            for name, choice in CONDITIONS.items()
            if (value := getattr(self, name)) != choice.default
        }


# What leaves samples out, by its name in links and in the terminal; the rest is order and verdict.
CONDITIONS = MappingProxyType(
    {name: each for name, each in flat(Filter).items() if name not in {"sort", "threshold"}}
)


def read_filter(conditions: Iterable[str]) -> Filter:
    """A filter from a terminal's words, such as `verdict=Incorrect`.

    Args:
        conditions: `name=value` each, with the names of a link.

    Raises:
        ProjectError: there is no such condition, it is given twice, or it takes another value.
    """
    said: dict[str, Any] = {}
    for condition in conditions:
        name, equals, text = condition.partition("=")
        choice = CONDITIONS.get(name)
        if choice is None or not equals:
            known = ", ".join(CONDITIONS)
            raise ProjectError(f"“{condition}” is no filter; write NAME=VALUE with one of {known}.")
        if name in said:
            raise ProjectError(f"The filter {name} is given twice; give it once.")
        value = choice.read(text)
        if value is None:
            raise ProjectError(f"The filter {name} takes {choice.takes}, not “{text}”.")
        said[name] = value
    return replace(Filter(), **said).upright()
