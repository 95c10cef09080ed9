"""The zip of an export, in the form of the real ones."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from tests.studio.sample import StudioSample

Json = dict[str, Any]
INFO = "info.labels"
BOXES = "bounding_boxes.labels"
README = """\
This archive contains the data of an Edge Impulse project.

Every folder holds the files of one category beside an info.labels file with their labels.
Upload the whole folder again with: edge-impulse-uploader --info-file info.labels
"""


def build_export(samples: Sequence[StudioSample], *, friendly: bool, ndjson: bool) -> bytes:
    """The zip of an export, with every category, disabled samples included.

    Args:
        samples: in the order in which they are listed.
        friendly: names of the form `label.filename.ext` instead of the stored ones.
        ndjson: the label files in the form of very large projects.
    """
    named = _named(samples, friendly=friendly)
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("README.txt", README)
        rooted = [_entry(item, f"{item.category.value}/{name}") for name, item in named]
        archive.writestr(INFO, _label_file(rooted, ndjson=ndjson))
        for category in dict.fromkeys(item.category for _, item in named):
            own = [(name, item) for name, item in named if item.category is category]
            entries = [_entry(item, name) for name, item in own]
            archive.writestr(f"{category.value}/{INFO}", _label_file(entries, ndjson=ndjson))
            boxes = {name: _boxes(item) for name, item in own if item.boxes}
            if boxes:
                archive.writestr(f"{category.value}/{BOXES}", _box_file(boxes))
            for name, item in own:
                archive.writestr(f"{category.value}/{name}", item.content)
    return sink.getvalue()


def empty_export() -> bytes:
    """An export of a project without samples."""
    return build_export([], friendly=False, ndjson=False)


def _named(samples: Iterable[StudioSample], *, friendly: bool) -> list[tuple[str, StudioSample]]:
    taken: set[str] = set()
    named = []
    for item in samples:
        if item.is_processing:  # there is no file yet
            continue
        name = item.stored_name
        if friendly:
            name = f"{item.label or 'unlabeled'}.{item.filename}{item.extension}"
        if f"{item.category}/{name}" in taken:
            name = f"{name.removesuffix(item.extension)}.{item.id}{item.extension}"
        taken.add(f"{item.category}/{name}")
        named.append((name, item))
    return named


def _entry(item: StudioSample, path: str) -> Json:
    entry: Json = {
        "path": path,
        "name": item.filename,
        "category": item.category.value,
        "label": _label(item),
    }
    if item.metadata:
        entry["metadata"] = dict(item.metadata)
    if item.boxes:
        entry["boundingBoxes"] = _boxes(item)
    return entry


def _label(item: StudioSample) -> Json:
    if item.structured_labels:
        spans = [
            {"startIndex": span.start, "endIndex": span.end, "label": span.label}
            for span in item.structured_labels
        ]
        return {"type": "multi-label", "labels": spans}
    if item.label_map is not None:
        return {"type": "keyvalue-labels", "labels": dict(item.label_map)}
    if not item.label:
        return {"type": "unlabeled"}
    return {"type": "label", "label": item.label}


def _boxes(item: StudioSample) -> list[Json]:
    return [asdict(box) for box in item.boxes]


def _box_file(boxes: dict[str, list[Json]]) -> str:
    return json.dumps({"version": 1, "type": "bounding-box-labels", "boundingBoxes": boxes})


def _label_file(entries: Sequence[Json], *, ndjson: bool) -> str:
    if not ndjson:
        return json.dumps({"version": 1, "files": list(entries)}, indent=4, ensure_ascii=False)
    head = '{"__ndjson":true,"version":1}'
    lines = (
        json.dumps({"__key": "files", "__item": entry}, separators=(",", ":"), ensure_ascii=False)
        for entry in entries
    )
    return "\n".join([head, *lines]) + "\n"
