"""A filter in words, condition by condition, and why it cannot be obeyed where it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.choices.filter import BY_TASK, SPANS, Filter
from services.choices.flagged import flags_in, names_of_people
from services.choices.flipped import beside_said, unknown_flips
from services.choices.selection import picked_mask
from services.findings.report import finding_named, members
from services.notes.passing import ME, NO_ONE, Flagged
from services.numbers import counted
from services.predictions.both_arithmetics import OtherArithmetic, both_answers
from services.predictions.predictions import Predictions
from services.short_names import short_names
from services.tasks.shown import Choose, Narrows

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

ARITHMETIC_UNKNOWN = (
    "What the network answers in its other arithmetic is not computed yet, so nobody knows which "
    "answers change; compute it, or clear the filter."
)
ME_IS_NOBODY = (
    "Nobody is signed in here, so nothing is assigned to “me”; sign in, or clear the filter."
)
PEOPLE = frozenset({"flagged", "reviewed", "assignee", "tag"})  # conditions on what people wrote

_NUMBERS = {
    end: name
    for span, name in zip(SPANS, ("confidence", "true value", "value", "error"), strict=True)
    for end in span
}


@dataclass(frozen=True)
class Condition:
    """One thing that a filter asks of a sample.

    Attributes:
        key: tells it from the others.
        words: such as `true: car`; names are short.
        whole: the same with whole names.
        without: the filter once it is taken off.
    """

    key: str
    words: str
    whole: str
    without: Filter


def conditions(predictions: Predictions, only: Filter) -> tuple[Condition, ...]:
    """What a filter asks of a sample, in the order of its fields; empty where all pass.

    What a task asks for it says itself; a field that nobody has words for says its name and value.
    """
    controls = {key: each for each in predictions.answers.filters for key in each.keys}
    told: dict[str, Condition] = {}
    for name, value in only.written().items():
        if name == "metadata":
            told |= {each.key: each for each in _of_metadata(only)}
        elif control := controls.get(name):
            words, whole = _short(control, only), _whole(control, only)
            told[control.key] = Condition(control.key, words, whole, only.without(*control.keys))
        else:
            said = _SAID.get(name)
            words = (
                f"{name.replace('_', ' ')}: {value}" if said is None else said(predictions, only)
            )
            told[name] = Condition(name, words, words, only.without(name))
    return tuple(told.values())


def filter_said(predictions: Predictions, only: Filter) -> str:
    """All conditions in one line; "" where all samples pass."""
    return ", ".join(each.whole for each in conditions(predictions, only))


def _whole(control: Narrows, only: Filter) -> str:
    return control.said(lambda key: getattr(only, key))


def _short(control: Narrows, only: Filter) -> str:
    names = short_names(control.names) if isinstance(control, Choose) else {}
    return control.said(lambda key: names.get(getattr(only, key), getattr(only, key)))


def _of_metadata(only: Filter) -> list[Condition]:
    return [
        Condition(
            f"metadata_{key}",
            f"{key}: {value}",
            f"{key}: {value}",
            replace(only, metadata=only.with_value(key, "")),
        )
        for key, value in only.metadata_values.items()
    ]


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


def _changes_refused(predictions: Predictions, only: Filter) -> str:
    if not only.changes or both_answers(predictions) is not None:
        return ""
    fit = OtherArithmetic(predictions).fit
    return ARITHMETIC_UNKNOWN if fit else f"{fit.reason} Clear the filter."


def _flipped_refused(predictions: Predictions, only: Filter) -> str:
    return unknown_flips(predictions, only) or ""


def _picked_refused(predictions: Predictions, only: Filter) -> str:
    picked = only.picked and picked_mask(predictions, only.picked) is None
    return NOT_PICKED_HERE if picked else ""


def asks_people(only: Filter) -> bool:
    """Whether a filter asks for what people wrote."""
    return not PEOPLE.isdisjoint(only.written())


def _people_refused(predictions: Predictions, only: Filter) -> str:
    if only.assignee == ME and not only.reader:
        return ME_IS_NOBODY
    return flags_in(predictions).trouble if asks_people(only) else ""


def _task_refused(predictions: Predictions, only: Filter) -> str:
    """What the task does not ask for, and names that it does not have."""
    controls = {key: each for each in predictions.answers.filters for key in each.keys}
    for name in (each for each in only.written() if each in BY_TASK):
        control, value = controls.get(name), getattr(only, name)
        if isinstance(control, Choose) and value not in control.names:
            return (
                f"There is no {control.label.lower()} “{value}” in this project; clear the filter."
            )
        if control is None and name in _NUMBERS:
            return f"The answers of this project have no {_NUMBERS[name]}; clear the filter."
        if control is None:
            label = name.replace("_", " ")
            return f"There is no {label} “{value}” in this project; clear the filter."
    return ""


def _metadata_refused(predictions: Predictions, only: Filter) -> str:
    for key, value in only.metadata_values.items():
        if not predictions.metadata.knows(key, value):
            return f"No sample of this project has {key} “{value}”; clear the filter."
    return ""


_REFUSED = (
    _finding_refused,
    _changes_refused,
    _flipped_refused,
    _picked_refused,
    _people_refused,
    _task_refused,
    _metadata_refused,
)


def _picked_said(predictions: Predictions, only: Filter) -> str:
    picked = picked_mask(predictions, only.picked)
    return "picked samples" if picked is None else counted(int(picked.sum()), "picked sample")


def _finding_said(_predictions: Predictions, only: Filter) -> str:
    finding = finding_named(only.finding)
    return "a finding" if finding is None else f"finding: {finding.question}"


def _flagged_said(_predictions: Predictions, only: Filter) -> str:
    if only.flagged is Flagged.MINE:  # a report of it is read by others
        return f"flagged by {names_of_people().get(only.reader, ME)}"
    return only.flagged.lower()


def _assignee_said(_predictions: Predictions, only: Filter) -> str:
    if only.assignee == NO_ONE:
        return "assigned to nobody"
    person = only.reader if only.assignee == ME else only.assignee
    return f"assigned to {names_of_people().get(person, only.assignee)}"


def _flipped_said(predictions: Predictions, only: Filter) -> str:
    return f"{only.flipped} with {beside_said(predictions, only)}"


# What is said of a condition that the task has no name for; of any other its name and value.
_SAID: Mapping[str, Callable[[Predictions, Filter], str]] = MappingProxyType(
    {
        "verdict": lambda _, only: only.verdict.lower(),
        "flagged": _flagged_said,
        "reviewed": lambda _, only: only.reviewed.lower(),
        "assignee": _assignee_said,
        "tag": lambda _, only: f"tag: {only.tag}",
        "text": lambda _, only: f"name contains “{only.text}”",
        "picked": _picked_said,
        "finding": _finding_said,
        "flipped": _flipped_said,
        "changes": lambda _, _only: "answer changes with the arithmetic",
    }
)
