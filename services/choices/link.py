"""Choices by their flat names: a name is a widget's key and a link's parameter, wherever it lies.

The table is read from the dataclasses, so a new field needs nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import MISSING, Field, dataclass, fields
from enum import EnumType
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from gradcam import METHODS, Method


@dataclass(frozen=True)
class Between:
    """Bounds of a number, both included; what a link says beyond is passed over."""

    low: float
    high: float


class Stays:
    """Of a choice that is kept when another project is opened."""


class Unlinked:
    """Of a field that nobody chooses: it has no place in a link."""


class Steps:
    """Of a choice whose change is an entry of the browser's history; others replace the link."""


@dataclass(frozen=True)
class Choice:
    """One thing that a person sets.

    Attributes:
        name: its key and parameter.
        part: the field of the whole that it lies in; "" for the whole itself.
        default: its value where nobody chose.
        kind: type of its values, beside None.
        bounds: of a number.
        stays: whether it is kept when another project is opened.
        steps: whether its change is an entry of the browser's history.
    """

    name: str
    part: str
    default: object
    kind: Callable[[str], object]
    bounds: Between
    stays: bool
    steps: bool

    def read(self, text: str) -> object | None:
        """The value that a link says; None where it says none of this choice."""
        try:
            value = _READERS.get(self.kind, self.kind)(self._spelled(text))
        except ValueError:
            return None
        if isinstance(value, int | float) and not self._holds(value):
            return None
        return value

    def write(self, value: object) -> str:
        """A value as the link says it."""
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, float):
            return repr(float(value)).removesuffix(".0")
        return str(value)

    @property
    def takes(self) -> str:
        """What it may be set to, in words; "" for any text."""
        if isinstance(self.kind, EnumType):
            return f"one of {', '.join(map(str, self.kind))}"
        if self.kind is bool:
            return "1 or 0"
        number = _NUMBERS.get(self.kind, "")
        if not number or self.bounds == _ANY:
            return number
        low, high = self.bounds.low, self.bounds.high
        return f"{number} from {low:g}" + (f" to {high:g}" if math.isfinite(high) else "")

    def _spelled(self, text: str) -> str:
        """A word of a list as the list has it, whatever its capitals."""
        words = map(str, self.kind) if isinstance(self.kind, EnumType) else ()
        return next((word for word in words if word.casefold() == text.casefold()), text)

    def _holds(self, value: float) -> bool:
        return math.isfinite(value) and self.bounds.low <= value <= self.bounds.high


_READERS: dict[Any, Callable[[str], object]] = {
    bool: {"1": True, "0": False}.get,
    Method: METHODS.get,
}
_NUMBERS: dict[Any, str] = {int: "a whole number", float: "a number"}
_ANY = Between(-math.inf, math.inf)


def flat(whole: type) -> MappingProxyType[str, Choice]:
    """Every choice by its name: those of a dataclass, and of its parts in their place.

    Args:
        whole: its fields that are made by a factory are the parts, all others choices.

    Raises:
        TypeError: two choices have one name.
    """
    table: dict[str, Choice] = {}
    for each in _choices(whole, ""):
        if each.name in table:
            raise TypeError(f"Two choices are called {each.name}.")
        table[each.name] = each
    return MappingProxyType(table)


def _choices(of: Any, part: str) -> Iterator[Choice]:  # noqa: ANN401 - any dataclass
    hints = get_type_hints(of, include_extras=True)
    for each in fields(of):
        if each.default_factory is not MISSING:
            yield from _choices(each.default_factory, each.name)
        elif Unlinked not in get_args(hints[each.name]):
            yield _choice(each, hints[each.name], part)


def _choice(of: Field[Any], hint: Any, part: str) -> Choice:  # noqa: ANN401 - a type hint
    said: tuple[object, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        said = tuple(rest)
    (kind,) = [kind for kind in get_args(hint) or (hint,) if kind is not type(None)]
    bounds = next((one for one in said if isinstance(one, Between)), _ANY)
    return Choice(of.name, part, of.default, kind, bounds, Stays in said, Steps in said)
