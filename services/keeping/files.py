"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it; its folder is made where it is missing.

    Raises:
        OSError: the disk is full, or may not be written; then nothing of it stays.
    """
    part = path.with_name(f".{path.name}.{threading.get_ident()}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def throw_away(path: Path) -> None:
    """Remove a file or a folder at once: half of a folder would be taken for a whole one.

    Raises:
        OSError: it may not be removed, or is gone.
    """
    if not path.is_dir():
        path.unlink()
        return
    hidden = path.with_name(f".{path.name.lstrip('.')}.{threading.get_ident()}.{os.getpid()}.gone")
    shutil.rmtree(path.rename(hidden), ignore_errors=True)


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files of a folder; what goes away meanwhile counts nothing."""
    try:
        if not path.is_dir():
            return path.stat().st_size
        with os.scandir(path) as entries:
            return sum(
                size_of(Path(entry.path))
                if entry.is_dir(follow_symlinks=False)
                else entry.stat(follow_symlinks=False).st_size
                for entry in entries
            )
    except OSError:
        return 0
