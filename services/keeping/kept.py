"""Results that took long: on disk by the digest of what they depend on, in memory while looked at.

Losing them costs time, never a result: a damaged file is passed over, an unwritable disk too.
"""

from __future__ import annotations

import io
import logging
import os
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from services.keeping.bound import grown
from services.keeping.drawers import Drawer
from services.keeping.files import write_whole
from services.keeping.store import BoundedStore

log = logging.getLogger(__name__)
V = TypeVar("V")
Arrays = Mapping[str, Any]  # what np.savez writes
_DAMAGED = (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


class Kept(Generic[V]):
    """Results of one kind by their digests.

    Args:
        drawer: of the cache.
        ending: of its files' names.
        pack: a result as bytes.
        unpack: the result again; what it raises for damaged bytes is forgiven.
        memory: those that are looked at.
    """

    def __init__(
        self,
        drawer: Drawer,
        ending: str,
        pack: Callable[[V], bytes],
        unpack: Callable[[bytes], V],
        memory: BoundedStore[str, V],
    ) -> None:
        self._drawer, self._ending = drawer, ending
        self._pack, self._unpack = pack, unpack
        self._memory = memory

    def get(self, digest: str) -> V | None:
        """What is kept under a digest; None if nothing is."""
        result = self._memory.get(digest)
        if result is None and (result := self._read(digest)) is not None:
            self._memory.put(digest, result)
        if result is not None:
            with suppress(OSError):  # who looks at it in another process needs the file
                os.utime(self._path(digest))
        return result

    def put(self, digest: str, result: V) -> None:
        """Keep a result; where the disk cannot be written, in memory only."""
        self._memory.put(digest, result)
        try:
            content = self._pack(result)
            write_whole(self._path(digest), content)
            grown(len(content))
        except OSError as error:
            log.warning("%s: nothing is kept on disk: %s", self._drawer.name, error)

    def _read(self, digest: str) -> V | None:
        try:
            return self._unpack(self._path(digest).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, *_DAMAGED) as error:
            log.warning("%s: what was kept cannot be read: %s", self._drawer.name, error)
            return None

    def _path(self, digest: str) -> Path:
        return self._drawer.folder / f"{digest}.{self._ending}"


def packed(arrays: Arrays) -> bytes:
    """Arrays by name as the bytes of an npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpacked(content: bytes) -> Arrays:
    """The arrays that `packed` wrote.

    Raises:
        ValueError, EOFError, zipfile.BadZipFile, zlib.error: the bytes are damaged.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return dict(file)


def bytes_of(arrays: Arrays) -> int:
    """What arrays take in memory."""
    return sum(np.asarray(array).nbytes for array in arrays.values())
