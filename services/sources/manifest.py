"""Reading `project.toml`: what a folder says of itself, checked word by word."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf, isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from gradcam import Color, Resize, ResizeMethod, Scaling
from services.errors import ProjectError
from services.media.sound.features import Features, features_in
from services.sources.mixture import MIXTURE_KEYS, MixtureTold
from services.tasks.registry import TASKS
from services.tasks.task import TaskSetting

PROJECT_FILE = "project.toml"
IMAGENET = "imagenet"  # in place of a list of classes
KNOWN = frozenset({
    "name", "model", "data", "task", "classes", "label", "output",
    *(f"input.{key}" for key in (
        "width", "height", "resize", "resize_method", "crop_anchor", "color", "scaling",
        "mean", "deviation", "std", "exif", "white", "array",
    )),
    *(f"anomaly.{key}" for key in MIXTURE_KEYS),
})  # fmt: skip
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Manifest:
    """What `project.toml` says; None where it says nothing. See docs/folders.md for the format.

    `imagenet` asks for the names of its classes, `label` is a column of the table of labels, `task`
    is the name of one, `output` that of one of several outputs or its number, `settings` are those
    of tasks by their names, `mixture` scores features, `file` is where all that stands, if in a
    file, `features` is what is made of sounds. `unknown` lists keys that mean nothing here, such as
    misspelt ones.
    """

    name: str | None = None
    model: str | None = None
    data: str | None = None
    task: str | None = None
    classes: tuple[str, ...] | None = None
    imagenet: bool = False
    label: str | None = None
    output: str | None = None
    file: str = field(default="", compare=False)
    width: int | None = None
    height: int | None = None
    resize: Resize | None = None
    resize_method: ResizeMethod | None = None
    crop_anchor: str | None = None
    color: Color | None = None
    scaling: Scaling | None = None
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()
    exif: bool | None = None
    white: float | None = None
    array: str | None = None
    features: Features | None = None
    mixture: MixtureTold = field(default_factory=MixtureTold)
    settings: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """Read a folder's `project.toml`; an empty manifest where there is none.

    Raises:
        ProjectError: it cannot be read, or a value is not one of those allowed.
    """
    path = folder / PROJECT_FILE
    if not path.is_file():
        return Manifest()
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ProjectError(f"{PROJECT_FILE} cannot be read: {_one_line(error)}.") from error
    given = _table(values, "input")
    imagenet = values.get("classes") == IMAGENET
    return Manifest(
        name=_text(values, "name"),
        model=_text(values, "model"),
        data=_text(values, "data"),
        task=_task(values),
        classes=None if imagenet else _texts(values, "classes"),
        imagenet=imagenet,
        label=_text(values, "label"),
        output=_text_or_number(values, "output"),
        file=PROJECT_FILE,
        width=_whole(given, "width", 1),
        height=_whole(given, "height", 1),
        resize=_choice(given, "resize", Resize),
        resize_method=_choice(given, "resize_method", ResizeMethod),
        crop_anchor=_text(given, "crop_anchor"),
        color=_choice(given, "color", Color),
        scaling=_choice(given, "scaling", Scaling),
        mean=_numbers(given, "mean"),
        deviation=_numbers(given, "deviation") or _numbers(given, "std"),
        exif=_switch(given, "exif"),
        white=_white(given),
        array=_text(given, "array"),
        features=features_in(table, PROJECT_FILE)
        if (table := _table(values, "features"))
        else None,
        mixture=_mixture(_table(values, "anomaly")),
        settings=MappingProxyType(
            {name: settings for name in TASKS if (settings := _settings(values, name))}
        ),
        unknown=tuple(
            key
            for key in _keys(values)
            if key not in KNOWN | _of_tasks() and not key.startswith("features.")  # told there
        ),
    )


def _mixture(table: Mapping[str, Any]) -> MixtureTold:
    """What scores the network's features."""
    return MixtureTold(
        file=_text(table, "mixture"),
        layer=_text(table, "layer"),
        window=_whole(table, "window", 1),
        stride=_whole(table, "stride", 1),
        projection=_text(table, "projection"),
    )


def _of_tasks() -> set[str]:
    return {f"{task.name}.{setting.name}" for task in TASKS.values() for setting in task.settings}


