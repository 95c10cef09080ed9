"""How time, memory and messages grow with the samples and with the classes of a project."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from benchmarks.cost import Cost
from benchmarks.drawn_folder import drawn_folder
from benchmarks.server_process import APP, ROOT, Server, serving
from benchmarks.sessions import until_open
from benchmarks.streamlit_client import Visitor, visit
from benchmarks.table import Board, Note, Row
from benchmarks.timing import Effort

LINEAR = 1.1  # exponent at most; what is left above 1 is noise and caches of the processor
OPENING = 3600.0  # seconds for so many predictions, and for a page's long work
TURNS = 4  # of opening a page that has been seen before
BEGIN = "demo:cars"  # opened before anything is measured: TensorFlow is there then


@dataclass(frozen=True)
class Axis:
    """What grows, while the other stays.

    Attributes:
        name: of it.
        sizes: how many there are of it.
        samples, classes: of the project of a size.
    """

    name: str
    sizes: tuple[int, ...]
    samples: Callable[[int], int]
    classes: Callable[[int], int]


@dataclass(frozen=True)
class View:
    """A page by its link.

    Attributes:
        page: its path.
        choices: the link's other parameters.
        starts: the button of what it does not do by itself.
        is_long: whether it waits for long work, which is measured as well.
    """

    page: str
    choices: Mapping[str, str]
    starts: str = ""
    is_long: bool = False

    @property
    def name(self) -> str:
        """In the table."""
        return ", ".join((self.page.capitalize(), *map(str, self.choices.values())))


def _view(page: str, **choices: str) -> View:
    return View(page, choices)


VIEWS = (
    _view("project"),
    _view("samples"),
    _view("samples", text="7", sort="By name"),
    _view("samples", verdict="Incorrect", tiles="Overlay"),
    _view("explain"),
    _view("review"),
    _view("mistakes", facet="By class"),
    _view("mistakes", facet="By picture", which="Unsure and wrong"),
    _view("mistakes", facet="How sure it is"),
    _view("layers", layers_view="Layer by layer"),
    View("embeddings", {}, is_long=True),
    View("scan", {}, "make_scan", is_long=True),
    View("export", {}, "make_export", is_long=True),
)


def rows(effort: Effort, checkout: Path = ROOT) -> Iterator[Row | Note | Board]:
    """A table for each of the two that grow, and the steepest exponents."""
    quick = effort.starts == 1
    axes = (
        Axis("samples", (500, 5000) if quick else (500, 5000, 100_000), lambda n: n, lambda _: 2),
        Axis("classes", (2, 100) if quick else (2, 100, 1000), lambda _: 2000, lambda n: n),
    )
    for axis in axes:
        grown = [_measured(axis, size, checkout) for size in axis.sizes]
        table = {what: tuple(each[what] for each in grown) for what in grown[-1]}
        yield _board(axis, table)
        yield from _steepest(axis, table)
    yield Note(
        "Two classes where samples grow, 2,000 samples where classes do; a drawn picture of 32 to "
        "64 pixels each, no two alike, and an untrained network, so that nearly all are wrong. "
        "Exponents are slopes between the two largest sizes on logarithmic scales, 1 is linear: of "
        "the processor's time, of memory, of what is sent. A page is opened by its link by "
        f"somebody who has seen it, the mean of {TURNS} times; its work is what is waited for the "
        "first time. Memory is the most that the server's process had; the processor's time has "
        "that of its helpers as well."
    )


def _measured(axis: Axis, size: int, checkout: Path) -> dict[str, Cost]:
    """What everything costs in a project of a size, by name."""
    costs: dict[str, Cost] = {}
    with TemporaryDirectory() as place:
        folder, cache = Path(place) / "project", Path(place) / "cache"
        source = drawn_folder(folder, axis.samples(size), axis.classes(size))
        with serving(APP, checkout, cache) as server:
            costs["Opening, nothing kept"] = asyncio.run(_opening(server, source))
            for view in VIEWS:
                costs |= asyncio.run(_viewing(server, source, view))
        with serving(APP, checkout, cache) as server:
            costs["Opening, kept"] = asyncio.run(_opening(server, source))
    return costs


async def _opening(server: Server, source: str) -> Cost:
    async with visit(server.url, urlencode({"source": BEGIN})) as visitor:
        await visitor.open("project")
        await until_open(visitor, BEGIN)
    async with visit(server.url, urlencode({"source": source})) as visitor:

        async def opened() -> None:
            await visitor.open("project")
            await until_open(visitor, source, OPENING)

        return await Cost.of(server.pid, visitor, opened)


async def _viewing(server: Server, source: str, view: View) -> dict[str, Cost]:
    async with visit(server.url, urlencode({"source": source, **view.choices})) as visitor:
        await visitor.open("network")  # the session knows the project
        await until_open(visitor, source)
        first = await Cost.of(server.pid, visitor, partial(_whole, visitor, view))
        again = await Cost.of(server.pid, visitor, partial(visitor.open, view.page), TURNS)
        if wrong := {k: v for k, v in view.choices.items() if visitor.link.get(k, v) != v}:
            raise LookupError(f"{view.page} shows something else than {wrong}")
    long = {f"{view.name}, its work": first} if view.is_long else {}
    return {**long, view.name: again}


async def _whole(visitor: Visitor, view: View) -> None:
    """Open a page and wait until all that it shows stands."""
    await visitor.open(view.page)
    if view.starts in visitor.widgets:
        await visitor.press(view.starts)
    async with asyncio.timeout(OPENING):
        while waiting := [key for key in visitor.widgets if key.startswith("stop_")]:
            await asyncio.sleep(0.4)  # the progress bar's own timer
            await visitor.look(waiting[0])


def _board(axis: Axis, table: Mapping[str, Sequence[Cost]]) -> Board:
    exponents = {
        what: " · ".join(
            f"{_exponent(axis, list(map(number, costs))):.2f}" for number in _NUMBERS.values()
        )
        for what, costs in table.items()
    }
    return Board(
        f"As {axis.name} grow: seconds (of the processor) · peak megabytes · kilobytes sent",
        ("what", *(f"{size:,} {axis.name}" for size in axis.sizes), "exponents"),
        tuple((what, *map(_said, costs), exponents[what]) for what, costs in table.items()),
    )


def _said(cost: Cost) -> str:
    seconds = f"{cost.wall:.2f} ({cost.processor:.2f})"
    return f"{seconds} · {cost.peak:,.0f} · {cost.sent / 1e3:,.0f}"


_NUMBERS: Mapping[str, Callable[[Cost], float]] = {
    "processor time": lambda cost: cost.processor,
    "peak memory": lambda cost: cost.peak,
    "bytes to the browser": lambda cost: cost.sent,
}


def _steepest(axis: Axis, table: Mapping[str, Sequence[Cost]]) -> Iterator[Row]:
    for what, number in _NUMBERS.items():
        exponents = {
            name: _exponent(axis, [number(cost) for cost in costs]) for name, costs in table.items()
        }
        name = max(exponents, key=exponents.__getitem__)
        yield Row.of(
            f"steepest exponent of {what} as {axis.name} grow: {name}",
            [exponents[name]],
            at_most=LINEAR,
        )


def _exponent(axis: Axis, numbers: Sequence[float]) -> float:
    """The slope between the two largest sizes, on logarithmic scales."""
    before, last = (max(number, 1e-3) for number in numbers[-2:])
    return math.log(last / before) / math.log(axis.sizes[-1] / axis.sizes[-2])
