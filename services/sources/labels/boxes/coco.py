"""COCO's JSON: `_annotations.coco.json`, `instances_val2017.json`, `annotations.json`.

Format: https://cocodataset.org/#format-data; `bbox` is x, y, width, height in pixels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.class_list import ClassList, told_apart
from services.fact import Fact
from services.sample import LabelledBox, LeftOut
from services.sources.decoding import text_of
from services.sources.labels.boxes.drawn import Boxing, DrawnBoxes, PictureSize
from services.sources.labels.boxes.near import files_near, pictures_in
from services.sources.labels.matching import Files
from services.sources.tree import Folder

NEEDED = ("images", "annotations", "categories")
CocoEntry = Mapping[str, Any]


def read_coco(data: Folder, project: Folder) -> DrawnBoxes | None:
    """See `BoxReader`; of several files the one that speaks of most pictures, the others named."""
    read = [
        drawn
        for path in files_near(data, project, ".json")
        if (value := _coco_in(path)) is not None
        and (drawn := _drawn(path, value, data, project)).boxes
    ]
    if not read:
        return None
    best = max(read, key=lambda each: len(each.boxes))
    others = tuple(
        Fact("boxes", each.file, f"speaks of {len(each.boxes)} of these pictures; {best.file} of "
             f"{len(best.boxes)}, and counts")
        for each in read if each is not best
    )  # fmt: skip
    return replace(best, facts=(*best.facts, *others))


def _coco_in(path: Path) -> CocoEntry | None:
    try:
        value = json.loads(text_of(path))
    except (OSError, ValueError, RecursionError):
        return None
    has_all = isinstance(value, dict) and all(isinstance(value.get(key), list) for key in NEEDED)
    return value if has_all else None


def _drawn(path: Path, value: CocoEntry, data: Folder, project: Folder) -> DrawnBoxes:
    names = dict(_categories(value["categories"]))
    boxing, left_out = Boxing(path.name), []
    by_picture: dict[Path, list[LabelledBox]] = {}
    pictures: dict[object, tuple[Path, PictureSize | None]] = {}
    files = Files([*pictures_in(project), *pictures_in(data)], data.path, path.parent)
    for entry in _entries(value["images"]):
        name = str(entry.get("file_name", ""))
        match = files.match(name)
        if match.path is None:
            left_out.append(LeftOut(name or "(no name)", match.problem))
        elif match.path.is_relative_to(data.path):
            pictures[_key(entry.get("id"))] = match.path, _size(entry)
            by_picture.setdefault(match.path, [])
    for entry in _entries(value["annotations"]):
        place = pictures.get(_key(entry.get("image_id")))
        if place is None:
            continue  # of another split, or of a picture that is not here
        picture, size = place
        label = names.get(_key(entry.get("category_id")))
        box = _box(entry.get("bbox"), label or "")
        if label is None:
            boxing.odd(picture.name, "are of a category that the file does not list")
        elif box is None:
            boxing.odd(picture.name, "are no four numbers")
        else:
            by_picture[picture] += boxing.kept(picture.name, [box], size)
    used = {box.label for boxes in by_picture.values() for box in boxes}
    return DrawnBoxes(
        path.name,
        {picture: tuple(boxes) for picture, boxes in by_picture.items()},
        "boxes in COCO's JSON",
        frozenset({path}),
        tuple(left_out),
        _class_list(path.name, names, used),
        facts=boxing.facts,
    )


def _entries(values: list[Any]) -> Iterator[CocoEntry]:
    return (each for each in values if isinstance(each, dict))


def _key(value: object) -> object:
    """An id, which some write as text here and as a number there."""
    return str(value)


def _categories(values: list[Any]) -> Iterator[tuple[object, str]]:
    for entry in _entries(values):
        if "id" in entry and "name" in entry:
            yield _key(entry["id"]), str(entry["name"]).encode("utf-8", "replace").decode()


def _class_list(file: str, names: Mapping[object, str], used: set[str]) -> ClassList | None:
    """The categories by their ids; without a parent of all, as Roboflow writes, if not used."""
    try:
        ordered = [names[key] for key in sorted(names, key=lambda key: int(str(key)))]
    except ValueError:
        ordered = list(names.values())
    if len(ordered) > 1 and ordered[0] not in used and used <= set(ordered[1:]):
        ordered = ordered[1:] if _is_parent(ordered[0]) else ordered
    if not ordered:
        return None
    return ClassList(file, told_apart(ordered), how="the categories by their ids", meant=False)


def _is_parent(name: str) -> bool:
    return "-" in name or name.casefold() in {"objects", "object", "none", "background"}


def _box(value: object, label: str) -> LabelledBox | None:
    try:
        x, y, width, height = (float(side) for side in value)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None
    return LabelledBox(label, x, y, width, height)


def _size(entry: CocoEntry) -> PictureSize | None:
    try:
        width, height = float(entry["width"]), float(entry["height"])
    except (KeyError, TypeError, ValueError):
        return None
    return (width, height) if width > 0 and height > 0 else None
