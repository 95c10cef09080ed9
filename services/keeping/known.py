"""What is known from earlier visits: digests of files, and what networks said of samples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradcam.arrays import Floats
from services.keeping import database
from services.keeping.bound import growing
from services.sample import Sample, Window


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


def sample_digests(samples: Iterable[Sample]) -> dict[str, str]:
    """SHA-256 of samples by their ids: of the file, and of where in it a window lies.

    Samples whose files cannot be read are missing from the answer.
    """
    samples = list(samples)
    files = file_digests(dict.fromkeys(sample.path for sample in samples))
    there = ((sample, files[sample.path]) for sample in samples if sample.path in files)
    return {sample.id: window_digest(file, sample.window) for sample, file in there}


def window_digest(file: str, window: Window | None) -> str:
    """The digest of a sample that is a window of a file; the file's own where it is all of it."""
    if window is None:
        return file
    return hashlib.sha256(f"{file} {window.start} {window.stop}".encode()).hexdigest()


def file_digests(paths: Iterable[Path]) -> dict[Path, str]:
    """SHA-256 of files; one whose size and time are as before is not read again.

    Files that cannot be read are missing from the answer.
    """
    known = {
        row[0]: row[1:]
        for row in database.read_rows("SELECT path, size, mtime_ns, digest FROM digests")
    }
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
    rows = database.read_rows(
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


def _write(query: str, rows: list[database.Row]) -> None:
    with growing(*database.files()):
        database.write(query, rows)
