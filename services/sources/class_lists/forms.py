"""From the text of a file to the names of the classes, whatever form they are written in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.class_list import ClassList, told_apart
from services.imagenet import imagenet
from services.numbers import is_number
from services.sources.class_lists.lines import (
    items_in,
    named_in_yaml,
    names_of,
    split_line,
    without_numbers,
    without_synsets,
)
from services.sources.class_lists.literals import Numbered, names_in, value_of
from services.sources.labels.cells import looks_like_file

NUMBERED = "names with their numbers"
ONE_A_LINE = "one name a line, in the order of the outputs"


def class_list(file: str, text: str) -> ClassList | None:
    """The classes that a text names.

    Args:
        file: its name.
        text: JSON, a Python literal, a `label_map.pbtxt`, or names one a line.

    Returns:
        The classes; None where the text names none, or leaves some out.
    """
    if file.lower().endswith((".yaml", ".yml")):
        text = named_in_yaml(text)
    if items := items_in(text):
        return _by_number(file, items, "the items of a label map")
    value = value_of(text) if text.strip() else None
    if isinstance(value, dict | list | tuple):
        names = names_in(value)
        return _by_number(file, names, NUMBERED) if names else None
    if file.lower().endswith(".json"):
        return None
    return _of_lines(file, text)


def of_table(file: str, rows: Sequence[Sequence[str]]) -> ClassList | None:
    """Classes of a table with a number and a name in each row, such as `ClassId,SignName`.

    Args:
        file: its name.
        rows: of cells, all of one length; the first may be the heading.
    """
    for body in (rows, rows[1:]):
        columns = [[cell.strip() for cell in column] for column in zip(*body, strict=True)]
        numbers = next((own for own in columns if all(cell.isdecimal() for cell in own)), None)
        names = next((own for own in columns if not any(map(is_number, own))), None)
        if numbers and names:
            pairs = sorted(zip(map(int, numbers), names, strict=True))
            if listed := _by_number(file, pairs, NUMBERED):
                return listed
    return None


def of_names(file: str, names: Sequence[str], how: str) -> ClassList | None:
    """Classes by their names alone; None where they name none."""
    apart = _apart(names) if all(names) else ()
    return ClassList(file, apart, how=how) if apart else None


def _of_lines(file: str, text: str) -> ClassList | None:
    names = names_of(text)
    if not names:
        return None
    if len(names) == 1 and len(split_line(names[0])) > 1:
        return of_names(
            file, split_line(names[0]), "names in one line, in the order of the outputs"
        )
    if numbered := without_numbers(names):
        ordered = _by_number(file, sorted(numbered), NUMBERED)
        by_number = sorted(zip(numbered, names, strict=True))
        return ordered and replace(ordered, written=tuple(line for _, line in by_number))
    return of_names(file, without_synsets(names) or names, ONE_A_LINE)


def _by_number(file: str, numbered: Numbered, how: str) -> ClassList | None:
    numbers = [number for number, _ in numbered]
    first = numbers[0]
    if first not in {0, 1} or numbers != list(range(first, first + len(numbers))):
        return None
    listed = of_names(file, [name for _, name in numbered], how)
    return listed and replace(listed, first=first)


def _apart(names: Sequence[str]) -> tuple[str, ...]:
    """Names of which none is twice; ImageNet's by their synset id, others by their place.

    Empty where many are twice, or they are files: these are labels of pictures, one by one.
    """
    if any(map(looks_like_file, names)):
        return ()
    doubles = len(names) - len(set(names))
    if doubles == 0:
        return tuple(names)
    if doubles > max(1, len(names) // 50):
        return ()
    synsets = imagenet().synsets
    if len(names) - len(synsets) in {0, 1} and _is_imagenet(names[-len(synsets) :]):
        before = len(names) - len(synsets)
        ids = ("",) * before + synsets
        return tuple(
            f"{name} {own}" if name in names[:place] else name
            for place, (name, own) in enumerate(zip(names, ids, strict=True))
        )
    return told_apart(names)


def _is_imagenet(names: Sequence[str]) -> bool:
    """Whether most of them stand where ImageNet has them."""
    both = zip(names, imagenet().names, strict=True)
    return sum(one.casefold().replace("_", " ") == own.casefold() for one, own in both) > 500
