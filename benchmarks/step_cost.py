"""What a step of the scale on Explain costs: processor, bytes, with many sessions, over hours."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.cost import Cost
from benchmarks.server_process import APP, Server, resident_megabytes, serving
from benchmarks.sessions import explaining
from benchmarks.steps import move_percentile
from benchmarks.streamlit_client import Visitor
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

TURNS = 50  # steps of a round
CROWD = 50
OF_BEFORE = 0.6
ALIKE = 1.1


def rows(effort: Effort, source: str, base: Path | None) -> Iterator[Row | Note]:
    """Ratios of the server's processor time, of bytes and of memory.

    Args:
        effort: how often.
        source: what is looked at.
        base: a checkout of an earlier state to compare with; None for none.
    """
    with serving(APP) as ours:
        if base is None:
            yield Note("No earlier state to compare with: `--base FOLDER` names a checkout of one.")
        else:
            with serving(APP, base.resolve()) as before:
                yield from asyncio.run(_against(ours, before, source, effort))
        yield asyncio.run(_crowded(ours, source, effort))
        yield asyncio.run(_lasting(ours, source, effort))


async def _against(ours: Server, before: Server, source: str, effort: Effort) -> list[Row]:
    async with explaining(ours.url, source) as own, explaining(before.url, source) as theirs:
        sides = ((ours, own[0]), (before, theirs[0]))
        pairs = []
        for number in range(effort.rounds + 1):
            costs = [await _round(server, visitor, number) for server, visitor in sides]
            pairs.append(costs)
    a, b = zip(*pairs[1:], strict=True)  # the first is only to get warm
    return [
        _row("processor time of a step on Explain : before", a, b, "processor", 1e3, "ms"),
        _row("bytes sent for a step on Explain : before", a, b, "sent", 1e-3, "kB"),
    ]


def _row(
    what: str, a: Sequence[Cost], b: Sequence[Cost], of: str, unit: float, name: str
) -> Row:  # fmt: skip
    first, second = ([getattr(cost, of) for cost in side] for side in (a, b))
    said = f"({unit * np.median(first):.1f} : {unit * np.median(second):.1f} {name})"
    return Row.of(
        f"{what} {said}", [x / y for x, y in zip(first, second, strict=True)], at_most=OF_BEFORE
    )


async def _crowded(server: Server, source: str, effort: Effort) -> Row:
    async with explaining(server.url, source, CROWD) as crowd:
        ratios = []
        for number in range(effort.rounds + 1):
            alone = await _round(server, crowd[0], number)
            all_together = partial(_each, crowd, number)
            many = await Cost.of(server.pid, crowd[0], all_together)
            ratios.append(many.processor / len(crowd) / alone.processor)
    return Row.of(
        f"processor time of a step, {CROWD} sessions in turn : 1 session", ratios[1:], at_most=ALIKE
    )


async def _lasting(server: Server, source: str, effort: Effort) -> Row:
    megabytes = []
    async with explaining(server.url, source) as (visitor,):
        for number in range(effort.steps):
            await move_percentile(visitor, number)
            if number + 1 in {effort.steps // 10, effort.steps}:
                megabytes.append(resident_megabytes(server.pid))
    early, late = megabytes
    return Row.of(
        f"memory after {effort.steps:,} steps : after {effort.steps // 10:,} "
        f"({late:.0f} : {early:.0f} MB)",
        [late / early],
        at_most=ALIKE,
    )


async def _round(server: Server, visitor: Visitor, number: int) -> Cost:
    notches = iter(range(number * TURNS, (number + 1) * TURNS))
    return await Cost.of(
        server.pid, visitor, lambda: move_percentile(visitor, next(notches)), TURNS
    )


async def _each(crowd: Sequence[Visitor], number: int) -> None:
    for visitor in crowd:
        await move_percentile(visitor, number)
