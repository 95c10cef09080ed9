"""One operator of an ONNX file, and how it is taken into a graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.builder import GraphBuilder, Operand
from gradcam.backends.graph.channels_last import FileShape, Held

OnnxInputs = Sequence[Operand | None]  # None for an input that is left out


class UnsupportedError(ValueError):
    """A form of an operator that is not read here; the message goes on after its name."""


@dataclass(frozen=True)
class OnnxStep:
    """One operator of a file.

    Attributes:
        kind: as the standard calls it.
        path: what its node is to be called.
        inputs, outputs: names of values; "" for one that is left out.
        attributes: as they stand in the file.
        opset: version of the standard.
        straight: of a quantisation whether its gradient passes where it clips.
    """

    kind: str
    path: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    opset: int
    straight: bool = False

    def integer(self, name: str, default: int) -> int:
        """An attribute that is a whole number."""
        return int(self.attributes.get(name, default))

    def real(self, name: str, default: float) -> float:
        """An attribute that is a real number."""
        return float(self.attributes.get(name, default))

    def integers(self, name: str) -> tuple[int, ...] | None:
        """An attribute that is several whole numbers; None where it is left out."""
        own = self.attributes.get(name)
        return None if own is None else tuple(int(each) for each in own)

    def text(self, name: str, default: str) -> str:
        """An attribute that is a word."""
        own = self.attributes.get(name, default)
        return own.decode(errors="replace") if isinstance(own, bytes) else str(own)


@dataclass(frozen=True)
class OnnxReading:
    """What is known while a file is taken into a graph.

    Attributes:
        builder: of the graph.
        rows: how many pictures the file was written for; 0 for any number.
    """

    builder: GraphBuilder
    rows: int = 0

    def with_batch(self, shape: FileShape, numbers: int) -> FileShape:
        """A shape of the file's for any batch, with -1 worked out.

        Args:
            shape: as the file wants it; a batch of its own may stand in it as a number.
            numbers: of the whole value.
        """
        own, batch = list(shape), self.builder.batch
        open_, known = own.count(-1), int(np.prod([x for x in own if x != -1], dtype=object))
        asked = any(size % batch == 0 and size for size in own)
        fits = not open_ and known == numbers
        if self.rows and own and not asked and not fits and own[0] > 0 and not own[0] % self.rows:
            own[0] = own[0] // self.rows * batch
            known = known // self.rows * batch
        if open_ == 1 and known:
            own[own.index(-1)] = numbers // known
        return tuple(own)


OnnxRule = Callable[[OnnxReading, OnnxStep, OnnxInputs], Sequence[Operand]]  # what its outputs are


def varying(given: OnnxInputs, number: int) -> Held:
    """An input that depends on the picture.

    Raises:
        UnsupportedError: it does not.
    """
    own = given[number] if number < len(given) else None
    if not isinstance(own, Held):
        raise UnsupportedError("gets a constant where the picture is expected")
    return own


def constant(given: OnnxInputs, number: int) -> NDArray[Any]:
    """An input that stands in the file.

    Raises:
        UnsupportedError: it depends on the picture, or is left out.
    """
    own = optional(given, number)
    if own is None:
        raise UnsupportedError("lacks an input")
    return own


def optional(given: OnnxInputs, number: int) -> NDArray[Any] | None:
    """An input that stands in the file, or None where it is left out.

    Raises:
        UnsupportedError: it depends on the picture.
    """
    own = given[number] if number < len(given) else None
    if isinstance(own, Held):
        raise UnsupportedError("is told by the picture itself what to do")
    return own


def numbers(given: OnnxInputs, step: OnnxStep, number: int, name: str) -> tuple[int, ...] | None:
    """Whole numbers that newer versions of the standard take as an input, older as an attribute."""
    own = optional(given, number)
    return step.integers(name) if own is None else tuple(int(each) for each in own.ravel())
