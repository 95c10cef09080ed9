"""Zips that come from somewhere: bounded before they are read, and one sentence when broken."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradcam.errors import NetworkError

MAX_UNPACKED_BYTES = 2_000_000_000


@contextmanager
def opened_archive(path: Path, name: str) -> Iterator[zipfile.ZipFile]:
    """A zip to read inside the block.

    Args:
        path: the file.
        name: what people call it.

    Raises:
        NetworkError: it unpacks to too much, or the block found it damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise NetworkError(f"{name} unpacks to more than 2 GB and was not opened.")
            yield archive
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError
    ) as error:  # fmt: skip
        raise NetworkError(f"{name} is damaged: it begins as a zip but cannot be read.") from error
