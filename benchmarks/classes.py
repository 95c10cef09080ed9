"""Opening a page of a project with many classes against the same of one with few."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.drawn_folder import drawn_folder
from benchmarks.pages import opening
from benchmarks.server_process import APP, serving
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

FEW, MANY = 10, 1000


def rows(effort: Effort) -> Iterator[Row | Note]:
    """One row for each page and view, and one for the largest message."""
    with TemporaryDirectory() as place:
        few, many = (drawn_folder(Path(place) / str(n), effort.samples, n) for n in (FEW, MANY))
        said = f"{MANY} classes : {FEW}"
        with serving(APP) as server:
            yield from asyncio.run(opening(server.url, many, few, said, effort))
    yield Note(f"Both projects hold {effort.samples:,} samples; see the note on opening pages.")
