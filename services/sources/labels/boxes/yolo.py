"""YOLO's text files, one a picture: beside it, or in `labels` where the pictures are in `images`.

A line is the class's number, the centre and the sides, in shares of the picture's own; of a
segmented object the corners of its outline. Format: https://docs.ultralytics.com/datasets/detect/.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from services.class_list import ClassList
from services.sample import LabelledBox, LeftOut
from services.sources.class_lists.reading import class_list_in
from services.sources.decoding import text_of
from services.sources.labels.boxes.drawn import Boxing, DrawnBoxes, PictureSize, size_here
from services.sources.labels.boxes.near import folders_near, pictures_in
from services.sources.tree import Folder

NAME = "YOLO text files"
LISTS = ("classes.txt", "data.yaml", "data.yml", "dataset.yaml", "obj.names", "_darknet.labels")
LABELS = "labels"
AROUND = "images"
YoloLine = tuple[int, tuple[float, ...]]


def read_yolo(data: Folder, project: Folder) -> DrawnBoxes | None:
    """See `BoxReader`; a picture without a file has nothing on it, as YOLO's own trainers have it.

    Where no list names the classes, a box is labelled by its class's number.
    """
    pictures = pictures_in(data)
    here = _texts(data, project)
    rows: dict[Path, list[YoloLine]] = {}
    files: dict[Path, Path] = {}
    left_out = []
    for picture in pictures:
        path = next((each for each in _places(picture, data) if each in here), None)
        if path is None:
            continue
        files[picture] = path
        try:
            rows[picture] = list(_rows(text_of(path)))
        except (OSError, ValueError) as error:
            left_out.append(LeftOut(path.name, f"it is no text file of YOLO: {error}"))
    if not any(rows.values()):
        return None
    listed = _class_list(data, project)
    boxing, boxes = Boxing(NAME), dict[Path, tuple[LabelledBox, ...]]()
    for picture in pictures:
        if picture in files and picture not in rows:
            continue  # nobody knows what its damaged file says
        own = rows.get(picture, [])
        size = size_here(picture) if own else (1.0, 1.0)
        if size is None:
            continue
        drawn = [_box(number, numbers, listed, size) for number, numbers in own]
        boxes[picture] = boxing.kept(picture.name, drawn, size)
    why = "boxes in YOLO's text files, a file a picture"
    if missing := len(pictures) - len(files):
        why += f"; nothing is on the {missing} pictures without one"
    return DrawnBoxes(
        NAME, boxes, why, frozenset(files.values()), tuple(left_out), listed, facts=boxing.facts
    )


def _texts(data: Folder, project: Folder) -> set[Path]:
    everywhere = (*project.walk(), *data.walk())
    return {p for folder in everywhere for p in folder.others if p.suffix.lower() == ".txt"}


def _places(picture: Path, data: Folder) -> Iterator[Path]:
    """Where the file of a picture may be, the likeliest first."""
    text = picture.with_suffix(".txt")
    yield text
    yield picture.with_name(f"{picture.name}.txt")
    parts = text.parts
    for place in range(len(parts) - 2, 0, -1):
        if parts[place].lower() == AROUND:
            yield Path(*parts[:place], LABELS, *parts[place + 1 :])
    yield text.parent / LABELS / text.name
    yield text.parent.parent / LABELS / text.name
    if text.is_relative_to(data.path):
        yield data.path.parent / LABELS / text.relative_to(data.path)
        yield data.path.parent / LABELS / data.path.name / text.relative_to(data.path)


def _rows(text: str) -> Iterator[YoloLine]:
    """The lines of a file.

    Raises:
        ValueError: one of them is no class with four numbers, or with an outline.
    """
    for line in filter(str.strip, text.split("\n")):
        first, *others = line.split()
        numbers = tuple(map(float, others))
        if (
            not _is_number_of_a_class(first)
            or not all(map(math.isfinite, numbers))
            or len(numbers) < 4
        ):
            raise ValueError(f"“{line.strip()[:40]}” is no box")
        yield int(float(first)), numbers


def _is_number_of_a_class(text: str) -> bool:
    """Whether it is a whole number, which some write as `3.0`."""
    return len(text) < 12 and text.removesuffix(".0").isdecimal()


def _box(
    number: int, numbers: tuple[float, ...], listed: ClassList | None, size: PictureSize
) -> LabelledBox:
    if len(numbers) >= 6 and len(numbers) % 2 == 0:  # an outline; a fifth number is a score
        xs, ys = numbers[0::2], numbers[1::2]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
    else:
        x, y, width, height = numbers[:4]
        left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    known = listed is not None and number < len(listed.names)
    label = listed.names[number] if listed is not None and known else f"{number}"
    return LabelledBox(
        label, left * size[0], top * size[1], (right - left) * size[0], (bottom - top) * size[1]
    )


def _class_list(data: Folder, project: Folder) -> ClassList | None:
    """The names of the numbers, from the nearest list of the likeliest name."""
    near = [path for folder in folders_near(data, project) for path in folder.others]
    for name in LISTS:
        for path in near:
            if path.name.lower() == name and (listed := class_list_in(path)):
                return listed
    return None
