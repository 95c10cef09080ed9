"""Tables of files and labels: `labels.csv` and its kin."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from types import MappingProxyType

from services.class_list import ClassList, told_apart
from services.errors import ProjectError
from services.label_sets import joined_labels
from services.numbers import is_number
from services.sample import LeftOut, Sample
from services.sources.decoding import text_of
from services.sources.labels.cells import TextTable, cells_of, looks_like_file
from services.sources.labels.columns import (
    Columns,
    columns_of,
    file_column,
    has_heading,
    levelled_word,
)
from services.sources.labels.labelled import LabelledSet
from services.sources.labels.matching import Files, How, Match
from services.sources.splits import Split
from services.sources.tree import Folder

CSV = "labels.csv"
LOOKED_AT = 500  # rows that tell the columns apart
TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl")
SHEET_ENDINGS = (".xlsx", ".xls", ".ods", ".numbers")
WORDS = re.compile(  # in the name of a file that labels pictures
    r"(?:^|[^a-z])(?:labels?|class(?:es)?|annotations?|truth|targets?|gt)(?:$|[^a-z])"
    r"|groundtruth|labels$"
)


@dataclass(frozen=True)
class LabelRow:
    """A row of a table of labels, and its file."""

    name: str
    label: str | None
    others: dict[str, str]
    match: Match
    split: Split | None = None
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def is_label_table(name: str) -> bool:
    """Whether a file is a table of labels, by its name: `labels.csv`, `_classes.csv`, `gt.tsv`."""
    path = Path(name.lower())
    return path.suffix in {".csv", ".tsv"} and bool(WORDS.search(path.stem))


def tables_near(data: Folder, project: Folder) -> list[Path]:
    """Files that may be a table of labels: with the pictures, on the way there, or beside that.

    `labels.csv` comes first, the nearest before others; then those that are called like one.
    """
    near = _near(data, project, TABLE_ENDINGS)
    tables = (path for path in near if "submission" not in path.name.lower())  # answers, no truth
    return sorted(tables, key=lambda path: (path.name != CSV, not is_label_table(path.name)))


def sheets_near(data: Folder, project: Folder) -> list[Path]:
    """Files of a spreadsheet program, which are not read, where a table of labels may be."""
    return _near(data, project, SHEET_ENDINGS)


def _near(data: Folder, project: Folder, endings: Container[str]) -> list[Path]:
    folders = {folder.path: folder for folder in project.walk()}
    way = [
        folders.get(place, data)
        for place in (data.path, *data.path.parents)
        if place == data.path or place in folders
    ]
    beside = [inner for folder in way for inner in folder.folders if not inner.count]
    paths = (path for folder in (*way, *beside) for path in folder.others)
    return list(dict.fromkeys(path for path in paths if path.suffix.lower() in endings))


def from_table(path: Path, data: Folder, project: Folder, label: str = "") -> LabelledSet | None:
    """The samples that a table lists.

    Args:
        path: the table.
        data: the folder that is looked at; rows of other pictures of the project are passed over.
        project: the whole folder.
        label: the heading of the column with the labels, where project.toml names it.

    Returns:
        The samples; None where the file is no table of pictures here.

    Raises:
        ProjectError: it has no such column.
    """
    try:
        cells = cells_of(path.name, text_of(path))
    except (OSError, ValueError, csv.Error):
        return None
    if not cells.rows:
        return None
    samples = (
        each for folder in (project, data) for inner in folder.walk() for each in inner.samples
    )
    files = Files(samples, data.path, path.parent)
    matches = {cell: files.match(cell.strip()) for cell in _may_be_files(cells)}
    columns = _columns(cells, matches, label)
    if columns is None:
        return None
    rows = [
        LabelRow(name, label, dict(others), matches.get(name) or files.match(name), split, metadata)
        for name, label, others, split, metadata in zip(
            columns.files,
            columns.labels,
            columns.others or repeat({}, len(columns.files)),
            columns.splits or repeat(None, len(columns.files)),
            columns.metadata or repeat(MappingProxyType({}), len(columns.files)),
            strict=True,
        )
    ]
    return _labelled(path.name, rows, columns, data)


def table_refused(path: Path, labelled: LabelledSet | None) -> ProjectError:
    """What to say of a `labels.csv` that names no picture here.

    Args:
        path: the table.
        labelled: what was read of it; None where it is no table of files.
    """
    if labelled is not None and labelled.left_out:
        first = labelled.left_out[0]
        return ProjectError(
            f"{path.name} names {len(labelled.left_out)} samples, and none is here; "
            f"the first is {first.name}: {first.reason}."
        )
    try:
        cells = cells_of(path.name, text_of(path))
    except (OSError, ValueError, csv.Error):
        return ProjectError(f"{path.name} cannot be read; save it as UTF-8 text.")
    line = ", ".join(cells.rows[0]) if cells.rows else ""
    return ProjectError(
        f"{path.name} needs a column with the samples' files, such as file, and one with their "
        f"labels, such as label; its first line is “{line[:80]}”."
    )


def _may_be_files(cells: TextTable) -> set[str]:
    return {cell for row in cells.rows[:LOOKED_AT] for cell in row if cell.strip()}


def _columns(cells: TextTable, matches: dict[str, Match], label: str) -> Columns | None:
    """The columns of file and label, if there are."""
    is_file = {
        cell: 2 if match.how in {How.PATH, How.NAME} else 1
        for cell, match in matches.items()
        if match.path is not None
    }
    looks = {cell: 2 for cell in matches if looks_like_file(cell)}
    heading = cells.rows[0] if has_heading(cells.rows[0], is_file | looks) else ()
    body = replace(cells, rows=cells.rows[1:]) if heading else cells
    number = file_column(heading, body, is_file or looks)
    if number is None or not body.rows:
        return None
    if label and levelled_word(label) not in map(levelled_word, heading):
        shown = ", ".join(heading) or "none with a heading"
        raise ProjectError(
            f"project.toml names the column {label} for the labels, but the table has {shown}."
        )
    return columns_of(heading, body, number, label)


def _labelled(file: str, rows: Sequence[LabelRow], columns: Columns, data: Folder) -> LabelledSet:
    by_file: dict[Path, list[LabelRow]] = defaultdict(list)
    left_out = []
    for row in rows:
        if row.match.path is None:
            left_out.append(LeftOut(row.name or "(no name)", row.match.problem))
        else:
            by_file[row.match.path].append(row)
    here = {path: own for path, own in by_file.items() if path.is_relative_to(data.path)}
    here, split = _best_split(here)
    samples = [_sample(path, _surest(own), data.path) for path, own in here.items()]
    names = told_apart(columns.one_hot)
    by_column = ClassList(file, names, how="one column a class", meant=False) if names else None
    listed = by_column or _numbered(file, rows)
    return LabelledSet(
        tuple(samples),
        file,
        tuple(left_out),
        why=_said(rows, here, columns, data) + split,
        class_lists=(listed,) if listed else (),
    )


def _numbered(file: str, rows: Sequence[LabelRow]) -> ClassList | None:
    """The classes that a table gives both a name and a number, `class_name` and `class_id`."""
    for heading in rows[0].others if rows else ():
        pairs = {(row.label, row.others[heading]) for row in rows if row.label is not None}
        names = dict(pair if pair[1].isdecimal() else pair[::-1] for pair in pairs)
        numbers = sorted(int(number) for number in names.values() if number.isdecimal())
        counted = any(numbers == list(range(n, n + len(pairs))) for n in (0, 1))
        if counted and 2 <= len(names) == len(pairs) < len(rows) and not any(map(is_number, names)):
            ordered = tuple(sorted(names, key=lambda name: int(names[name])))
            how = f"names with their numbers, by the columns of label and {heading}"
            return ClassList(file, ordered, first=numbers[0], how=how, meant=False)
    return None


def _best_split(
    here: dict[Path, list[LabelRow]],
) -> tuple[dict[Path, list[LabelRow]], str]:
    """The rows of the best split to test with, where they tell of several; and what to say."""
    splits = {row.split for rows in here.values() for row in rows if row.split is not None}
    if len(splits) < 2:
        return here, ""
    best = min(splits)
    kept = {path: rows for path, rows in here.items() if any(row.split is best for row in rows)}
    return kept, f"; only those of the {best.word} split, as it says: {len(kept)}"


def _surest(rows: Sequence[LabelRow]) -> list[LabelRow]:
    """Of rows that lead to one file those whose path is most like its own."""
    longest = max(row.match.tail for row in rows)
    return [row for row in rows if row.match.tail == longest]


def _sample(path: Path, rows: Sequence[LabelRow], data: Path) -> Sample:
    labels = list(dict.fromkeys(row.label for row in rows if row.label is not None))
    relative = path.relative_to(data).as_posix()
    written = rows[0].name
    own = written if rows[0].match.how is How.PATH and (data / written) == path else relative
    label = labels[0] if len(labels) == 1 else joined_labels(labels) if labels else None
    return Sample(own, path, label, metadata=_told(rows), columns=rows[0].others)


def _told(rows: Sequence[LabelRow]) -> Mapping[str, str]:
    """What all rows of a picture say of it; an empty cell says nothing."""
    first, *others = (row.metadata.items() for row in rows)
    return MappingProxyType(
        {
            key: value
            for key, value in first
            if value and all((key, value) in other for other in others)
        }
    )


def _said(
    rows: Sequence[LabelRow], here: dict[Path, list[LabelRow]], columns: Columns, data: Folder
) -> str:
    """What of a table was matched, and how; the first name that was not."""
    matched = [row for row in rows if row.match.path is not None]
    hows = Counter(row.match.how for row in matched)
    how = ", ".join(how for how in How if how in hows)
    said = [f"{len(matched)} of {len(rows)} rows matched {how}".strip(), columns.said]
    elsewhere = len({row.match.path for row in matched}) - len(here)
    if elsewhere:
        said.append(f"of other folders, and passed over: {elsewhere}")
    if data.count > len(here):
        said.append(f"samples here that no row names, left out: {data.count - len(here)}")
    missing = next((row for row in rows if row.match.path is None), None)
    if missing is not None:
        name = missing.name or "a row without a name"
        said.append(f"the first that was not matched is {name}: {missing.match.problem}")
    return "; ".join(said)
