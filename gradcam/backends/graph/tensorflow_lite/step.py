"""One operator of a file on its way to nodes: what those who write nodes get to see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arithmetic import Arithmetic
from gradcam.arrays import Floats
from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.tensorflow_lite.file import LiteOperator, LiteTensor, Quantisation


class NotReadError(Exception):
    """An operator is used in a way that is not read; says which, after "uses"."""


@dataclass(frozen=True)
class LiteStep:
    """An operator, and where it goes.

    What flows between nodes are real numbers, whatever the file holds there, so that operators of
    whole numbers and others stand side by side.

    Attributes:
        operator: with the constants of its inputs in it.
        path: of its node, the one that makes what it makes; of others before it the beginning.
        names: of the values that its inputs are; "" for a constant, and for one that is not there.
        made: names of the values that it makes.
        arithmetic: that whole numbers are to be run in.
        learned: whether weights went into its inputs already.
        gives_logits: whether what it makes are logits, or what becomes of them.
    """

    operator: LiteOperator
    path: str
    names: tuple[str, ...]
    made: tuple[str, ...]
    arithmetic: Arithmetic = Arithmetic.PHONE
    learned: bool = False
    gives_logits: bool = False

    @property
    def options(self) -> Any:  # noqa: ANN401 - the schema's
        """Of the operator."""
        return self.operator.options

    @property
    def given(self) -> str:
        """Name of its first input.

        Raises:
            ValueError: that does not depend on the picture.
        """
        return self.varying(0)

    @property
    def output(self) -> LiteTensor:
        """What it makes, the first of them."""
        return self.operator.outputs[0]

    def varying(self, number: int) -> str:
        """Name of an input that depends on the picture.

        Raises:
            ValueError: it is a constant.
        """
        if not self.names[number]:
            raise ValueError(self.operator)
        return self.names[number]

    def input(self, number: int) -> LiteTensor:
        """One of its inputs.

        Raises:
            ValueError: it has none there.
        """
        tensors = self.operator.inputs
        tensor = tensors[number] if number < len(tensors) else None
        if tensor is None:
            raise ValueError(self.operator)
        return tensor

    def has(self, number: int) -> bool:
        """Whether there is such an input."""
        tensors = self.operator.inputs
        return number < len(tensors) and tensors[number] is not None

    def constant(self, number: int) -> NDArray[Any]:
        """Numbers of a constant input, as they stand in the file.

        Raises:
            NotReadError: it depends on the picture.
        """
        data = self.input(number).data
        if data is None:
            raise NotReadError(f"with {_ordinal(number)} input that depends on the picture")
        return data

    def whole(self, number: int) -> tuple[int, ...]:
        """A constant input that is one whole number or a row of them: axes, sizes."""
        return tuple(int(each) for each in self.constant(number).reshape(-1))

    def weights(self, *numbers: int) -> tuple[NDArray[Any], ...]:
        """Those constants among its inputs that are there."""
        return tuple(self.constant(number) for number in numbers if self.has(number))

    def real(self, *numbers: int) -> Callable[[Stored], list[Floats]]:
        """From what `weights` gives, or others like it, to real numbers."""
        scales = [self.input(number).quantisation for number in numbers if self.has(number)]
        return lambda stored: [
            real_numbers(each, own) for each, own in zip(stored, scales, strict=True)
        ]


Builder = Callable[[LiteStep], Sequence[Node]]  # no node: the output is the first input itself


def real_numbers(data: NDArray[Any], quantisation: Quantisation | None) -> Floats:
    """What stored numbers stand for, float32."""
    if quantisation is None:
        return data.astype(np.float32)
    shape = [1] * data.ndim
    if len(quantisation.scales) > 1:
        shape[quantisation.axis] = -1
    zero = quantisation.zero_points.reshape(shape) if data.ndim else quantisation.zero_points[0]
    scale = quantisation.scales.reshape(shape) if data.ndim else quantisation.scales[0]
    return np.asarray((data.astype(np.int64) - zero).astype(np.float32) * scale, np.float32)


def _ordinal(number: int) -> str:
    return ("a first", "a second", "a third")[number] if number < 3 else f"a {number + 1}th"
