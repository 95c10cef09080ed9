"""What stands in a TensorFlow Lite file, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats


@dataclass(frozen=True)
class Quantisation:
    """What whole numbers of a tensor stand for: scale · (number - zero point).

    Attributes:
        scales: (n,) float32, of the whole tensor or of each entry along the axis.
        zero_points: (n,) int64.
        axis: along which there are several.
    """

    scales: Floats
    zero_points: NDArray[np.int64]
    axis: int = 0


@dataclass(frozen=True)
class LiteTensor:
    """A value of the file.

    Attributes:
        number: its index.
        name: as the converter wrote it.
        shape: with the file's own batch, mostly 1.
        dtype: of its numbers.
        data: of a constant, of that shape and type; None of what depends on the picture.
        quantisation: None where its numbers are what they say.
        free: axes whose size the file leaves open.
        is_state: whether it is kept from one run to the next, as memory of a recurrent network.
    """

    number: int
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    data: NDArray[Any] | None = None
    quantisation: Quantisation | None = None
    free: frozenset[int] = frozenset()
    is_state: bool = False


@dataclass(frozen=True)
class LiteOperator:
    """A step of the file.

    Attributes:
        number: its place in the order of execution.
        code: `CONV_2D`, …; `CUSTOM` for one that is in no list.
        inputs: None for one that it could have had.
        outputs: what it makes.
        options: the schema's own object of its kind (`Conv2DOptionsT`, …), or None.
        custom: name of a custom one.
    """

    number: int
    code: str
    inputs: tuple[LiteTensor | None, ...]
    outputs: tuple[LiteTensor, ...]
    options: Any = None
    custom: str = ""


@dataclass(frozen=True)
class LiteFile:
    """A file's only graph.

    Attributes:
        operators: in order of execution.
        inputs, outputs: of the whole.
        output_names: as the file's signature calls them; "" where it does not.
    """

    operators: tuple[LiteOperator, ...]
    inputs: tuple[LiteTensor, ...]
    outputs: tuple[LiteTensor, ...]
    output_names: tuple[str, ...] = ()


def whereabouts(tensor: str) -> str:
    """Where in the graph: how a sentence speaks of a tensor."""
    first = tensor.split(";", 1)[0]
    return f"at {first[:80]}" if first else "at a place without a name"
