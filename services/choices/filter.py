"""Which samples are shown, and in what order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, Protocol, Self, TypeVar, get_type_hints
from urllib.parse import parse_qsl, urlencode

from services.choices.link import Between, Steps, Unlinked, flat
from services.choices.recipe import Recipe
from services.errors import ProjectError
from services.notes.passing import ME, Flagged, Reviewed


class Verdict(StrEnum):
    """Which samples are shown."""

    ALL = "All"
    CORRECT = "Correct"
    INCORRECT = "Incorrect"
    UNCERTAIN = "Uncertain"


class Flipped(StrEnum):
    """What becomes of samples with the network set beside; the values are as `Flip` has them."""

    ALL = "All"
    FLIPPED = "flipped"
    BROKEN = "broken"
    MENDED = "mended"
    OTHERWISE = "wrong in another way"
    REASON = "right for another reason"  # right in both, and the heat lies elsewhere


class Rejudged(Protocol):
    """What is judged anew by another threshold or rule: a task, a project, its predictions."""

    def at(self, threshold: float | None, *, uncertain: bool = False, rule: str = "") -> Self:
        """See `Task.at`."""


A = TypeVar("A", bound=Rejudged)


class Keeps:
    """Of a field that leaves no sample out."""


class ByTask:
    """Of a field that a task's own controls ask for; without such a control it does nothing."""


# The fields that are the two ends of a range.
SPANS = (
    ("low", "high"),
    ("true_low", "true_high"),
    ("predicted_low", "predicted_high"),
    ("error_low", "error_high"),
)
READER, BESIDE = "reader", "beside"  # beside the conditions
Bound = Annotated[float | None, ByTask]
USUAL_RECIPE = Recipe()


