"""From the start of a process: a runtime that can predict, the first heatmap, the whole block."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from urllib.parse import urlencode

import numpy as np

from benchmarks.cost import processor_seconds
from benchmarks.server_process import APP, ROOT, serving
from benchmarks.sessions import PERCENTILE, until_open
from benchmarks.streamlit_client import visit
from benchmarks.table import Note, Row
from benchmarks.timing import Effort
from benchmarks.whole_process import FOLDER, Command, Spent, by_turns

AT_MOST = 0.75
TENSORFLOW = Command(("-c", "import tensorflow"))
LOADED = "from services.opening.runtime import load_tensorflow as load; load()"
PREDICTED = f"""
{LOADED}
import gradcam, numpy as np
network = gradcam.load_network("demo/cars/model.h5")
network.predict(np.zeros((1, *network.layout.picture), np.float32))
"""
BLOCK = ("block.py", "--demo", "cars", "--output", f"{FOLDER}/out")
ONE_HEATMAP = (*BLOCK, "--limit", "1")


def rows(effort: Effort, base: Path | None) -> Iterator[Row | Note]:
    """Ratios of wall and of processor time.

    Args:
        effort: how often.
        base: a checkout of an earlier state to compare with; None for none.
    """
    runtimes = {
        "TensorFlow and Keras as we import them": LOADED,
        "the demo's network opened and having predicted": PREDICTED,
    }
    for what, code in runtimes.items():
        pairs = by_turns(Command(("-c", code)), TENSORFLOW, effort.processes)
        yield from _compared(f"process start to {what} : `import tensorflow`", pairs, AT_MOST)
    if base is None:
        yield Note("No earlier state to compare with: `--base FOLDER` names a checkout of one.")
        return
    base = base.resolve()
    for what, arguments in {"160 pictures": BLOCK, "one picture": ONE_HEATMAP}.items():
        pairs = by_turns(Command(arguments), Command(arguments, base), effort.processes)
        target = AT_MOST if arguments is BLOCK else None
        yield from _compared(
            f"`block.py` on the demo, {what}, whole process : before", pairs, target
        )
    pairs = [(_first_heatmap(ROOT), _first_heatmap(base)) for _ in range(effort.starts)]
    yield from _compared("server start to the demo's first heatmap on Explain : before", pairs)


def _compared(
    what: str, pairs: Sequence[tuple[Spent, Spent]], target: float | None = None
) -> Iterator[Row]:
    for clock in ("wall", "processor"):
        a, b = ([getattr(spent, clock) for spent in side] for side in zip(*pairs, strict=True))
        yield Row.of(
            f"{what}, {clock} time ({np.median(a):.2f} : {np.median(b):.2f} s)",
            [x / y for x, y in zip(a, b, strict=True)],
            at_most=target if clock == "wall" else None,
        )


def _first_heatmap(checkout: Path) -> Spent:
    """From the start of a server, with an empty cache, to the heatmap on Explain."""
    source = "demo:cars"
    with serving(APP, checkout) as server:

        async def look() -> None:
            async with visit(server.url, urlencode({"source": source})) as visitor:
                await visitor.open("explain")
                await until_open(visitor, source)
                visitor.widget(PERCENTILE)

        asyncio.run(look())
        return Spent(perf_counter() - server.started, processor_seconds(server.pid))
