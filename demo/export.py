"""Write samples and a network the way Edge Impulse exports them, with a project.toml beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import keras
from drawn import Box

CATEGORY = "testing"


class Kept(Protocol):
    """A sample that has a file."""

    @property
    def file(self) -> bytes:
        """The file's content."""

    @property
    def ending(self) -> str:
        """Of the file's name."""

    @property
    def label(self) -> str:
        """The true class or number."""

    @property
    def boxes(self) -> Sequence[Box]:
        """What was drawn on it."""

    @property
    def facts(self) -> Mapping[str, str]:
        """What else is true of it."""


def write_project(
    folder: Path, settings: str, network: keras.Model, subject: str, samples: Sequence[Kept]
) -> list[str]:
    """Write project.toml, model.h5 and the test set with its two label files; the files' names."""
    data = folder / CATEGORY
    data.mkdir(parents=True, exist_ok=True)
    for stale in data.glob("*.ingestion-demo.*"):
        # Names carry a digest: samples of an earlier run would stay beside the new ones.
        stale.unlink()
    write_network(folder, settings, network)
    entries = []
    for number, sample in enumerate(samples, start=1):
        name = f"{subject}.{number:04d}"
        content, ending = sample.file, sample.ending
        file = f"{name}.{ending}.{_upload_id(content)}.ingestion-demo.{ending}"
        (data / file).write_bytes(content)
        entries.append(_entry(file, name, sample))
    _write_labels(data / "info.labels", entries)
    rooted = [{**entry, "path": f"{CATEGORY}/{entry['path']}"} for entry in entries]
    _write_labels(folder / "info.labels", rooted)
    return [str(entry["path"]) for entry in entries]


def write_why(folder: Path, files: Sequence[str], causes: Sequence[Sequence[Box | None]]) -> None:
    """Write why.json: by picture, the planted cause of each of its boxes, null without one."""
    known = {
        file: [None if cause is None else asdict(cause) for cause in some]
        for file, some in zip(files, causes, strict=True)
    }
    (folder / "why.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def write_network(folder: Path, settings: str, network: keras.Model) -> None:
    """Write project.toml and model.h5."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "project.toml").write_text(settings, encoding="utf-8")
    network.save(folder / "model.h5", include_optimizer=False)


def _upload_id(content: bytes) -> str:
    """Eight letters and digits that stand for the content, as the ingestion service gives."""
    number = int.from_bytes(hashlib.sha256(content).digest()[:5])
    alphabet = "0123456789abcdefghijklmnopqrstuv"
    return "".join(alphabet[number >> shift & 31] for shift in range(0, 40, 5))


def _entry(file: str, name: str, sample: Kept) -> dict[str, object]:
    """One item of the label file, version 1."""
    return {
        "path": file,
        "name": name,
        "category": CATEGORY,
        "label": {"type": "label", "label": sample.label},
        "boundingBoxes": [asdict(box) for box in sample.boxes],
        "metadata": dict(sample.facts),
    }


def _write_labels(path: Path, entries: Sequence[dict[str, object]]) -> None:
    text = json.dumps({"version": 1, "files": list(entries)}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
