"""Which columns of a table hold the file and the label."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from services.label_sets import NONE_TRUE, joined_labels
from services.numbers import is_number
from services.sources.labels.cells import TextTable, without_decimal_comma
from services.sources.splits import Split, split_of

FILE_WORDS = (
    *("file", "filename", "filenames", "file name", "files", "image", "images", "img", "picture"),
    *("pictures", "photo", "path", "paths", "filepath", "filepaths", "file path", "image path"),
    *("img path", "image name", "imagename", "image file", "image filename", "img name", "id"),
    *("image id", "imageid", "id code", "name", "sample", "frame", "url", "uri", "key"),
)
LABEL_WORDS = (  # names before numbers
    *("label", "labels", "class", "classes", "class name", "classname", "category", "categories"),
    *("category name", "label name", "target", "targets", "tag", "tags", "true label", "truth"),
    *(
        "ground truth",
        "groundtruth",
        "gt",
        "true",
        "true class",
        "actual",
        "expected",
        "annotation",
        "species",
    ),
    *("breed", "diagnosis", "dx", "emotion", "y", "value", "score", "class id", "classid"),
    *("label id", "category id", "class index", "class idx", "label idx", "index"),
)
SPLIT_WORDS = frozenset({
    "split", "subset", "set", "data set", "dataset", "usage", "partition", "phase", "part", "type",
})  # fmt: skip
TOLD_OTHERWISE = SPLIT_WORDS | {"", "width", "height"}
ANSWERS = re.compile(r"predict|\bpred\b|prob|confiden|logit|verdict")  # of a network, not the truth
YES, NO = frozenset({"1", "1.0", "true", "yes"}), frozenset({"0", "0.0", "false", "no", ""})


@dataclass(frozen=True)
class Columns:
    """What the rows of a table say, without its heading.

    Attributes:
        files: the cell that names the file, of each row.
        labels: the label of each row; None where there is none.
        others: what each row says under the headings that may be labels, the likeliest first;
            empty where only one may be.
        said: the column of the label, for the person.
        one_hot: the names of the classes where each has a column, in their order.
        splits: which part of the data set each row says it is of; empty where they say none.
        metadata: what each row says beside file and label, under its headings; empty where it has
            no heading or says nothing more.
    """

    files: tuple[str, ...]
    labels: tuple[str | None, ...]
    others: tuple[Mapping[str, str], ...]
    said: str
    one_hot: tuple[str, ...] = ()
    splits: tuple[Split, ...] = ()
    metadata: tuple[Mapping[str, str], ...] = ()


def has_heading(first: Sequence[str], is_file: Mapping[str, int]) -> bool:
    """Whether a table's first row names its columns: no cell of it is a file.

    Args:
        first: the row.
        is_file: the cells that name a file here.
    """
    words = {levelled_word(cell) for cell in first}
    if words & {*FILE_WORDS, *LABEL_WORDS}:
        return True
    return not any(cell in is_file for cell in first)


def levelled_word(heading: str) -> str:
    """A heading in small letters with single spaces: `File_Name` and `fileName` are `file name`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.strip())
    return re.sub(r"[\s_.\-]+", " ", apart).strip().lower()


def file_column(heading: Sequence[str], cells: TextTable, is_file: Mapping[str, int]) -> int | None:
    """The column that names files; None where none does.

    Args:
        heading: of each column; empty where there is none.
        cells: without it.
        is_file: the cells that name a file here, and how surely (2 with its ending, 1 without).
    """
    words = [levelled_word(word) for word in heading]

    def speaks(number: int) -> tuple[int, bool, int]:
        sure = [is_file.get(cell, 0) for cell in cells.column(number)]
        named = bool(words) and words[number] in FILE_WORDS
        return sum(each == 2 for each in sure), named, sum(each == 1 for each in sure)

    numbers = range(len(cells.rows[0])) if cells.rows else ()
    best = max(numbers, key=speaks, default=None)
    return best if best is not None and any(speaks(best)) else None


def columns_of(
    heading: Sequence[str], cells: TextTable, files: int, named: str = ""
) -> Columns | None:
    """What the rows say of their files; None where no column is left for a label.

    Args:
        heading: of each column; empty where there is none.
        cells: without it.
        files: the column that names files.
        named: the heading of the label, where a person says it; "" else.
    """
    columns = _labels(heading, cells, files, levelled_word(named))
    return columns and replace(columns, splits=_splits(heading, cells))