def _settings(values: Mapping[str, Any], task: str) -> Mapping[str, float]:
    """What the task's own table says."""
    table = _table(values, task)
    read = {setting.name: _setting(table, setting) for setting in TASKS[task].settings}
    return MappingProxyType({name: value for name, value in read.items() if value is not None})


def _setting(table: Mapping[str, Any], setting: TaskSetting) -> float | None:
    if setting.whole:
        return _whole(table, setting.name, 0)
    return _number(table, setting.name, setting.most)


def _keys(values: Mapping[str, Any]) -> list[str]:
    """Keys as `key`, or `table.key` inside a table."""
    keys = []
    for key, value in values.items():
        keys += [f"{key}.{inner}" for inner in value] if isinstance(value, dict) else [key]
    return keys


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def _table(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    table = values.get(key, {})
    if not isinstance(table, dict):
        raise ProjectError(
            f"In {PROJECT_FILE}, {key} must be a table: write [{key}] on a line of its own."
        )
    return table


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    if value is not None and not isinstance(value, str):
        raise ProjectError(
            f'In {PROJECT_FILE}, {key} must be a text in quotes, such as {key} = "…".'
        )
    return value


def _text_or_number(values: Mapping[str, Any], key: str) -> str | None:
    whole = type(values.get(key)) is int
    return str(_whole(values, key, 0)) if whole else _text(values, key)


def _texts(values: Mapping[str, Any], key: str) -> tuple[str, ...] | None:
    value = values.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        raise ProjectError(f'In {PROJECT_FILE}, {key} must be a list of texts, such as ["a", "b"].')
    if len(set(value)) != len(value):
        raise ProjectError(f"In {PROJECT_FILE}, {key} names the same class twice.")
    return tuple(value)


def _choice(values: Mapping[str, Any], key: str, options: type[E]) -> E | None:
    value = values.get(key)
    if value is None:
        return None
    try:
        return options(value)
    except ValueError as error:
        raise _none_of(key, value, options) from error


def _task(values: Mapping[str, Any]) -> str | None:
    name = values.get("task")
    if name is not None and name not in list(TASKS):  # a table has no hash to be looked up by
        raise _none_of("task", name, TASKS)
    return name


def _none_of(key: str, value: object, options: Iterable[str]) -> ProjectError:
    allowed = ", ".join(f'"{option}"' for option in options)
    return ProjectError(f"In {PROJECT_FILE}, {key} is {value!r}, which is none of {allowed}.")


def _whole(values: Mapping[str, Any], key: str, least: int) -> int | None:
    value = values.get(key)
    if value is not None and (type(value) is not int or value < least):
        raise ProjectError(f"In {PROJECT_FILE}, {key} must be a whole number of at least {least}.")
    return value


def _numbers(values: Mapping[str, Any], key: str) -> tuple[float, ...]:
    value = values.get(key, [])
    numbers = value if isinstance(value, list) else [value]
    if not all(type(number) in {int, float} and isfinite(number) for number in numbers):
        raise ProjectError(
            f"In {PROJECT_FILE}, {key} must be a number, or a list of one number a channel, "
            f"such as {key} = [0.5, 0.5, 0.5]."
        )
    return tuple(float(number) for number in numbers)


def _switch(values: Mapping[str, Any], key: str) -> bool | None:
    value = values.get(key)
    if value is not None and not isinstance(value, bool):
        raise ProjectError(f"In {PROJECT_FILE}, {key} must be true or false, without quotes.")
    return value


def _white(values: Mapping[str, Any]) -> float | None:
    white = _number(values, "white", inf)
    if white == 0:
        raise ProjectError(f"In {PROJECT_FILE}, white must be a number above 0, such as 4095.")
    return white


def _number(values: Mapping[str, Any], key: str, most: float) -> float | None:
    value = values.get(key)
    if value is None:
        return None
    if type(value) not in {int, float} or not 0 <= value <= most or value == inf:
        allowed = "of at least 0" if most == inf else f"from 0 to {most:g}"
        raise ProjectError(f"In {PROJECT_FILE}, {key} must be a number {allowed}.")
    return float(value)
