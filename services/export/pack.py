"""deploy.zip: the results in one file, the same bytes for the same results."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from services.work.progress import Progress

MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can name
STORED = frozenset({".jpg", ".png"})  # does not shrink


def pack(folder: Path, target: Path, progress: Progress) -> None:
    """Zip a folder; the zip has its name only once it is whole.

    Raises:
        OSError: the disk is full, or may not be written.
        Cancelled: the person left.
    """
    part = target.with_name(f".{target.name}.part")
    with zipfile.ZipFile(part, "w", allowZip64=True) as archive:
        for path in _files(folder, part, target):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), MOMENT)
            info.external_attr = 0o644 << 16
            info.file_size = path.stat().st_size  # beyond 4 GB it is written otherwise
            stored = path.suffix in STORED
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            with path.open("rb") as file, archive.open(info, "w") as member:
                shutil.copyfileobj(file, member)
            progress.advance()
    part.replace(target)


def _files(folder: Path, *but: Path) -> Iterator[Path]:
    """Files by their parts' names; of a folder's no more than the names are held."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        path = folder / name
        if path.is_dir():
            yield from _files(path, *but)
        elif path not in but:
            yield path
