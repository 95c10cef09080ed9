"""What every operator of torch is written down with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import GraphBuilder, Operand
from gradcam.backends.graph.channels_last import Held, as_filed
from gradcam.backends.graph.graph import Stored

AtenValue = Held | NDArray[Any] | bool | int | float | str | None | tuple["AtenValue", ...]
Writer = Callable[..., Any]  # from a place and torch's own arguments to what the operator gives


class RefusalError(ValueError):
    """Something that is not known here; what it says stands behind the file's name."""


@dataclass(frozen=True)
class At:
    """Where an operator stands.

    Attributes:
        graph: that is being written down.
        path: of the operator in it.
        rows: entries of the batch that the file was exported with, where it may be no other; 0
            where it may.
    """

    graph: GraphBuilder
    path: str
    rows: int = 0

    @property
    def free(self) -> str:
        """Its path, or one like it where it has written something down already."""
        return self.graph.free_path(self.path)


def real(stored: Stored) -> Stored:
    """Numbers of a file as they are computed with."""
    return [np.asarray(each, np.float32) for each in stored]


def for_one(value: AtenValue, batch: int) -> AtenValue:
    """A size that counts the pictures of a batch, as it is for one of them."""
    is_size = isinstance(value, int) and not isinstance(value, bool)
    return value // batch if is_size and value and value % batch == 0 else value  # type: ignore[operator]


def pair(value: AtenValue) -> tuple[int, int]:
    """A number for rows and columns, or one for each."""
    numbers = value if isinstance(value, tuple) else (value,)
    if len(numbers) not in {1, 2} or not all(isinstance(each, int) for each in numbers):
        raise RefusalError("uses an operator on other than rows and columns")
    return int(numbers[0]), int(numbers[-1])  # type: ignore[arg-type]


def as_held(at: At, given: Operand) -> Held:
    """What depends on the picture; a constant as every picture has it."""
    if isinstance(given, Held):
        return given
    own = at.graph.one_for_all(given)
    return at.graph.for_each(at.graph.source, own, at.path)


def channels_at_the_end(at: At, given: Held) -> Held:
    """A value whose last axis of torch's lies last."""
    if given.order[-1] == given.rank - 1:
        return given
    order = (*(axis for axis in given.order if axis != given.rank - 1), given.rank - 1)
    return at.graph.turned(given, order, at.path)


def plainly(at: At, given: Held) -> Held:
    """A value that lies as torch has it."""
    return at.graph.turned(given, as_filed(given.rank), at.path)
