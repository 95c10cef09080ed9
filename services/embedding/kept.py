"""Arrays that took long, kept on disk by content digest and in memory while they are looked at.

Losing them costs time, never a result: a damaged file is passed over, an unwritable disk too.
"""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

import numpy as np

from services.embedding.worker import Arrays
from services.keeping.files import write_whole
from services.keeping.store import BoundedStore
from services.settings import settings

log = logging.getLogger(__name__)
ON_DISK = 200  # files; the oldest go first

_memory: BoundedStore[str, Arrays] = BoundedStore(
    64_000_000, lambda arrays: sum(np.asarray(array).nbytes for array in arrays.values())
)


def load(digest: str) -> Arrays | None:
    """What is kept under a digest; None if nothing is."""
    found = _memory.get(digest)
    if found is None:
        try:
            with np.load(_path(digest), allow_pickle=False) as file:
                found = dict(file)
        except (OSError, ValueError, zipfile.BadZipFile, KeyError, EOFError):
            return None
        _memory.put(digest, found)
    return found


def keep(digest: str, arrays: Arrays) -> None:
    """Keep arrays under a digest."""
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    _memory.put(digest, arrays)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    try:
        write_whole(_path(digest), buffer.getvalue())
        files = sorted(_path("").parent.glob("*.npz"), key=lambda path: path.stat().st_mtime)
        for old in files[:-ON_DISK]:
            old.unlink(missing_ok=True)
    except OSError as error:
        log.warning("an embedding is not kept on disk: %s", error)


def _path(digest: str) -> Path:
    return settings().cache / "embeddings" / f"{digest}.npz"
