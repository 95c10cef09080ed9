"""Edge Impulse's `info.labels`."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.errors import ProjectError
from services.label_sets import joined_labels
from services.sample import LabelledBox, LabelledSpan, LeftOut, Sample
from services.sources.labels.detection import BOXES, OF_BOXES, are_of_detection, by_boxes
from services.sources.labels.inside import inside
from services.sources.labels.labelled import LabelledSet

INFO = "info.labels"


def from_info(data: Path) -> LabelledSet:
    """The test samples that a folder's `info.labels` lists.

    Raises:
        ProjectError: it cannot be read.
    """
    samples: dict[str, Sample] = {}
    left_out = []
    for entry in info_entries(data / INFO):
        path_text = entry.get("path")
        if not isinstance(path_text, str) or not path_text:
            left_out.append(LeftOut("(no name)", f"its entry in {INFO} has no path"))
            continue
        if entry.get("category", "testing") not in ("testing", "split"):
            continue
        path = inside(data, path_text)
        if path is None:
            left_out.append(LeftOut(path_text, "its path leads out of the folder"))
            continue
        label, problem = _info_label(entry.get("label"))
        if problem:
            left_out.append(LeftOut(path_text, problem))
            continue
        samples[path_text] = Sample(
            id=path_text,
            path=path,
            label=label,
            boxes=tuple(boxes_in(entry.get("boundingBoxes"))),
            metadata=_metadata(entry.get("metadata")),
            spans=tuple(_spans(entry.get("label"))),
        )
    listed, why = tuple(samples.values()), "the label file of an Edge Impulse export"
    of_boxes = any((folder / BOXES).is_file() for folder in (data, data / "testing"))
    if of_boxes or are_of_detection(listed):
        listed, why = tuple(replace(each, label=by_boxes(each)) for each in listed), OF_BOXES
    return LabelledSet(listed, INFO, tuple(left_out), why=why)


def info_entries(path: Path) -> Iterator[dict[str, Any]]:
    """Entries of `info.labels`, also in the NDJSON form that very large exports have."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = text.split("\n")  # JSON may hold any other line separator in a text
        if lines and lines[0].startswith('{"__ndjson"'):
            rows = [json.loads(line.rstrip(",")) for line in lines[1:] if line.strip(" ]},")]
            entries = [row.get("__item") for row in rows if row.get("__key") == "files"]
        else:
            entries = json.loads(text)["files"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProjectError(
            f"{INFO} cannot be read: it is not the label file of an Edge Impulse export."
        ) from error
    if not isinstance(entries, list):
        raise ProjectError(f"{INFO} cannot be read: its list of files is missing.")
    yield from (entry for entry in entries if isinstance(entry, dict))


def _info_label(label: Any) -> tuple[str | None, str | None]:  # noqa: ANN401 - any JSON value
    """The label's text, or why the sample has to be left out."""
    match label:
        case str():
            return encodable(label), None
        case {"type": "label", "label": name}:
            return encodable(str(name)), None
        case {"type": "unlabeled"}:
            return None, None
        case {"type": "multi-label", "labels": list(items)}:
            names = (encodable(str(item.get("label"))) for item in items if isinstance(item, dict))
            return joined_labels(dict.fromkeys(names)), None
    return None, f"its label in {INFO} is of a kind that is unknown here"


def _spans(label: Any) -> Iterator[LabelledSpan]:  # noqa: ANN401 - any JSON value
    """Labels of parts of a sample, whose last values are included; broken ones are passed over."""
    items = label.get("labels") if isinstance(label, dict) else None
    for item in items if isinstance(items, list) else []:
        with suppress(AttributeError, KeyError, TypeError, ValueError, OverflowError):
            start, last = (int(item[key]) for key in ("startIndex", "endIndex"))
            yield LabelledSpan(encodable(str(item["label"])), start, last + 1)


def encodable(text: str) -> str:
    """The text without halves of characters, which JSON may hold and no file or page can."""
    return text.encode("utf-8", "replace").decode()


def boxes_in(boxes: Any) -> Iterator[LabelledBox]:  # noqa: ANN401 - any JSON value
    """The boxes of one picture, as Edge Impulse writes them; a broken one is passed over."""
    for box in boxes if isinstance(boxes, list) else []:
        try:
            sides = [float(box[key]) for key in ("x", "y", "width", "height")]
            if all(math.isfinite(side) for side in sides):
                yield LabelledBox(encodable(str(box.get("label", ""))), *sides)
        except (AttributeError, KeyError, TypeError, ValueError):
            continue  # a broken box is no reason to lose the picture


def _metadata(metadata: Any) -> MappingProxyType[str, str]:  # noqa: ANN401 - any JSON value
    pairs = metadata.items() if isinstance(metadata, dict) else ()
    told = {encodable(str(key)): encodable(str(value)) for key, value in pairs}
    return MappingProxyType(told)
