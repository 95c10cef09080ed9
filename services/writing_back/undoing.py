"""Taking a run back: what stands in Studio as the run left it goes back to what it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.edge_impulse.model import StudioSample
from services.sample import LeftOut
from services.writing_back.log import CallOutcome, WrittenValue
from services.writing_back.plan import Change, SampleChanges, WritePlan

UNDO = "undo"  # the name of this step in the log


def undoing(
    origin: str,
    project: int,
    run: str,
    entries: Sequence[WrittenValue],
    present: Mapping[int, StudioSample | None],
) -> WritePlan:
    """What would be written to take a run back.

    A sample that somebody changed in Studio since is left alone. Where no answer came to a call,
    what stands in Studio tells whether it arrived.

    Args:
        origin: of the Studio.
        project: its number there.
        run: the run's id.
        entries: what the log says of it.
        present: what Studio says of the samples now, by number; None where a sample is gone.
    """
    by_sample: dict[int, list[WrittenValue]] = {}
    for entry in entries:
        if entry.outcome is not CallOutcome.REFUSED:
            by_sample.setdefault(entry.sample, []).append(entry)
    samples, refused, same = [], [], 0
    for number, written in sorted(by_sample.items()):
        name, now = written[0].name, present[number]
        if now is None:
            refused.append(LeftOut(name, "it is no longer in Studio"))
        elif reason := _why_not_ours(written, now):
            refused.append(LeftOut(name, reason))
        elif changes := _back(written, now):
            samples.append(SampleChanges(name, now, changes))
        else:
            same += 1
    return WritePlan(origin, project, UNDO, tuple(samples), tuple(refused), same, undoes=run)


def _why_not_ours(written: Sequence[WrittenValue], now: StudioSample) -> str:
    for entry in written:
        change, value = entry.change, entry.change.field.of(now)
        if value not in {change.before, change.after}:
            return f"its {change.field.title} was changed in Studio since, to {value or 'nothing'}"
    return ""


def _back(written: Sequence[WrittenValue], now: StudioSample) -> tuple[Change, ...]:
    changes = (entry.change for entry in reversed(written))
    return tuple(
        Change(change.field, change.after, change.before)
        for change in changes
        if change.field.of(now) == change.after
    )
