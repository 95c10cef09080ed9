"""Fifty people at work for ten minutes, on one's own machine and where they sign in."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.cost import processor_seconds
from benchmarks.http_client import HttpClient
from benchmarks.server_process import APP, Server, resident_megabytes, serving
from benchmarks.sessions import explaining
from benchmarks.steps import move_percentile, next_sample
from benchmarks.streamlit_client import Visitor
from benchmarks.table import Board, Found, Note, Row
from benchmarks.timing import Effort

PEOPLE = 50
PAUSE = 3.0  # seconds from one step of a person to the next one
EARLY = 0.1  # of the time, after which memory is what it stays
WAY = 20  # samples that each goes on, and then back again
ALIKE = 1.1
SLOWEST = 1.0  # second: the 95th percentile of a step, on a quiet machine
SECRET = "known to the proxy and the server"
HEAD = (
    "people", "steps", "errors", "p50", "p95", "longest", "cores in use", "processor a step",
    "memory at a tenth of the time", "at the end", "threads", "files", "sockets", "files of each",
    "files once they left",
)  # fmt: skip


@dataclass(frozen=True)
class Handles:
    """What a process holds of the system.

    Attributes:
        threads: that it has.
        files: descriptors.
        sockets: of these.
    """

    threads: int
    files: int
    sockets: int

    @classmethod
    def of(cls, pid: int) -> Handles:
        """Of a process, now."""
        kinds: Counter[str] = Counter()
        for each in Path(f"/proc/{pid}/fd").iterdir():
            try:
                kinds[str(each.readlink()).partition(":")[0]] += 1
            except FileNotFoundError:
                continue  # closed since
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
        return cls(threads, kinds.total(), kinds["socket"])


@dataclass(frozen=True)
class Soaked:
    """What some people did to a server, one step each `PAUSE`.

    Attributes:
        people: how many.
        seconds: that each step took.
        errors: of all of them; the first of each sort is told.
        wall: seconds of it all.
        processor: seconds that the server had one.
        early, late: megabytes that it had after `EARLY` of the time, and at the end.
        before, there, left: what it held before they came, at the end, and after they left.
    """

    people: int
    seconds: tuple[float, ...]
    errors: Counter[str]
    wall: float
    processor: float
    early: float
    late: float
    before: Handles
    there: Handles
    left: Handles

    @property
    def step(self) -> float:
        """Seconds of processor for each step, with what its page looks for between two."""
        return self.processor / max(1, len(self.seconds))

    @property
    def files_each(self) -> float:
        """Descriptors for each of them."""
        return (self.there.files - self.before.files) / self.people

    def cells(self, name: str) -> tuple[str, ...]:
        """A row, in the order of `HEAD`."""
        p50, p95, longest = (
            f"{1000 * np.quantile(self.seconds, q):.0f} ms" for q in (0.5, 0.95, 1)
        )
        return (
            f"{name}, {self.people}", f"{len(self.seconds):,}", f"{self.errors.total()}",
            p50, p95, longest, f"{self.processor / self.wall:.2f}", f"{1000 * self.step:.1f} ms",
            f"{self.early:.0f} MB", f"{self.late:.0f} MB", f"{self.there.threads}",
            f"{self.there.files}", f"{self.there.sockets}", f"{self.files_each:.1f}",
            f"{self.left.files}",
        )  # fmt: skip


def rows(effort: Effort, source: str) -> Iterator[Found]:
    """One person and then fifty, without a sign-in and with one."""
    told: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        (people := Path(folder, "people.toml")).write_text('default = "reviewer"\n')
        signing_in = {
            "GRADCAM_LOGIN": "proxy",
            "GRADCAM_PROXY_SECRET": SECRET,
            "GRADCAM_PEOPLE": str(people),
        }
        for name, settings in (("nobody signs in", {}), ("a proxy signs in", signing_in)):
            notes = Path(folder, name)
            with serving(APP, GRADCAM_NOTES=str(notes), **settings) as server:
                one, all_ = asyncio.run(_soaked(server, source, effort.soak))
            told += [one.cells(name), all_.cells(name)]
            yield from _ratios(name, one, all_)
            for error, count in (one.errors + all_.errors).items():
                yield Note(f"{name}: {count} × {error}")
    yield Board(
        f"{PEOPLE} people for {effort.soak:.0f} s, a step each {PAUSE:g} s", HEAD, tuple(told)
    )
    yield Note(
        "A step is Next, Previous or another percentile on Explain; between two of them the page "
        "looks for what others said as often as in a browser. Pictures are not fetched. Fifty "
        "clients share the cores with the server."
    )


def _ratios(name: str, one: Soaked, all_: Soaked) -> Iterator[Row]:
    yield Row.of(
        f"{name}: processor of a step, {PEOPLE} people : 1 "
        f"({1000 * all_.step:.1f} : {1000 * one.step:.1f} ms)",
        [all_.step / one.step],
        at_most=ALIKE,
    )
    yield Row.of(
        f"{name}: memory at the end : after a tenth of the time "
        f"({all_.late:.0f} : {all_.early:.0f} MB)",
        [all_.late / all_.early],
        at_most=ALIKE,
    )
    p95 = float(np.quantile(all_.seconds, 0.95))
    yield Row.of(f"{name}: p95 of a step : {SLOWEST:g} s", [p95 / SLOWEST], at_most=1.0)


async def _soaked(server: Server, source: str, seconds: float) -> tuple[Soaked, Soaked]:
    """One person for a tenth of the time, then all of them."""
    await _warm(server, source)
    alone = await _at_work(server, source, 1, max(10 * PAUSE, EARLY * seconds))
    return alone, await _at_work(server, source, PEOPLE, seconds)


async def _warm(server: Server, source: str) -> None:
    """Have every sample seen that somebody will look at: who comes first pays for the others."""
    async with explaining(server.url, source, browsers=_browsers(server, 1)) as (visitor,):
        for number in range(PEOPLE + WAY):
            await move_percentile(visitor, number)
            await next_sample(visitor, number)


async def _at_work(server: Server, source: str, people: int, seconds: float) -> Soaked:
    before = Handles.of(server.pid)
    steps: list[float] = []
    errors: Counter[str] = Counter()
    async with explaining(server.url, source, people, _browsers(server, people)) as visitors:
        processor, start = processor_seconds(server.pid), time.perf_counter()
        end = start + seconds
        everybody = [
            _person(visitor, Random(number), end, steps, errors)
            for number, visitor in enumerate(visitors)
        ]
        early, *_ = await asyncio.gather(_memory(server, start + EARLY * seconds), *everybody)
        wall = time.perf_counter() - start
        processor = processor_seconds(server.pid) - processor
        late, there = resident_megabytes(server.pid), Handles.of(server.pid)
    left = Handles.of(server.pid)
    return Soaked(people, tuple(steps), errors, wall, processor, early, late, before, there, left)


async def _memory(server: Server, when: float) -> float:
    """Megabytes that it has at a moment."""
    await asyncio.sleep(max(0.0, when - time.perf_counter()))
    return resident_megabytes(server.pid)


async def _person(
    visitor: Visitor, own: Random, end: float, steps: list[float], errors: Counter[str]
) -> None:
    """Steps at their times, and in between whatever the page's timers ask for."""
    due, number = time.perf_counter() + own.random() * PAUSE, 0
    ticks: dict[str, float] = {}
    while due < end:
        now = time.perf_counter()
        ticks = {each: ticks.get(each, now + after) for each, after in visitor.timers.items()}
        fragment = min(ticks, key=lambda each: ticks[each], default="")
        is_step = not fragment or due <= ticks[fragment]
        # People take their time, and timers theirs: this is the load.
        await asyncio.sleep(max(0.0, (due if is_step else ticks[fragment]) - now))
        try:
            if is_step:
                steps.append(await _step(visitor, number))
            else:
                await visitor.tick(fragment)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted here
            errors[f"{type(error).__name__}: {error}"[:200]] += 1
        if is_step:
            number, due = number + 1, max(due + PAUSE, time.perf_counter())
        else:
            ticks[fragment] = time.perf_counter() + visitor.timers.get(fragment, PAUSE)


async def _step(visitor: Visitor, number: int) -> float:
    """Every fifth another percentile, else a sample on, and after `WAY` of them back again."""
    if number % 5 == 4:
        return await move_percentile(visitor, number)
    on = (number - number // 5) // WAY % 2 == 0
    return await visitor.press("next" if on else "previous")


def _browsers(server: Server, people: int) -> Sequence[HttpClient]:
    """Each of somebody whom the proxy names; nobody else looks at these headers."""
    return [
        HttpClient(
            server.url,
            own={
                "X-Forwarded-User": f"p{number}@example.org",
                "X-Gradcam-Proxy-Secret": SECRET,
            },
        )
        for number in range(people)
    ]
