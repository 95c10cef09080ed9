"""Reading Studio's answers: tolerant of what is new, clear about what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from services.edge_impulse.errors import StudioError
from services.sources.labels.info import encodable


@dataclass(frozen=True)
class Answer:
    """A JSON object, and what it tells of.

    Attributes:
        values: its fields.
        about: what it tells of, for the sentence on a missing field.
    """

    values: Mapping[str, Any]
    about: str

    def text(self, name: str) -> str:
        """A text that has to be there; a number counts as its text.

        Raises:
            StudioError: it is missing.
        """
        value = self.values.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            return encodable(str(value))
        raise self._missing(name)

    def whole(self, name: str) -> int:
        """A whole number that has to be there.

        Raises:
            StudioError: it is missing.
        """
        value = self.maybe_whole(name)
        if value is None:
            raise self._missing(name)
        return value

    def wholes(self, name: str) -> tuple[int, ...]:
        """A list of whole numbers that has to be there; what is none in it is passed over.

        Raises:
            StudioError: it is missing.
        """
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._missing(name)
        return tuple(number for number in map(_whole, value) if number is not None)

    def numbers(self, name: str) -> tuple[float, ...]:
        """A list of finite numbers that has to be there.

        Raises:
            StudioError: it is missing, or something else is in it.
        """
        value = self.values.get(name)
        if not isinstance(value, list) or not all(type(each) in {int, float} for each in value):
            raise self._missing(name)
        return tuple(float(each) for each in value)

    def time(self, name: str) -> datetime:
        """A point in time that has to be there.

        Raises:
            StudioError: it is missing.
        """
        try:
            read = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise self._missing(name) from error
        return read if read.tzinfo else read.replace(tzinfo=UTC)

    def objects(self, name: str) -> list[Answer]:
        """A list of objects that has to be there; what is no object in it is passed over.

        Raises:
            StudioError: it is missing.
        """
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._missing(name)
        return [Answer(item, self.about) for item in value if isinstance(item, Mapping)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts that has to be there.

        Raises:
            StudioError: it is missing.
        """
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._missing(name)
        return tuple(encodable(str(item)) for item in value)

    def inner(self, name: str) -> Answer:
        """An object that has to be there.

        Raises:
            StudioError: it is missing.
        """
        value = self.values.get(name)
        if not isinstance(value, Mapping):
            raise self._missing(name)
        return Answer(value, self.about)

    def maybe(self, name: str, default: str = "") -> str:
        """A text, or the default where it is missing."""
        value = self.values.get(name)
        return encodable(value) if isinstance(value, str) else default

    def maybe_whole(self, name: str) -> int | None:
        """A whole number; None where it is missing."""
        return _whole(self.values.get(name))

    def maybe_number(self, name: str) -> float | None:
        """A number, also one written as text; None where it is missing."""
        try:
            number = float(self.values[name])
        except (KeyError, TypeError, ValueError):
            return None
        return number if isfinite(number) else None

    def maybe_objects(self, name: str) -> list[Answer]:
        """A list of objects, empty where it is missing."""
        return self.objects(name) if isinstance(self.values.get(name), list) else []

    def maybe_inner(self, name: str) -> Answer:
        """An object, empty where it is missing."""
        value = self.values.get(name)
        return Answer(value if isinstance(value, Mapping) else {}, self.about)

    def flag(self, name: str) -> bool:
        """Whether it is there and true."""
        return self.values.get(name) is True

    def _missing(self, name: str) -> StudioError:
        return StudioError(
            f"Studio's answer on {self.about} has no readable “{name}”; "
            "the project may be half set up, or Studio has changed: please report it."
        )


def _whole(value: Any) -> int | None:  # noqa: ANN401 - any JSON value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return None
    return int(value) if value == int(value) else None
