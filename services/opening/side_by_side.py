"""Whether two runs of a network under way together are faster here than one after the other.

Small networks leave a core idle, large ones fill all of them by themselves, and what lies between
nobody knows: it is measured once. What goes into a run never depends on it.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from gradcam import Network
from gradcam.side_by_side import MOST, in_order
from services.keeping.digests import numbers_digest
from services.keeping.drawers import RUNS_TOGETHER
from services.keeping.kept import Kept
from services.keeping.store import BoundedStore
from services.work.progress import Progress

SECONDS = 0.1  # for the measurement; the trace that comes first is needed anyway
FEWEST, BATCH = 8, 32  # pictures of a run that is measured: small ones gain most
GAIN = 0.95  # of the time one after the other, at most: the second batch takes its memory, too

Clock = Callable[[], float]
_known = Kept(
    RUNS_TOGETHER,
    "txt",
    lambda most: str(most).encode(),
    lambda content: min(max(int(content), 1), MOST),
    BoundedStore[str, int](256),
)


def decide(network: Network, height: int, width: int, progress: Progress) -> None:
    """Set how many runs of a network may be under way together, as it was measured on this machine.

    Args:
        network: freshly opened.
        height: of its pictures.
        width: of its pictures.
        progress: while somebody else waits, or the cores are busy with other things, nothing can
            be measured: it is done another time.
    """
    cores = os.cpu_count() or 1
    asked = f"{numbers_digest(network)} {height}x{width} {cores} cores"
    digest = hashlib.sha256(asked.encode()).hexdigest()
    most = 1 if cores < MOST else _known.get(digest)
    if most is None and progress.alone() and not _busy(cores):
        batch = np.random.default_rng(0).random(
            (BATCH, height, width, network.channels), np.float32
        )
        most = fastest(lambda count: network.predict(batch[:count]))
        _known.put(digest, most)
    network.side_by_side = most or 1


def _busy(cores: int) -> bool:
    """Whether more has wanted to run in the last minute than there are cores, beside ourselves."""
    try:
        return os.getloadavg()[0] > cores + 1
    except (AttributeError, OSError):  # not on every system
        return False


def fastest(run: Callable[[int], object], clock: Clock = time.perf_counter) -> int:
    """How many runs under way together are fastest.

    Args:
        run: runs so many pictures.
        clock: gives seconds.

    Returns:
        1 also where a few pictures take so long that the cores are busy with them.
    """

    def taken(count: int, at_once: int) -> float:
        started = clock()
        for _ in in_order([lambda: run(count)] * MOST, lambda: at_once):
            pass
        return clock() - started

    run(FEWEST)  # traced, paged in
    begun = clock()
    run(FEWEST)
    each = (clock() - begun) / FEWEST
    share = SECONDS / (4 * MOST)  # of a run, if each way is taken twice
    if FEWEST * each > 2 * share:
        return 1
    count = min(BATCH, max(FEWEST, int(share / each) if each else BATCH))
    ratios = [taken(count, MOST) / taken(count, 1)]
    while len(ratios) < 2 or clock() - begun < SECONDS:
        ratios.append(taken(count, MOST) / taken(count, 1))
    return MOST if median(ratios) <= GAIN else 1
