"""From the start of the process to the first page, against Streamlit's own `hello`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from urllib.parse import urlencode

import numpy as np

from benchmarks.server_process import APP, HELLO, Server, serving
from benchmarks.sessions import until_open
from benchmarks.streamlit_client import visit
from benchmarks.table import Note, Row
from benchmarks.timing import Effort


@dataclass(frozen=True)
class Start:
    """Seconds since the start of the process.

    Attributes:
        healthy: until the first healthy answer.
        first: until the first run with something on the page had ended.
        whole: until the project was on the page.
    """

    healthy: float
    first: float
    whole: float


def rows(effort: Effort, source: str) -> Iterator[Row | Note]:
    """Ours and `streamlit hello`, started in turns."""
    ours, hello = [], []
    for _ in range(effort.starts):
        with serving(APP) as server:
            ours.append(asyncio.run(_start(server, source)))
        with serving(HELLO) as server:
            hello.append(asyncio.run(_start(server)))
    for name, share in (
        ("healthy", "healthy"),
        ("first page", "first"),
        ("first page with the project on it, the cache empty", "whole"),
    ):
        a = [float(getattr(start, share)) for start in ours]
        b = [float(getattr(start, share)) for start in hello]
        yield Row.of(
            f"start to {name} : the same of `streamlit hello` "
            f"({np.median(a):.2f} : {np.median(b):.2f} s)",
            [x / y for x, y in zip(a, b, strict=True)],
        )
    yield Note(
        "The first page of the dashboard shows how opening goes on; with the project on it, "
        "TensorFlow has been imported and the whole test set predicted."
    )


async def _start(server: Server, source: str = "") -> Start:
    query = urlencode({"source": source}) if source else ""
    async with visit(server.url, query) as visitor:
        await visitor.open()
        if not visitor.elements:
            raise LookupError("the first page is empty")
        first = perf_counter() - server.started
        if source:
            await until_open(visitor, source)
        return Start(server.healthy_after, first, perf_counter() - server.started)
