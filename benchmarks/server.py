"""The dashboard as a server: start, steps, alone and beside long work, memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import beside, memory, startup, steps
from benchmarks.table import Note, Row
from benchmarks.timing import Effort

SOURCE = "demo:cars"


def rows(effort: Effort, source: str = SOURCE) -> Iterator[Row | Note]:
    """All of it; a part that fails is left out with a note."""
    parts: dict[str, Callable[[Effort, str], Iterator[Row | Note]]] = {
        "start": startup.rows,
        "steps": steps.rows,
        "beside long work": beside.rows,
        "memory": memory.rows,
    }
    for name, part in parts.items():
        try:
            yield from part(effort, source)
        except (OSError, RuntimeError, LookupError, TimeoutError) as error:
            yield Note(f"server, {name}: not measured: {error or type(error).__name__}.")
