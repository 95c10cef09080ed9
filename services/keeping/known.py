"""What is kept on disk between visits: file digests and predictions, in one SQLite file.

Losing it costs time, never a result: a damaged file is thrown away, an unwritable one is skipped.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from services.settings import settings

log = logging.getLogger(__name__)

SCHEMA = """
CREATE TABLE IF NOT EXISTS digests (
    path TEXT PRIMARY KEY, size INTEGER, mtime_ns INTEGER, digest TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS predictions (
    context TEXT, sample TEXT, outputs BLOB, features BLOB, width INTEGER, height INTEGER,
    PRIMARY KEY (context, sample)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Record:
    """What a network said of one sample.

    Attributes:
        outputs: (K,) float32.
        features: (F,) float32.
        width, height: of the original picture, in pixels.
    """

    outputs: Floats
    features: Floats
    width: int
    height: int


def sample_digests(paths: Iterable[Path]) -> dict[Path, str]:
    """SHA-256 of files; one whose size and time are as before is not read again.

    Files that cannot be read are missing from the answer.
    """
    known = {row[0]: row[1:] for row in _read("SELECT path, size, mtime_ns, digest FROM digests")}
    digests, new = {}, []
    for path in paths:
        try:
            stat = path.stat()
            kept = known.get(str(path))
            if kept is not None and kept[:2] == (stat.st_size, stat.st_mtime_ns):
                digests[path] = kept[2]
                continue
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            continue
        digests[path] = digest
        new.append((str(path), stat.st_size, stat.st_mtime_ns, digest))
    _write("INSERT OR REPLACE INTO digests VALUES (?, ?, ?, ?)", new)
    return digests


def load_records(context: str) -> dict[str, Record]:
    """What is kept for a network and input spec, by sample digest."""
    rows = _read(
        "SELECT sample, outputs, features, width, height FROM predictions WHERE context = ?",
        (context,),
    )
    return {
        sample: Record(
            np.frombuffer(outputs, np.float32),
            np.frombuffer(features, np.float32),
            width,
            height,
        )
        for sample, outputs, features, width, height in rows
    }


def keep_records(context: str, records: Mapping[str, Record]) -> None:
    """Keep what a network said, by sample digest."""
    _write(
        "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                context,
                sample,
                record.outputs.astype(np.float32).tobytes(),
                record.features.astype(np.float32).tobytes(),
                record.width,
                record.height,
            )
            for sample, record in records.items()
        ],
    )


def _connect() -> sqlite3.Connection:
    folder = settings().cache
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(folder / "kept.sqlite", timeout=30)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(SCHEMA)
    return connection


def _read(query: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
    try:
        with closing(_connect()) as connection:
            return connection.execute(query, values).fetchall()
    except (sqlite3.Error, OSError) as error:
        _forgive(error)
        return []


def _write(query: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    try:
        with closing(_connect()) as connection, connection:
            connection.executemany(query, rows)
    except (sqlite3.Error, OSError) as error:
        _forgive(error)


def _forgive(error: Exception) -> None:
    log.warning("nothing is kept on disk: %s", error)
    if any(said in str(error) for said in ("malformed", "not a database")):
        for ending in ("", "-wal", "-shm"):
            (settings().cache / f"kept.sqlite{ending}").unlink(missing_ok=True)