@dataclass(frozen=True)
class Filter:
    """Samples as a person asks for them.

    What a field says in words is told by `conditions`.

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
        reviewed: by how far people are with them.
        assignee: who shall look at them: the id of a person, `me` or `nobody`; "" for any.
        tag: one of the tags that people gave them; "" for any.
        order_seed: of the random order; the same seed gives the same order.
        true_low, true_high: bounds of the true value of a regression; None for none.
        predicted_low, predicted_high: of the predicted value.
        error_low, error_high: of predicted minus true.
        metadata: keys and values as in a link's query, `camera=night&site=north`; "" for any.
        changes: whether the answer is another one in the network's other arithmetic.
        uncertain: whether answers below the project's confidence threshold count as uncertain.
        rule: what counts as right where the task has several `Task.rules`; "" for its first.
        object_verdict: what became of one of its objects, in tasks that have some; "" for any.
        flipped: what becomes of them with the network beside.
        beside: that network, by its word in `others_of`; "" for the first.
        heat: how heatmaps are made, for what is right for another reason; the recipe's, which is
            in the link by itself.
        reader: id of the person who asks, whom `me` means; never in a link.
    """

    verdict: Annotated[Verdict, Steps] = Verdict.ALL
    true_class: Annotated[str, ByTask, Steps] = ""
    predicted_class: Annotated[str, ByTask, Steps] = ""
    low: Annotated[int, Between(0, 100), ByTask] = 0
    high: Annotated[int, Between(0, 100), ByTask] = 100
    text: Annotated[str, Steps] = ""
    sort: Annotated[str, Keeps, Steps] = ""
    threshold: Annotated[float | None, Between(0, math.inf), Keeps] = None
    picked: Annotated[str, Steps] = ""
    finding: Annotated[str, Steps] = ""
    flagged: Annotated[Flagged, Steps] = Flagged.ALL
    reviewed: Annotated[Reviewed, Steps] = Reviewed.ALL
    assignee: Annotated[str, Steps] = ""
    tag: Annotated[str, Steps] = ""
    order_seed: Annotated[int, Between(0, 2**32 - 1), Keeps] = 0
    true_low: Bound = None
    true_high: Bound = None
    predicted_low: Bound = None
    predicted_high: Bound = None
    error_low: Bound = None
    error_high: Bound = None
    metadata: Annotated[str, Steps] = ""
    changes: Annotated[bool, Steps] = False
    uncertain: Annotated[bool, Keeps] = False
    rule: Annotated[str, Keeps, Steps] = ""
    object_verdict: Annotated[str, ByTask, Steps] = ""
    flipped: Annotated[Flipped, Steps] = Flipped.ALL
    beside: Annotated[str, Keeps, Steps] = ""
    heat: Annotated[Recipe, Keeps, Unlinked] = USUAL_RECIPE
    reader: Annotated[str, Keeps, Unlinked] = ""

    def judging(self, answered: A) -> A:
        """What was answered, as it is judged by this threshold and rule, see `Task.at`."""
        return answered.at(self.threshold, uncertain=self.uncertain, rule=self.rule)

    @property
    def narrows(self) -> bool:
        """Whether it leaves samples out."""
        return self != self.cleared()

    def cleared(self) -> Self:
        """The same order and threshold of all samples."""
        return self.without(*CONDITIONS)

    def without(self, *names: str) -> Self:
        """The same with some fields as nobody chose them."""
        defaults: dict[str, Any] = {e.name: e.default for e in fields(self) if e.name in names}
        return replace(self, **defaults)

    def cell(self) -> Self:
        """The chosen cell of a confusion matrix alone, or its row or column; the rest cleared."""
        return type(self)(
            true_class=self.true_class,
            predicted_class=self.predicted_class,
            threshold=self.threshold,
            rule=self.rule,
        )

    def upright(self) -> Self:
        """The same with the ends of ranges in their places."""
        turned: dict[str, Any] = {}
        for low, high in SPANS:
            ends = getattr(self, low), getattr(self, high)
            if None not in ends and ends[0] > ends[1]:
                turned |= {low: ends[1], high: ends[0]}
        return replace(self, **turned)

    @property
    def metadata_values(self) -> dict[str, str]:
        """The value of each key of metadata that is asked for."""
        return dict(parse_qsl(self.metadata))

    def with_value(self, key: str, value: str) -> str:
        """The metadata with one key's value; "" for any."""
        values = self.metadata_values | {key: value}
        return urlencode({k: v for k, v in values.items() if v})

    def written(self) -> dict[str, str]:
        """What leaves samples out, as a link says it, by name; `read_filter` reads it."""
        return {
            name: choice.write(value)
            for name, choice in CONDITIONS.items()
            if (value := getattr(self, name)) != choice.default
        }

    def written_for_others(self) -> dict[str, str]:
        """The same with who *me* is and which network is beside, where it asks for that.

        A terminal knows neither.
        """
        asks_me = self.assignee == ME or self.flagged is Flagged.MINE
        asks_other = self.flipped is not Flipped.ALL
        told = {READER: self.reader if asks_me else "", BESIDE: self.beside if asks_other else ""}
        return self.written() | {name: text for name, text in told.items() if text}


def _marked(mark: type) -> frozenset[str]:
    hints = get_type_hints(Filter, include_extras=True)
    return frozenset(name for name, hint in hints.items() if mark in _marks(hint))


def _marks(hint: Any) -> tuple[object, ...]:  # noqa: ANN401 - a type hint
    return getattr(hint, "__metadata__", ())


BY_TASK = _marked(ByTask)  # fields that a task's controls ask for
_KEEPS = _marked(Keeps)
# What leaves samples out, by its name in links and in the terminal; the rest is order and verdict.
CONDITIONS = MappingProxyType(
    {name: each for name, each in flat(Filter).items() if name not in _KEEPS}
)


def read_filter(conditions: Iterable[str]) -> Filter:
    """A filter from a terminal's words, such as `verdict=Incorrect`.

    Args:
        conditions: `name=value` each, with the names of a link; `reader` is the id of whom *me*
            means, `beside` the word of the network that verdicts flip with.

    Raises:
        ProjectError: there is no such condition, it is given twice, or it takes another value.
    """
    said: dict[str, Any] = {}
    for condition in conditions:
        name, equals, text = condition.partition("=")
        if name in {READER, BESIDE}:
            said[name] = text
            continue
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
