"""Measure and print one Markdown table: `python -m benchmarks [--only PART] [--quick]`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported anywhere

from benchmarks import (
    classes,
    cold,
    comparing,
    core,
    export,
    formats,
    forward,
    growing,
    large,
    leaderboard,
    methods,
    objects,
    opening,
    pages,
    passes,
    peers,
    scan,
    server,
    soak,
    sounds,
    step_cost,
    studio,
    workers,
    writing,
)
from benchmarks.machine import machine
from benchmarks.table import Found, Note, markdown
from benchmarks.timing import FULL, QUICK


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        choices=(
            "core",
            "forward",
            "formats",
            "methods",
            "peers",
            "export",
            "server",
            "step",
            "pages",
            "classes",
            "opening",
            "studio",
            "leaderboard",
            "scan",
            "cold",
            "growing",
            "large",
            "passes",
            "writing",
            "workers",
            "soak",
            "objects",
            "sounds",
            "comparing",
        ),
        help="one part of it",
    )
    parser.add_argument("--quick", action="store_true", help="fewer pairs, wider spread")
    parser.add_argument("--source", default=server.SOURCE, help="what the server opens")
    parser.add_argument(
        "--base", type=Path, metavar="FOLDER", help="a checkout of an earlier state to compare with"
    )
    parser.add_argument(
        "--network", type=Path, action="append", default=[], metavar="FILE",
        help="another small network whose RISE is compared with the earlier state",
    )  # fmt: skip
    asked = parser.parse_args()
    effort = QUICK if asked.quick else FULL
    parts: dict[str, Callable[[], Iterator[Found]]] = {
        "core": partial(core.rows, effort),
        "forward": partial(forward.rows, effort),
        "formats": partial(formats.rows, effort),
        "methods": partial(methods.rows, effort),
        "peers": partial(peers.rows, effort),
        "export": partial(export.rows, effort),
        "server": partial(server.rows, effort, asked.source),
        "step": partial(step_cost.rows, effort, asked.source, asked.base),
        "pages": partial(pages.rows, effort),
        "classes": partial(classes.rows, effort),
        "opening": partial(opening.rows, effort),
        "studio": partial(studio.rows, effort),
        "leaderboard": partial(leaderboard.rows, effort),
        "scan": partial(scan.rows, effort),
        "cold": partial(cold.rows, effort, asked.base),
        "growing": partial(growing.rows, effort),
        "large": partial(large.rows, effort),
        "passes": partial(passes.rows, effort, asked.base, tuple(asked.network)),
        "writing": partial(writing.rows, effort),
        "workers": partial(workers.rows, effort),
        "soak": partial(soak.rows, effort, asked.source),
        "objects": partial(objects.rows, effort),
        "sounds": partial(sounds.rows, effort),
        "comparing": partial(comparing.rows, effort),
    }
    line, found = machine(), []
    start = time.perf_counter()
    for name, rows in parts.items():
        if asked.only in {None, name}:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            found += _all_that_can(name, rows)
    print(markdown(found, f"{line} {time.perf_counter() - start:.0f} s."))


def _all_that_can(name: str, rows: Callable[[], Iterator[Found]]) -> list[Found]:
    found: list[Found] = []
    try:
        found.extend(rows())
    except Exception as error:  # noqa: BLE001 - whatever one part does, the others are still told
        found.append(Note(f"{name}: ended early: {type(error).__name__}: {error}"))
    return found


if __name__ == "__main__":
    main()
