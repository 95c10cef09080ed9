"""Fifty people who write in two processes, on a SQLite file and on a PostgreSQL: what it takes."""

from __future__ import annotations

import multiprocessing
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.table import Board, Found, Note
from benchmarks.timing import FULL, Effort
from hosting.postgres import find_postgres, running_postgres
from services.notes.feed import changes
from services.notes.notebook import say
from services.notes.opinion import Subject
from services.people.person import Person, Role
from services.settings import settings

PROCESSES, PEOPLE = 2, 50
HEAD = ("database, pause", "writes", "lost", "a second", "p50", "p95", "longest")


@dataclass(frozen=True)
class Written:
    """Seconds of each write of a process, and of all of them."""

    each: list[float]
    all: float


def rows(effort: Effort) -> Iterator[Found]:
    """A row for each database, with a second between two writes of a person and with none."""
    steps = 60 if effort is FULL else 10
    told: list[tuple[str, ...]] = []
    for pause in (1.0, 0.0):
        with tempfile.TemporaryDirectory() as folder, _using("GRADCAM_NOTES", folder):
            told.append(_row("SQLite", steps, pause))
        if find_postgres() is None:
            yield Note("writing: no PostgreSQL here; on Debian: apt install postgresql")
            continue
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o711)
            (logs := Path(folder, "logs")).mkdir()
            with (
                running_postgres(Path(folder, "server"), logs) as address,
                _using("GRADCAM_DATABASE", address),
            ):
                told.append(_row("PostgreSQL", steps, pause))
    yield Board(f"{PEOPLE} people who write, in {PROCESSES} processes", HEAD, tuple(told))


def _row(name: str, steps: int, pause: float) -> tuple[str, ...]:
    spawn = multiprocessing.get_context("spawn")
    start, told = spawn.Barrier(PROCESSES), spawn.Queue()
    workers = [
        spawn.Process(target=_process, args=(number, steps, pause, start, told))
        for number in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    written: list[Written] = [told.get() for _ in workers]
    for worker in workers:
        worker.join()
    seconds = np.array([each for process in written for each in process.each])
    kept, last = 0, 0
    while more := changes(last):
        kept, last = kept + len(more), more[-1].number
    p50, p95, longest = (f"{1000 * np.quantile(seconds, q):.0f} ms" for q in (0.5, 0.95, 1))
    rate = len(seconds) / max(process.all for process in written)
    lost = PEOPLE * steps - kept
    said = f"{name}, {pause:.0f} s" if pause else f"{name}, none"
    return said, f"{len(seconds):,}", f"{lost}", f"{rate:.0f}", p50, p95, longest


def _process(number: int, steps: int, pause: float, start: object, told: object) -> None:
    each: list[float] = []
    threads = [
        threading.Thread(target=_person, args=(f"{number}-{person}", steps, pause, each))
        for person in range(PEOPLE // PROCESSES)
    ]
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(Written(each, time.perf_counter() - begun))


def _person(subject: str, steps: int, pause: float, told: list[float]) -> None:
    person = Person("https://issuer", subject, subject, Role.REVIEWER)
    time.sleep(random.random() * pause)  # people do not all begin in the same moment
    for step in range(steps):
        begun = time.perf_counter()
        say(person, Subject(f"s{step}"), "s", lambda old, step=step: old.noted(f"seen {step}"))
        seconds = time.perf_counter() - begun
        told.append(seconds)
        time.sleep(max(0.0, pause - seconds))  # what is measured is one write each `pause`


@contextmanager
def _using(variable: str, value: str) -> Iterator[None]:
    before = os.environ.get(variable)
    os.environ[variable] = value
    settings.cache_clear()
    try:
        yield
    finally:
        if before is None:
            del os.environ[variable]
        else:
            os.environ[variable] = before
        settings.cache_clear()
