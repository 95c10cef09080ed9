"""RISE by workers of this machine and by Ray's against one process: time, and equal bytes."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.family import run_family
from benchmarks.server_process import ROOT
from benchmarks.table import Board, Note, Row
from benchmarks.timing import QUICK, Effort
from benchmarks.whole_process import FOLDER, Spent
from services.engines.worker import ONE_THREAD
from tests.services.export.exports import prints_of

MANY, FEW, START = 1600, 320, 8  # pictures; the last are a batch for each of two workers
ROUNDS = 3
TWO_AT_LEAST, ONE_AT_MOST = 1.7, 1.15
DEMO = ROOT / "demo" / "cars"


@dataclass(frozen=True)
class Way:
    """Who makes the batches.

    Attributes:
        name: in the table.
        arguments: of the command.
        environment: beside this process' own.
        worker: words of the command line of one that is killed.
    """

    name: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    worker: str = ""


ONE = Way("one process, one thread", environment=ONE_THREAD)
ALL = Way("one process, all cores")
TWO = Way("2 workers", ("--workers", "2"), worker="--makes-for")
RAY_ONE = Way("Ray, 1 worker", ("--engine", "ray", "--workers", "1"), worker="ray::Worker")
RAY_TWO = Way("Ray, 2 workers", ("--engine", "ray", "--workers", "2"), worker="ray::Worker")


def rows(effort: Effort) -> Iterator[Row | Note | Board]:
    """All of them in turns; what each makes is compared, also where a worker is killed."""
    quick = effort is QUICK
    yield from compared(FEW if quick else MANY, 1 if quick else ROUNDS)


def compared(count: int, rounds: int) -> Iterator[Row | Note | Board]:
    """The same of so many pictures.

    Args:
        count: pictures, at least `START`.
        rounds: how often each way is gone; who goes first changes.

    Raises:
        RuntimeError: one of them makes other bytes.
    """
    ways = [ONE, ALL, TWO]
    if importlib.util.find_spec("ray") is None:
        yield Note("Ray is not installed (requirements-ray.txt): not compared.")
    else:
        ways += [RAY_ONE, RAY_TWO]
    with TemporaryDirectory() as place:
        project = _project(Path(place) / "project", count)
        prints: list[Mapping[str, object]] = []
        starts = {way.name: _run(way, project, START, None) for way in ways}
        spent: dict[str, list[Spent]] = {way.name: [] for way in ways}
        for number in range(rounds):
            for way in ways if number % 2 == 0 else reversed(ways):
                spent[way.name].append(_run(way, project, count, prints))
        killed = [_run(way, project, count, prints, kill=True) for way in ways if way.worker]
    if any(each != prints[0] for each in prints):
        raise RuntimeError("what they made is not the same")
    work = {name: [_less(each, starts[name]) for each in runs] for name, runs in spent.items()}
    yield from _ratios(work, count)
    yield _board(count, starts, spent, work)
    yield Note(
        f"All {len(prints)} exports are equal to the byte but for date and times, "
        f"{len(killed)} of them with a worker that was killed as soon as it was there (SIGKILL). "
        f"Ways are gone in turns, {rounds} times; what {START} pictures take in the same way is "
        "taken off. The processor's time is of all processes that a command began: on a machine "
        "that others use as well it can be compared where wall time cannot."
    )


def _ratios(work: Mapping[str, Sequence[Spent]], count: int) -> Iterator[Row]:
    def row(words: str, above: Way, below: Way, **target: float) -> Iterator[Row]:
        if above.name in work:
            pairs = list(zip(work[above.name], work[below.name], strict=True))
            what = f"RISE of {count:,} pictures after the start, {words}"
            yield Row.of(f"{what}: wall time", [a.wall / b.wall for a, b in pairs], **target)
            yield Row.of(f"{what}: processor", [a.processor / b.processor for a, b in pairs])

    yield from row("one thread : 2 workers", ONE, TWO)
    yield from row("all cores : 2 workers", ALL, TWO)
    if RAY_ONE.name in work:
        yield from row("Ray's 1 worker : its 2", RAY_ONE, RAY_TWO, at_least=TWO_AT_LEAST)
        yield from row("Ray's 1 worker : one thread", RAY_ONE, ONE, at_most=ONE_AT_MOST)


def _board(
    count: int,
    starts: Mapping[str, Spent],
    spent: Mapping[str, Sequence[Spent]],
    work: Mapping[str, Sequence[Spent]],
) -> Board:
    return Board(
        f"RISE of {count:,} pictures: seconds, wall · processor, medians",
        ("who", f"{START} pictures", f"{count:,} pictures", "less the start"),
        tuple(
            (name, _said([starts[name]]), _said(spent[name]), _said(work[name])) for name in spent
        ),
    )


def _said(runs: Sequence[Spent]) -> str:
    wall = float(np.median([each.wall for each in runs]))
    processor = float(np.median([each.processor for each in runs]))
    return f"{wall:.0f} · {processor:.0f}"


def _less(whole: Spent, start: Spent) -> Spent:
    return Spent(whole.wall - start.wall, whole.processor - start.processor)


def _run(
    way: Way,
    project: Path,
    count: int,
    prints: list[Mapping[str, object]] | None,
    *,
    kill: bool = False,
) -> Spent:
    command = ("block.py", "--project", str(project), "--method", "rise", "--limit", str(count))

    def look(folder: Path) -> None:
        if prints is not None:
            prints.append(prints_of(folder / "out"))

    return run_family(
        (*command, "--output", f"{FOLDER}/out", *way.arguments),
        way.environment,
        look,
        way.worker if kill else "",
    )


def _project(folder: Path, count: int) -> Path:
    """The demo's pictures under other names as often as it takes, in a folder for each class."""
    folder.mkdir()
    for name in ("model.h5", "project.toml"):
        shutil.copyfile(DEMO / name, folder / name)
    told = json.loads((DEMO / "testing" / "info.labels").read_text(encoding="utf-8"))["files"]
    for number in range(count):
        own = told[number % len(told)]
        target = folder / "testing" / own["label"]["label"] / f"{number:05d}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(DEMO / "testing" / own["path"], target)
    return folder
