"""The first project opens in the background: the first page need not wait for TensorFlow."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from services.opening.opening import Opened
from services.work.job import Job

_started = threading.Event()


def warm_up(open_first: Callable[[], Job[Opened]]) -> None:
    """Open a project in the background, once in a process.

    Args:
        open_first: asks for it.
    """
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_open, args=(open_first(),), name="warm-up", daemon=True).start()


def _open(job: Job[Opened]) -> None:
    job.wait()
    gc.collect()
    gc.freeze()  # what is there now stays: later collections need not walk it
