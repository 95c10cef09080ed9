"""One step of a control on Explain: one session, eight at once, and with the default clean-up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.server_process import APP, DEFAULT_CLEANUP, serving
from benchmarks.sessions import PERCENTILE, explaining
from benchmarks.streamlit_client import Visitor
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

CROWD = 8
CONTRASTS = 3  # rounds at most: the default clean-up takes its time
STEPS = 4  # of each session in a round
NOTCHES = 20  # of the percentile's earlier slider, 90 to 100 by halves

Step = Callable[[Visitor, int], Awaitable[float]]  # the number makes each step another


@dataclass(frozen=True)
class Rounds:
    """Seconds of single steps, round by round."""

    seconds: tuple[tuple[float, ...], ...]

    def over(self, other: Rounds) -> list[float]:
        """Median by median, round by round."""
        pairs = zip(self.seconds, other.seconds, strict=True)
        return [float(np.median(a) / np.median(b)) for a, b in pairs]

    def said(self) -> str:
        """Median and 95th percentile of all steps."""
        every = [step * 1e3 for part in self.seconds for step in part]
        return f"p50 {np.percentile(every, 50):.0f}, p95 {np.percentile(every, 95):.0f} ms"


async def move_percentile(visitor: Visitor, number: int) -> float:
    """Go to the next percentile; once it was a slider."""
    if visitor.widget(PERCENTILE).kind == "slider":
        return await visitor.slide(PERCENTILE, 90.0 + number % NOTCHES / 2)
    return await visitor.choose(PERCENTILE, number)


async def move_opacity(visitor: Visitor, number: int) -> float:
    """Move the opacity, where the server draws."""
    return await visitor.slide("alpha", (number % 19 + 1) / 20)


async def next_sample(visitor: Visitor, number: int) -> float:  # noqa: ARG001 - a `Step`
    """Go on to a sample that nobody has seen yet, so that the network runs."""
    return await visitor.press("next")


async def in_rounds(groups: Sequence[tuple[Sequence[Visitor], Step]], rounds: int) -> list[Rounds]:
    """Let groups of visitors step in turns; those of one group step at the same time."""
    found: list[list[tuple[float, ...]]] = [[] for _ in groups]
    for number in range(rounds):
        for seconds, (visitors, step) in zip(found, groups, strict=True):
            each = [_walk(visitor, step, number * STEPS) for visitor in visitors]
            seconds.append(tuple(s for walked in await asyncio.gather(*each) for s in walked))
    return [Rounds(tuple(seconds)) for seconds in found]


async def _walk(visitor: Visitor, step: Step, start: int) -> list[float]:
    return [await step(visitor, number) for number in range(start + 1, start + STEPS + 1)]


def rows(effort: Effort, source: str) -> Iterator[Row | Note]:
    """Steps on one server, then the same ones on two that differ in their clean-up."""
    with serving(APP) as ours:
        yield from asyncio.run(_crowd(ours.url, source, effort))
        with serving(DEFAULT_CLEANUP) as default:
            yield from asyncio.run(_contrast(default.url, ours.url, source, effort))
    yield Note(
        f"A step is timed from the message that a widget moved to the end of the run. {CROWD} "
        "sessions step at the same moment again and again without a pause, on the same cores as "
        "the client: the worst case. One after another would be a ratio of "
        f"{CROWD}; pictures that only a browser would fetch are not fetched."
    )


async def _crowd(url: str, source: str, effort: Effort) -> list[Row]:
    async with (
        explaining(url, source, CROWD) as crowd,
        explaining(url, source, drawing="server") as server_drawn,
    ):
        groups = [
            (crowd[:1], move_percentile),
            (crowd, move_percentile),
            (server_drawn, move_opacity),
        ]
        await in_rounds(groups, 1)
        one, many, opacity = await in_rounds(groups, effort.rounds)
    return [
        Row.of(
            f"percentile step on Explain, {CROWD} sessions at once : 1 session "
            f"({many.said()} : {one.said()})",
            many.over(one),
            at_most=CROWD,
        ),
        Row.of(
            "opacity step drawn by the server : percentile step, 1 session "
            f"({opacity.said()} : {one.said()})",
            opacity.over(one),
        ),
    ]


async def _contrast(default: str, ours: str, source: str, effort: Effort) -> Iterator[Row]:
    async with (
        explaining(default, source, CROWD) as theirs,
        explaining(ours, source, CROWD) as own,
    ):
        pairs = {
            "percentile step, 1 session": (theirs[:1], own[:1], move_percentile),
            f"percentile step, {CROWD} sessions at once": (theirs, own, move_percentile),
            # The last of each stands farthest on, so that all that follow are new.
            "next sample, 1 session": (theirs[-1:], own[-1:], next_sample),
        }
        found = []
        for name, (first, second, step) in pairs.items():
            groups = [(first, step), (second, step)]
            a, b = await in_rounds(groups, min(CONTRASTS, effort.rounds))
            found.append(
                Row.of(
                    f"Streamlit's default clean-up : ours, {name} ({a.said()} : {b.said()})",
                    a.over(b),
                )
            )
    return iter(found)
