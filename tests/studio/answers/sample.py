"""Answers about samples."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

from PIL import Image

from tests.studio.clock import written
from tests.studio.project import Labeling, StudioProject
from tests.studio.sample import StudioSample

Json = dict[str, Any]
DEVICE = "EDGE_IMPULSE_UPLOADER"


def sample(project: StudioProject, item: StudioSample, *, with_sensors: bool = True) -> Json:
    """One sample as listings show it."""
    kind = "image" if item.is_picture else "chart"
    if item.media_type.startswith("video/"):
        kind = "video"
    sensors = _sensors(item) if with_sensors else []
    answer: Json = {
        "id": item.id,
        "filename": item.filename,
        "signatureValidate": True,
        "created": written(item.added),
        "lastModified": written(item.modified or item.added),
        "added": written(item.added),
        "category": item.category.value,
        "coldstorageFilename": f"{project.id}/{item.category.value}/{item.stored_name}",
        "label": item.label,
        **_timing(item),
        "originalIntervalMs": 1000 / item.frequency if item.frequency else 0,
        "originalFrequency": item.frequency,
        "deviceType": DEVICE,
        "sensors": sensors,
        "boundingBoxes": [asdict(box) for box in item.boxes],
        "boundingBoxesType": "object_detection",
        "chartType": kind,
        "isDisabled": item.is_disabled,
        "isProcessing": item.is_processing,
        "processingError": False,
        "isCropped": False,
        "projectId": project.id,
        "projectOwnerName": project.owner,
        "projectName": project.name,
        "projectLabelingMethod": project.labeling.value,
        "sha256Hash": item.sha256,
        "metadata": dict(item.metadata),
        "datastreams": [_datastream(item, kind, sensors)],
    }
    if item.size is not None:
        answer["imageDimensions"] = {"width": item.size[0], "height": item.size[1]}
    if item.structured_labels:
        answer["structuredLabels"] = structured(item)
        answer["structuredLabelsList"] = sorted({span.label for span in item.structured_labels})
    if item.label_map is not None:
        answer["labelMap"] = {"type": "key-values", "labels": dict(item.label_map)}
    if project.labeling is Labeling.OBJECT_DETECTION:
        answer["label"] = ", ".join(sorted({box.label for box in item.boxes})) or item.label
    return answer


def structured(item: StudioSample) -> list[Json]:
    """A sample's spans, or one span with its label."""
    spans = item.structured_labels
    if not spans:
        return [{"startIndex": 0, "endIndex": 0, "label": item.label}]
    return [{"startIndex": span.start, "endIndex": span.end, "label": span.label} for span in spans]


def sample_with_payload(project: StudioProject, item: StudioSample, limit: int | None) -> Json:
    """Of `/{project}/raw-data/{id}`: the pixels are numbers of 0xRRGGBB."""
    values = _values(item)
    read: Json = {
        "payload": {
            "device_type": DEVICE,
            "sensors": _sensors(item),
            "values": values if limit is None else values[:limit],
            "intervalMs": 1000 / item.frequency if item.frequency else 0,
            "frequencyHz": item.frequency,
        },
        "totalPayloadLength": len(values),
    }
    return {"sample": sample(project, item), **read, "datastreamPayloads": [{"index": 0, **read}]}


def _timing(item: StudioSample) -> Json:
    """How long it lasts; a picture is one value that lasts no time."""
    if not item.frequency:
        return {"intervalMs": 0, "frequency": 0, "valuesCount": 1, "totalLengthMs": 0}
    return {
        "intervalMs": 1000 / item.frequency,
        "frequency": item.frequency,
        "valuesCount": len(item.values),
        "totalLengthMs": 1000 * len(item.values) / item.frequency,
    }


def _datastream(item: StudioSample, kind: str, sensors: list[Json]) -> Json:
    """The sample's only one; newer than the description."""
    told: Json = {
        "index": 0,
        "chartType": kind,
        "frequencyHz": item.frequency,
        "sensors": sensors,
        **{name: value for name, value in _timing(item).items() if name != "frequency"},
    }
    if item.size is not None:
        told["imageDimensions"] = {"width": item.size[0], "height": item.size[1]}
    return told


def _sensors(item: StudioSample) -> list[Json]:
    if item.is_picture:
        return [{"index": 0, "name": "image", "units": "rgba"}]
    return [{"index": 0, "name": "audio", "units": "wav"}]


def _values(item: StudioSample) -> list[list[int]]:
    if item.is_sound:
        return [[int(value)] for value in item.values]
    if item.size is None:
        return []
    with Image.open(io.BytesIO(item.content)) as picture:
        raw = picture.convert("RGB").tobytes()
    return [[int.from_bytes(raw[at : at + 3])] for at in range(0, len(raw), 3)]
