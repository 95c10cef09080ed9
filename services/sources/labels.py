"""True labels of a folder's pictures: Edge Impulse's `info.labels`, a CSV, or class folders.

Never from file names: `0.5.x.jpg` is not `0`.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from services.errors import ProjectError
from services.media.kinds import is_sample
from services.sample import LabelledBox, LeftOut, Sample

INFO = "info.labels"
CSV = "labels.csv"
STUDIO = "Studio"  # samples that Edge Impulse lists with their labels


@dataclass(frozen=True)
class LabelledSet:
    """Samples of a folder, how they were labelled, and what was left out."""

    samples: tuple[Sample, ...]
    labelled_by: str
    left_out: tuple[LeftOut, ...] = ()

    def way_out(self, otherwise: str) -> str:
        """What a person can do about labels or sizes that do not fit the network."""
        if self.labelled_by == STUDIO:
            return "the impulse was changed after the training: train it again in Studio."
        return f"{otherwise}."


def read_samples(data: Path) -> LabelledSet:
    """Samples of a folder with their labels.

    An Edge Impulse label file comes first, then `labels.csv`, then class folders; pictures with
    none of these are samples without a label.

    Raises:
        ProjectError: a label file is there and cannot be read, or there is no picture at all.
    """
    if (data / INFO).is_file():
        labelled = _from_info(data)
    elif (data / CSV).is_file():
        labelled = _from_csv(data)
    else:
        labelled = _from_folders(data)
    if not labelled.samples:
        raise ProjectError(
            f"There is no picture to test with in {data.name}; put pictures into class folders, "
            f"or beside {INFO} or {CSV}."
        )
    return labelled


# ------------------------------------------------------------------------------- info.labels


def _from_info(data: Path) -> LabelledSet:
    samples: dict[str, Sample] = {}
    left_out = []
    for entry in info_entries(data / INFO):
        path_text = entry.get("path")
        if not isinstance(path_text, str) or not path_text:
            left_out.append(LeftOut("(no name)", f"its entry in {INFO} has no path"))
            continue
        if entry.get("category", "testing") not in ("testing", "split"):
            continue
        path = _inside(data, path_text)
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
            boxes=tuple(_boxes(entry.get("boundingBoxes"))),
            metadata=_metadata(entry.get("metadata")),
        )
    return LabelledSet(tuple(samples.values()), INFO, tuple(left_out))


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
            names = {encodable(str(item.get("label"))) for item in items if isinstance(item, dict)}
            return (names.pop(), None) if len(names) == 1 else (None, "it carries several labels")
    return None, f"its label in {INFO} is of a kind that no picture has"


def encodable(text: str) -> str:
    """The text without halves of characters, which JSON may hold and no file or page can."""
    return text.encode("utf-8", "replace").decode()


def _boxes(boxes: Any) -> Iterator[LabelledBox]:  # noqa: ANN401 - any JSON value
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


# --------------------------------------------------------------------------------------- CSV


def _from_csv(data: Path) -> LabelledSet:
    samples: dict[str, Sample] = {}
    left_out = []
    try:
        with (data / CSV).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))  # pandas would read a class named NaN as missing
    except (OSError, ValueError, csv.Error) as error:
        raise ProjectError(f"{CSV} cannot be read; save it as UTF-8 text.") from error
    if rows and not {"file", "label"} <= rows[0].keys():
        raise ProjectError(f"{CSV} needs the columns file and label in its first line.")
    for row in rows:
        name, label = row["file"] or "", row["label"]
        path = _inside(data, name)
        if path is None or not name:
            left_out.append(LeftOut(name or "(no name)", "its path leads out of the folder"))
            continue
        samples[name] = Sample(name, path, label.strip() if label and label.strip() else None)
    return LabelledSet(tuple(samples.values()), CSV, tuple(left_out))


# -------------------------------------------------------------------------------------- folders


def _from_folders(data: Path) -> LabelledSet:
    samples, left_out = [], []
    for path in sorted(data.rglob("*")):
        relative = path.relative_to(data)
        if any(part.startswith((".", "__MACOSX")) for part in relative.parts):
            continue
        if not path.is_file():
            continue
        if not is_sample(path):
            if len(relative.parts) > 1:
                left_out.append(
                    LeftOut(relative.as_posix(), "no picture format that is known here")
                )
            continue
        try:
            relative.as_posix().encode()
        except UnicodeEncodeError:
            shown = relative.as_posix().encode("utf-8", "replace").decode()
            left_out.append(LeftOut(shown, "its name is no UTF-8 text; rename it"))
        else:
            label = relative.parts[0] if len(relative.parts) > 1 else None
            samples.append(Sample(relative.as_posix(), path, label))
    labelled = any(sample.label is not None for sample in samples)
    how = "class folders" if labelled else "nothing"
    return LabelledSet(tuple(samples), how, tuple(left_out))


def _inside(folder: Path, name: str) -> Path | None:
    """The path of a named file, None where the name leads out of the folder."""
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError):  # a NUL in it, or links that go round in a circle
        return None
    return path if path.is_relative_to(folder.resolve()) else None
