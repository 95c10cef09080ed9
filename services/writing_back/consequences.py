"""What becomes of a project in Studio when a plan is written, in sentences for whoever decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from services.edge_impulse.model import StudioSample
from services.numbers import counted
from services.writing_back.fields import DISABLED, LABEL, PART
from services.writing_back.plan import WritePlan

SHOWN = 6  # pairs of labels, or classes, in a sentence


def consequences(plan: WritePlan, test_set: Iterable[StudioSample]) -> Iterator[str]:
    """How many, of which class, and what no longer counts afterwards.

    Args:
        plan: what would be written.
        test_set: as Studio listed it.
    """
    yield f"{counted(len(plan.samples), 'sample')} would be changed."
    moves = plan.relabelled.most_common()
    if moves:
        said = [f"{count:,} from {before or 'none'} to {after}" for (before, after), count in moves]
        yield f"Labels: {_first(said)}."
    parts = Counter(change.after for _, change in plan.rows if change.field is PART)
    if not moves and not parts:
        yield "No label, no training and no test result is touched."
        return
    before = Counter(sample.label for sample in test_set if not sample.disabled)
    after = before + _difference(plan)
    classes = [name for name, _ in (before | after).most_common()]
    if len(classes) <= SHOWN:
        said = [f"{name or 'none'} {after[name]:,} (now {before[name]:,})" for name in classes]
        yield f"Labels of the test set afterwards: {', '.join(said)}."
    yield (
        "Studio's own test results no longer count afterwards, and features have to be generated "
        "again there; the network stays as it was trained."
    )


def _difference(plan: WritePlan) -> Counter[str]:
    """By how much each class grows; below zero where it shrinks."""
    difference: Counter[str] = Counter()
    for each in plan.samples:
        new = {change.field: change.after for change in each.changes}
        label = new.get(LABEL, each.present.label)
        if not each.present.disabled:
            difference[each.present.label] -= 1
        if new.get(PART, DISABLED if each.present.disabled else "") != DISABLED:
            difference[label] += 1
    return difference


def _first(said: list[str]) -> str:
    more = len(said) - SHOWN
    return ", ".join(said[:SHOWN]) + (f" and {more:,} more kinds" if more > 0 else "")
