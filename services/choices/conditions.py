"""A filter in words, condition by condition, and why it cannot be obeyed where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.choices.filter import Filter
from services.choices.flagged import flags_in
from services.choices.selection import picked_mask
from services.findings.report import finding_named, members
from services.notes.flags import Flagged
from services.numbers import counted
from services.predictions.predictions import Predictions
from services.tasks.shown import Choose, SpanChoice

FINDING_GONE = (
    "The finding of this filter is not kept on this server, and it is of another test set, layer "
    "or network; scan again on the Scan page, or clear the filter."
)
FINDING_ELSEWHERE = (
    "The finding of this filter is of another test set; scan this one on the Scan page, or clear "
    "the filter."
)
NOT_PICKED_HERE = (
    "The samples picked in this filter are not of this test set; pick again on the Embeddings "
    "page, or clear the filter."
)
_CLASSES = ("true_class", "predicted_class")


@dataclass(frozen=True)
class Condition:
    """One thing that a filter asks of a sample.

    Attributes:
        names: the fields of `Filter` that it is made of; at their defaults it is gone.
        words: such as `true class car`.
    """

    names: tuple[str, ...]
    words: str


def conditions(predictions: Predictions, only: Filter) -> tuple[Condition, ...]:
    """What a filter asks of a sample, in the order of its fields; empty where all pass."""
    labels, spans = _labels(predictions), _spans(predictions)
    told: dict[tuple[str, ...], str] = {}
    for name, value in only.written().items():
        if name in {"low", "high"}:
            words = f"{spans.get(name, 'confidence')} {only.low}–{only.high}\u00a0%"
            told["low", "high"] = words
        else:
            said = _SAID.get(name)
            label = labels.get(name, name.replace("_", " "))
            told[name,] = f"{label} {value}" if said is None else said(predictions, value)
    return tuple(Condition(names, words) for names, words in told.items())


def filter_said(predictions: Predictions, only: Filter) -> str:
    """All conditions in one line; "" where all samples pass."""
    return ", ".join(each.words for each in conditions(predictions, only))


def misfit(predictions: Predictions, only: Filter) -> str:
    """Why a filter cannot be obeyed, so that no sample passes it; "" where it can."""
    return next(filter(None, (refused(predictions, only) for refused in _REFUSED)), "")


def _finding_refused(predictions: Predictions, only: Filter) -> str:
    if not only.finding:
        return ""
    of = members(only.finding)
    if of is None:
        return FINDING_GONE
    return FINDING_ELSEWHERE if of.isdisjoint(predictions.digests) else ""


def _picked_refused(predictions: Predictions, only: Filter) -> str:
    picked = only.picked and picked_mask(predictions, only.picked) is None
    return NOT_PICKED_HERE if picked else ""


def _flags_refused(predictions: Predictions, only: Filter) -> str:
    return "" if only.flagged is Flagged.ALL else flags_in(predictions).trouble


def _classes_refused(predictions: Predictions, only: Filter) -> str:
    known = {each.key: each for each in predictions.answers.filters if isinstance(each, Choose)}
    for name in _CLASSES:
        value, control = getattr(only, name), known.get(name)
        if value and (control is None or value not in control.names):
            label = _labels(predictions).get(name, name.replace("_", " "))
            return f"There is no {label} “{value}” in this project; clear the filter."
    return ""


def _confidence_refused(predictions: Predictions, only: Filter) -> str:
    if (only.low, only.high) != (Filter.low, Filter.high) and not _spans(predictions):
        return "The answers of this project have no confidence; clear the filter."
    return ""


_REFUSED = (
    _finding_refused,
    _picked_refused,
    _flags_refused,
    _classes_refused,
    _confidence_refused,
)


def _labels(predictions: Predictions) -> Mapping[str, str]:
    """What the task calls the classes that can be chosen, by the field."""
    filters = predictions.answers.filters
    return {one.key: one.label.lower() for one in filters if isinstance(one, Choose)}


def _spans(predictions: Predictions) -> Mapping[str, str]:
    """What the task calls the score that has bounds, by the fields of these."""
    spans = [one for one in predictions.answers.filters if isinstance(one, SpanChoice)]
    return {
        key: one.label.partition(",")[0].lower()
        for one in spans
        for key in (one.low_key, one.high_key)
    }


def _picked_said(predictions: Predictions, word: str) -> str:
    picked = picked_mask(predictions, word)
    return "picked samples" if picked is None else counted(int(picked.sum()), "picked sample")


def _finding_said(_predictions: Predictions, name: str) -> str:
    finding = finding_named(name)
    return "a finding" if finding is None else f"finding: {finding.question}"


# What is said of a condition that the task has no name for; of any other its name and value.
_SAID: Mapping[str, Callable[[Predictions, str], str]] = MappingProxyType(
    {
        "verdict": lambda _, value: value.lower(),
        "flagged": lambda _, value: value.lower(),
        "text": lambda _, value: f"name contains “{value}”",
        "picked": _picked_said,
        "finding": _finding_said,
    }
)
