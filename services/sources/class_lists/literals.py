"""Class names in JSON, or as a Python program prints or assigns them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Numbered = list[tuple[int, str]]  # number of the class, and its name

WRAPPERS = (
    *("class_indices", "class_names", "classes", "labels", "names", "categories", "label_map"),
    *("index_to_class", "class_to_index", "idx_to_class", "class_to_idx", "id2label", "label2id"),
)
NAMES = ("name", "display_name", "displayName", "label", "class", "class_name", "className")
NUMBERS = ("id", "index", "class_id", "classId", "idx", "number")
SYNSET = re.compile(r"n\d{8}")
ASSIGNMENT = re.compile(r"^\s*[\w.]+\s*(?::\s*[\w\[\], ]+)?=\s*(?=[\[{(])")
DEEPEST = 4  # wrappers in wrappers


def value_of(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value that a text writes as JSON or as a Python literal; None where it is neither."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(ASSIGNMENT.sub("", text.strip()))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def names_in(value: Any, depth: int = 0) -> Numbered | None:  # noqa: ANN401 - any JSON value
    """The classes that a value names, by their numbers; None where it names none.

    `["cat", "dog"]`, `{"cat": 0, "dog": 1}`, `{"0": "cat"}`, `{"0": ["n01440764", "tench"]}`,
    `[{"id": 1, "name": "cat"}]`, or one of these under a name such as `classes`.
    """
    if isinstance(value, list | tuple):
        return _of_list(list(value))
    if not isinstance(value, Mapping) or not value:
        return None
    if (by_number := _all(_by_number(value))) or (by_number := _all(_by_name(value))):
        return sorted(by_number)
    if depth < DEEPEST:
        inner = (names_in(value[key], depth + 1) for key in WRAPPERS if key in value)
        return next((names for names in inner if names), None)
    return None


def _of_list(items: list[Any]) -> Numbered | None:
    if not items:
        return None
    if all(isinstance(item, Mapping) for item in items):
        entries = _all(_entry(item, place) for place, item in enumerate(items))
        return entries and sorted(entries)
    return _all((place, _name(item)) for place, item in enumerate(items))


def _by_number(value: Mapping[Any, Any]) -> Iterable[tuple[int | None, str | None]]:
    return ((_number(key), _name(name)) for key, name in value.items())


def _by_name(value: Mapping[Any, Any]) -> Iterable[tuple[int | None, str | None]]:
    return ((_number(number), _name(name)) for name, number in value.items())


def _entry(item: Mapping[str, Any], place: int) -> tuple[int | None, str | None]:
    name = next((_name(item[key]) for key in NAMES if key in item), None)
    number = next((_number(item[key]) for key in NUMBERS if key in item), place)
    return number, name


def _all(pairs: Iterable[tuple[int | None, str | None]]) -> Numbered | None:
    """All pairs, if each has both."""
    whole: Numbered = []
    for number, name in pairs:
        if number is None or not name:
            return None
        whole.append((number, name))
    return whole or None


def _number(value: Any) -> int | None:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and re.fullmatch(r"\s*\d{1,6}\s*", value):
        return int(value)
    return value if type(value) is int else None


def _name(value: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """A class's name; of ImageNet's pairs (synset id, name) the second."""
    match value:
        case str():
            return value.strip()
        case [str(synset), str(name)] if SYNSET.fullmatch(synset):
            return name.strip()
        case {**keys} if any(isinstance(keys.get(key), str) for key in NAMES):
            return next(str(keys[key]).strip() for key in NAMES if isinstance(keys.get(key), str))
    return None
