"""A table with a row for each box: Roboflow's and TensorFlow's CSV, and that of Open Images.

Corners in pixels, or in shares of the picture where no number of the table is above 1:
`filename,width,height,class,xmin,ymin,xmax,ymax` or `ImageID,LabelName,XMin,XMax,YMin,YMax`
(https://storage.googleapis.com/openimages/web/download_v7.html).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.sample import LabelledBox, LeftOut
from services.sources.decoding import text_of
from services.sources.labels.boxes.drawn import Boxing, DrawnBoxes, PictureSize, size_here
from services.sources.labels.boxes.near import files_near, pictures_in
from services.sources.labels.cells import cells_of
from services.sources.labels.matching import Files
from services.sources.tree import Folder

ENDINGS = (".csv", ".tsv")
FILES = ("filename", "file", "image", "imageid", "image_id", "path", "img")
NAMES = ("class", "label", "labelname", "class_name", "name", "category")
EDGES = ("xmin", "ymin", "xmax", "ymax")
SIDES = ("width", "height")


@dataclass(frozen=True)
class _Columns:
    """Where what stands; `sides` is None where the table has no sizes of pictures."""

    file: int
    name: int
    edges: tuple[int, ...]
    sides: tuple[int, ...] | None


def read_box_table(data: Folder, project: Folder) -> DrawnBoxes | None:
    """See `BoxReader`; of several tables the one that speaks of most pictures.

    A row without corners says that nothing is on its picture.
    """
    read = [
        drawn
        for path in files_near(data, project, *ENDINGS)
        if (rows := _rows(path)) is not None and (drawn := _drawn(path, *rows, data, project)).boxes
    ]
    return max(read, key=lambda each: len(each.boxes), default=None)


def _rows(path: Path) -> tuple[_Columns, tuple[tuple[str, ...], ...]] | None:
    try:
        heading, *rows = cells_of(path.name, text_of(path)).rows
    except (OSError, ValueError, csv.Error):
        return None
    columns = _columns(heading)
    return None if columns is None else (columns, tuple(rows))


def _columns(heading: tuple[str, ...]) -> _Columns | None:
    """The columns by their headings; None where it is no table of boxes."""
    places: Mapping[str, int] = {
        cell.strip().casefold(): place for place, cell in reversed([*enumerate(heading)])
    }
    file = next((places[name] for name in FILES if name in places), None)
    name = next((places[name] for name in NAMES if name in places), None)
    if file is None or name is None or not all(edge in places for edge in EDGES):
        return None
    sides = tuple(places[side] for side in SIDES) if all(s in places for s in SIDES) else None
    return _Columns(file, name, tuple(places[edge] for edge in EDGES), sides)


def _drawn(
    path: Path, columns: _Columns, rows: tuple[tuple[str, ...], ...], data: Folder, project: Folder
) -> DrawnBoxes:
    files = Files([*pictures_in(project), *pictures_in(data)], data.path, path.parent)
    boxing, left_out = Boxing(path.name), dict[str, LeftOut]()
    boxes: dict[Path, list[LabelledBox]] = {}
    sizes: dict[Path, PictureSize | None] = {}
    in_shares = _in_shares(columns, rows)
    for row in rows:
        name = row[columns.file].strip()
        match = files.match(name)
        if match.path is None:
            left_out.setdefault(name, LeftOut(name or "(no name)", match.problem))
            continue
        if not match.path.is_relative_to(data.path):
            continue  # of another split
        own, cells = boxes.setdefault(match.path, []), [row[at].strip() for at in columns.edges]
        if not any(cells):
            continue
        if match.path not in sizes:
            sizes[match.path] = _size(columns, row) or size_here(match.path)
        size = sizes[match.path]
        label, edges = row[columns.name].strip(), [_number(cell) for cell in cells]
        if not all(map(math.isfinite, edges)):
            boxing.odd(match.path.name, "have no four corners")
        elif not label:
            boxing.odd(match.path.name, "have no name")
        elif size is not None or not in_shares:
            box = _box(label, edges, size if in_shares else None)
            own += boxing.kept(match.path.name, [box], size)
    how = "in shares of their picture" if in_shares else "in pixels"
    return DrawnBoxes(
        path.name,
        {picture: tuple(own) for picture, own in boxes.items()},
        f"a box a row, its corners {how}",
        frozenset({path}),
        tuple(left_out.values()),
        facts=boxing.facts,
    )


def _in_shares(columns: _Columns, rows: tuple[tuple[str, ...], ...]) -> bool:
    return not any(number > 1 for row in rows for number in _edges(columns, row))


def _edges(columns: _Columns, row: tuple[str, ...]) -> Iterator[float]:
    return (_number(row[at]) for at in columns.edges)


def _box(label: str, edges: list[float], size: PictureSize | None) -> LabelledBox:
    """In pixels.

    Args:
        label: what is in it.
        edges: left, top, right, bottom.
        size: of the picture, where these are shares of it.
    """
    width, height = size or (1.0, 1.0)
    left, top, right, bottom = edges
    return LabelledBox(
        label, left * width, top * height, (right - left) * width, (bottom - top) * height
    )


def _size(columns: _Columns, row: tuple[str, ...]) -> PictureSize | None:
    width, height = (_number(row[at]) for at in columns.sides or ()) if columns.sides else (0, 0)
    return (width, height) if 0 < width < math.inf and 0 < height < math.inf else None


def _number(text: str) -> float:
    """A number; none is NaN."""
    try:
        return float(text)
    except ValueError:
        return math.nan
