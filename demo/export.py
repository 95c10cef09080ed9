"""Write samples and a network the way Edge Impulse exports them, with a project.toml beside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import keras
from drawn import Drawn

CATEGORY = "testing"


def write_project(
    folder: Path, settings: str, network: keras.Model, subject: str, samples: Sequence[Drawn]
) -> None:
    """Write project.toml, model.h5 and the test set with its two label files."""
    data = folder / CATEGORY
    data.mkdir(parents=True, exist_ok=True)
    for stale in data.glob("*.jpg"):
        # Names carry a digest: pictures of an earlier run would stay beside the new ones.
        stale.unlink()
    write_network(folder, settings, network)
    entries = []
    for number, sample in enumerate(samples, start=1):
        name = f"{subject}.{number:04d}"
        file = f"{name}.jpg.{_upload_id(sample.jpeg)}.ingestion-demo.jpg"
        (data / file).write_bytes(sample.jpeg)
        entries.append(_entry(file, name, sample))
    _write_labels(data / "info.labels", entries)
    rooted = [{**entry, "path": f"{CATEGORY}/{entry['path']}"} for entry in entries]
    _write_labels(folder / "info.labels", rooted)


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


def _entry(file: str, name: str, sample: Drawn) -> dict[str, object]:
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
