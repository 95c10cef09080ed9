"""The first project opens in the background: the first page need not wait for TensorFlow."""

from __future__ import annotations

import gc
import threading

from services.opening.opening import start_opening
from services.sources.reference import SourceReference

_started = threading.Event()


def warm_up(first: SourceReference) -> None:
    """Open a project in the background, once in a process."""
    if not _started.is_set():
        _started.set()
        threading.Thread(target=_open, args=(first,), name="warm-up", daemon=True).start()


def _open(first: SourceReference) -> None:
    start_opening(first).wait()
    gc.collect()
    gc.freeze()  # what is there now stays: later collections need not walk it
