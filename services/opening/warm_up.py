"""The first project opens in the background: the first page need not wait for TensorFlow."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import Final

from services.opening.opening import Opened, Opening
from services.sources.reference import parse_reference
from services.work.job import Job

FIRST: Final = parse_reference("demo:cars")
_lock = threading.Lock()
_jobs: list[Job[Opened]] = []  # the one, once it was asked for


def warm_up(begin: Callable[[Opening], Job[Opened]]) -> Job[Opened]:
    """Open the first project in the background, once in a process.

    Args:
        begin: asks for it.

    Returns:
        the job that opens it, the same for all who ask.
    """
    with _lock:
        if not _jobs:
            _jobs.append(begin(Opening(FIRST)))
            threading.Thread(target=_open, args=(_jobs[0],), name="warm-up", daemon=True).start()
        return _jobs[0]


def _open(job: Job[Opened]) -> None:
    job.wait()
    gc.collect()
    gc.freeze()  # what is there now stays: later collections need not walk it