def _splits(heading: Sequence[str], cells: TextTable) -> tuple[Split, ...]:
    """The first column that is called like one of splits and tells of nothing else."""
    for number, word in enumerate(heading):
        if levelled_word(word) in SPLIT_WORDS:
            splits = [
                split for cell in cells.column(number) if (split := split_of(cell)) is not None
            ]
            if len(splits) == len(cells.rows):
                return tuple(splits)
    return ()


def _labels(heading: Sequence[str], cells: TextTable, files: int, named: str) -> Columns | None:
    names = [word.strip() or f"column {number + 1}" for number, word in enumerate(heading)] or [
        f"column {number + 1}" for number in range(len(cells.rows[0]))
    ]
    words = [levelled_word(word) for word in heading] or [""] * len(names)
    left = [
        n
        for n in range(len(names))
        if n != files and not _only_counts(words[n], n, cells) and not ANSWERS.search(words[n])
    ]
    if not left:
        return None
    texts = {
        n: tuple(c.strip() for c in without_decimal_comma(cells.column(n), cells.delimiter))
        for n in left
    }
    ranks = {word: rank for rank, word in enumerate((*([named] if named else ()), *LABEL_WORDS))}
    by_word = sorted((n for n in left if words[n] in ranks), key=lambda n: ranks[words[n]])
    paths = tuple(cell.strip() for cell in cells.column(files))
    told = [n for n in left if words[n] not in TOLD_OTHERWISE or not heading] or left
    if not by_word and len(told) > 1 and all(_is_flag(texts[n]) for n in told):
        flags = _one_hot(paths, [names[n] for n in told], [texts[n] for n in told])
        return replace(flags, metadata=_others(names, texts, [n for n in left if n not in told], 1))
    told.sort(key=lambda n: _tells_each_apart(texts[n]))
    likely = list(dict.fromkeys([*by_word, *told]))
    label = likely[0]
    return Columns(
        files=paths,
        labels=tuple(cell or None for cell in texts[label]),
        others=_others(names, texts, sorted(likely), 2),
        said=f"column {names[label]}" if heading else names[label],
        metadata=_others(names, texts, [n for n in left if n != label], 1) if heading else (),
    )


def _others(
    names: Sequence[str], texts: Mapping[int, Sequence[str]], kept: Sequence[int], least: int
) -> tuple[Mapping[str, str], ...]:
    """Some columns of each row by their headings; none where there are fewer than `least`."""
    if len(kept) < least:
        return ()
    rows = zip(*(texts[number] for number in kept), strict=True)
    own = [names[number] for number in kept]
    return tuple(MappingProxyType(dict(zip(own, row, strict=True))) for row in rows)


def _only_counts(word: str, number: int, cells: TextTable) -> bool:
    """Whether a column is the running number that pandas writes."""
    if number or word not in {"", "unnamed: 0", "unnamed 0", "index", "idx", "no", "row"}:
        return False
    column = cells.column(number)
    first = column[0] if column else ""
    return first in {"0", "1"} and list(column) == [
        str(n) for n in range(int(first), int(first) + len(column))
    ]


def _tells_each_apart(column: Sequence[str]) -> bool:
    """Whether a column is another name of each row, such as a file or a checksum."""
    names = not any(map(is_number, column))
    return names and len(set(column)) == len(column) > 2


def _is_flag(column: Sequence[str]) -> bool:
    return all(cell.lower() in YES | NO for cell in column)


def _one_hot(
    files: tuple[str, ...], names: Sequence[str], columns: Sequence[Sequence[str]]
) -> Columns:
    """One column a class: the label is the name of the column with the 1, or of several."""
    said = [
        tuple(name for name, cell in zip(names, row, strict=True) if cell.lower() in YES)
        for row in zip(*columns, strict=True)
    ]
    none = NONE_TRUE if any(len(own) > 1 for own in said) else None
    labels = tuple(joined_labels(own) if own else none for own in said)
    return Columns(files, labels, (), f"{len(names)} columns, one a class", tuple(names))
