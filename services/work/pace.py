"""How long work takes on this machine, by what has run so far: nothing here is assumed."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from statistics import median_low

KEPT = 512  # kinds of work
LAST = 5  # measurements of each

_measured: OrderedDict[str, deque[float]] = OrderedDict()
_steps: OrderedDict[str, int] = OrderedDict()
_lock = threading.Lock()


def note_pace(work: str, count: int, seconds: float, *, traces: bool = False) -> None:
    """Keep how long some work took.

    Args:
        work: names it; two of the same name take about as long for each unit.
        count: units that were done.
        seconds: what they took.
        traces: whether the first of such work also traces the network, and so tells nothing.
    """
    if count <= 0 or seconds <= 0:
        return
    with _lock:
        is_first = work not in _measured
        paces = _measured.setdefault(work, deque(maxlen=LAST))
        _measured.move_to_end(work)
        if not (traces and is_first):
            paces.append(seconds / count)
        while len(_measured) > KEPT:
            _measured.popitem(last=False)


def seconds_each(work: str) -> float | None:
    """Seconds for a unit of some work, the median of the last times; None before it has run."""
    with _lock:
        paces = _measured.get(work)
        return median_low(paces) if paces else None


def note_steps(work: str, steps: int) -> None:
    """Keep in how many steps some work was done."""
    with _lock:
        _steps[work] = steps
        _steps.move_to_end(work)
        while len(_steps) > KEPT:
            _steps.popitem(last=False)


def steps_of(work: str) -> int:
    """In how many steps some work was done the last time; 1 before it has run."""
    with _lock:
        return _steps.get(work, 1)
