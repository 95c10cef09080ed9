"""The cells of a table, whichever program wrote it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.label_sets import joined_labels

DELIMITERS = ("\t", ";", "|", ",")
FILE_ENDING = re.compile(
    r"\.(?:png|jpe?g|jfif|bmp|gif|tiff?|webp|avif|hei[cf]|ppm|pgm|npy|npz|wav)$", re.IGNORECASE
)
LISTED = re.compile(r"(\S.*?\.\w{2,5})[ \t]+(\S.*)")  # `images/a.png 3`, as Caffe's lists are
COCO = ("images", "annotations", "categories")
DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+(?:,\d+)?\s*")
csv.field_size_limit(1 << 20)


@dataclass(frozen=True)
class TextTable:
    """A table.

    Attributes:
        rows: of cells, all of one length, the heading among them where there is one.
        delimiter: what stood between them; "" where it was no text of columns.
    """

    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ""

    def column(self, number: int) -> tuple[str, ...]:
        """The cells of one column."""
        return tuple(row[number] for row in self.rows)


def looks_like_file(cell: str) -> bool:
    """Whether a cell names a file, by its ending."""
    return bool(FILE_ENDING.search(cell.strip()))


def cells_of(name: str, text: str) -> TextTable:
    """The cells of a text.

    Args:
        name: of its file; its ending tells JSON and lists of files from tables.
        text: the whole of it.

    Raises:
        ValueError: it is broken JSON.
    """
    if name.lower().endswith((".json", ".jsonl", ".ndjson")):
        return _filled(_of_json(_json_values(text)), "")
    delimiter = _delimiter(text)
    if name.lower().endswith(".txt") or not delimiter:
        lines = [line for line in text.split("\n") if line.strip()]
        listed = [LISTED.fullmatch(line.strip()) for line in lines]
        whole = [(match[1], match[2].strip()) for match in listed if match]
        if len(whole) == len(lines) and all(looks_like_file(file) for file, _ in whole):
            return _filled(whole, " ")
    return _filled(_rows(text, delimiter or ","), delimiter)


def without_decimal_comma(column: Sequence[str], delimiter: str) -> tuple[str, ...]:
    """Numbers that are written with a comma, with a point."""
    filled = [cell for cell in column if cell.strip()]
    commas = any("," in cell for cell in filled) and delimiter != ","
    if commas and all(DECIMAL_COMMA.fullmatch(cell) for cell in filled):
        return tuple(cell.replace(",", ".") for cell in column)
    return tuple(column)


def _delimiter(text: str) -> str:
    """What most rows are parted by into as many cells as the first one; "" where nothing is."""

    def fit(delimiter: str) -> tuple[float, int]:
        lengths = [len(row) for row in _rows(text[:100_000], delimiter)]
        first = lengths[0] if lengths else 0
        return (lengths.count(first) / len(lengths), first) if first > 1 else (0.0, 0)

    best = max(DELIMITERS, key=fit)
    return best if fit(best)[1] else ""


def _rows(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    return [row for row in reader if any(cell.strip() for cell in row)]


def _filled(rows: Sequence[Sequence[str]], delimiter: str) -> TextTable:
    """Rows of one length: that of most, for a lost comma must not make another column."""
    lengths = Counter(len(row) for row in rows)
    width = max(lengths, key=lambda length: (lengths[length], length), default=0)
    width = max(width, len(rows[0]) if rows else 0)
    return TextTable(tuple((*row, *[""] * width)[:width] for row in map(tuple, rows)), delimiter)


# ------------------------------------------------------------------------------------------- JSON


def _json_values(text: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]


def _of_json(value: Any) -> list[list[str]]:  # noqa: ANN401 - any JSON value
    """A heading and rows: of `{"a.png": "cat"}`, or of a list of objects."""
    if isinstance(value, Mapping):
        if all(isinstance(value.get(key), list) for key in COCO):
            return _of_coco(*(value[key] for key in COCO))
        if value and all(looks_like_file(str(key)) for key in value):
            if all(isinstance(each, Mapping) for each in value.values()):
                return _of_objects([{"file": key, **each} for key, each in value.items()])
            return [["file", "label"], *([str(k), _cell(v)] for k, v in value.items())]
        lists = [each for each in value.values() if isinstance(each, list)]
        return _of_json(lists[0]) if len(lists) == 1 else []
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        return _of_objects(value)
    return []


def _of_coco(images: list[Any], annotations: list[Any], categories: list[Any]) -> list[list[str]]:
    """A row for each object that was annotated, with its picture's file and its category."""
    try:
        files = {each["id"]: str(each["file_name"]) for each in images}
        names = {each["id"]: str(each["name"]) for each in categories}
        return [
            ["file", "label"],
            *([files[each["image_id"]], names[each["category_id"]]] for each in annotations),
        ]
    except (KeyError, TypeError):
        return []


def _of_objects(values: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    heading = list(dict.fromkeys(key for each in values for key in each))
    return [heading, *([_cell(each.get(key)) for key in heading] for each in values)]


def _cell(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return joined_labels(map(str, value))
    return "" if value is None else str(value)
