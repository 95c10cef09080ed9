"""The own log of what was written to Studio, which keeps none: what undo rests on.

A row is made before the call and told its outcome after it. Whatever ends a run in the middle, what
may have reached Studio stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select, update

from services.database.transactions import reading, writing
from services.people.person import Person
from services.writing_back.fields import FIELDS
from services.writing_back.plan import Change, WritePlan
from services.writing_back.tables import WRITTEN


class CallOutcome(StrEnum):
    """What became of a call."""

    UNKNOWN = "unknown"  # sent, and no answer came: it may have reached Studio
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True)
class WrittenValue:
    """A value that was written.

    Attributes:
        sample: its number in Studio.
        name: of the sample in the project.
        change: the value before and after.
        outcome: of the call.
    """

    sample: int
    name: str
    change: Change
    outcome: CallOutcome


@dataclass(frozen=True)
class WrittenRun:
    """What one person wrote at once.

    Attributes:
        id: of the run.
        began: when, UTC, as ISO 8601.
        who: their name; "" for whoever sits at their own machine.
        step: name of what was done.
        undoes: id of the run that it took back; "" for none.
        samples: how many were written.
        left: how many of them were not taken back since.
        refused: how many Studio refused.
    """

    id: str
    began: str
    who: str
    step: str
    undoes: str
    samples: int
    left: int
    refused: int


class RunLog:
    """Writes one run into the log. Safe to use from several threads.

    Args:
        plan: what the run carries out.
        person: whose it is.
    """

    def __init__(self, plan: WritePlan, person: Person) -> None:
        self.id = uuid4().hex
        self._told = {
            "run": self.id,
            "person": person.id,
            "who": person.name,
            "step": plan.step,
            "undoes": plan.undoes,
            "origin": plan.origin,
            "project": plan.project,
        }

    def begin(self, sample: int, name: str, change: Change) -> int:
        """Say what will be written; the number of the entry.

        Raises:
            DatabaseError: it cannot be kept, so nothing may be written to Studio.
        """
        row = {
            **self._told,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "sample": sample,
            "name": name,
            "field": change.field.name,
            "before": change.before,
            "after": change.after,
            "outcome": CallOutcome.UNKNOWN.value,
        }
        with writing() as connection:
            written = insert(WRITTEN).values(**row).returning(WRITTEN.c.id)
            return int(connection.execute(written).scalar_one())

    def end(self, number: int, outcome: CallOutcome) -> None:
        """Say what became of it.

        Raises:
            DatabaseError: it cannot be kept; the entry then says that it is unknown.
        """
        with writing() as connection:
            this = WRITTEN.c.id == number
            connection.execute(update(WRITTEN).where(this).values(outcome=outcome.value))


def runs_of(origin: str, project: int) -> tuple[WrittenRun, ...]:
    """What was written to a project, the last first.

    Raises:
        DatabaseError: the log cannot be read.
    """
    here = (WRITTEN.c.origin == origin) & (WRITTEN.c.project == project)
    with reading() as connection:
        if connection is None:
            return ()
        rows = connection.execute(select(WRITTEN).where(here).order_by(WRITTEN.c.id))
        by_run: dict[str, list[Mapping[Any, Any]]] = {}
        for row in rows.mappings():
            by_run.setdefault(row["run"], []).append(row)
    return tuple(_run(rows, by_run.values()) for rows in reversed(by_run.values()))


def entries_of(run: str) -> tuple[WrittenValue, ...]:
    """What a run wrote, in that order.

    Raises:
        DatabaseError: the log cannot be read.
    """
    with reading() as connection:
        if connection is None:
            return ()
        rows = connection.execute(
            select(WRITTEN).where(WRITTEN.c.run == run).order_by(WRITTEN.c.id)
        )
        return tuple(
            WrittenValue(
                row["sample"],
                row["name"],
                Change(FIELDS[row["field"]], row["before"], row["after"]),
                CallOutcome(row["outcome"]),
            )
            for row in rows.mappings()
        )


def _run(rows: list[Mapping[Any, Any]], every: Iterable[list[Mapping[Any, Any]]]) -> WrittenRun:
    first = rows[0]
    undone = {
        (row["sample"], row["field"])
        for others in every
        for row in others
        if row["undoes"] == first["run"] and row["outcome"] == CallOutcome.DONE
    }
    arrived = [row for row in rows if row["outcome"] != CallOutcome.REFUSED]
    left = {row["sample"] for row in arrived if (row["sample"], row["field"]) not in undone}
    return WrittenRun(
        id=first["run"],
        began=first["at"],
        who=first["who"],
        step=first["step"],
        undoes=first["undoes"],
        samples=len({row["sample"] for row in arrived}),
        left=len(left),
        refused=len({row["sample"] for row in rows if row["outcome"] == CallOutcome.REFUSED}),
    )
