"""A network as operators that hand values on by name: what every format is read into.

A reader writes this down once, in order of execution and with channels last, and knows nothing of
how it is run; `model.py` runs it and knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.head import Squash
from gradcam.layout import Shape

Stored = Sequence[NDArray[Any]]  # weights as they stand in the file
Compute = Callable[[Sequence[Any], Sequence[Any]], Any]  # inputs, prepared weights → tensor(s)
Absorbing = Callable[[Stored, Numbers, Numbers], Stored]  # see `Absorber.weights`


def as_stored(stored: Stored) -> Stored:
    """Weights that are run as they stand in the file."""
    return stored


@dataclass(frozen=True)
class Node:
    """One operator.

    Attributes:
        path: see `Operation.path`; the author's own name wherever the file has it.
        kind: see `Operation.kind`: in Keras' words.
        inputs: names of the values that it gets and that depend on the picture, in order.
        outputs: names of the values that it gives.
        compute: from its inputs and its prepared weights, all of them TensorFlow's tensors, to its
            output, or a tuple of them. Constants that are no weights (an axis, a shape) stand in
            it. It runs at any batch size and its gradient is the one that is meant.
        weights: as they stand in the file, whatever their type.
        prepared: from such weights to what `compute` wants: unpacked, in TensorFlow's order of
            axes, as real numbers. Done once, not at each run.
        details: see `Operation.details`; an object of this node's alone.
        squash: what it does to logits.
        squashed: what it makes of logits (M, classes), with its own rounding; None for TensorFlow's
            own function of that `squash`.
        linear: its compute without the squash, where something else remains of it; None where it
            then hands on its first input.
        kernels: of a convolution, from stored weights; see `Operation.kernels`.
        affine: see `Operation.affine`, from stored weights.
        absorbing: see `Absorber.weights`: from stored weights, scale and offset (C,) to prepared
            weights of the same shapes; None where it cannot.
    """

    path: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    compute: Compute
    weights: Stored = ()
    prepared: Callable[[Stored], Stored] = as_stored
    details: Any = field(default_factory=SimpleNamespace)
    squash: Squash = Squash.LINEAR
    squashed: Callable[[Any], Any] | None = None
    linear: Compute | None = None
    kernels: Callable[[Stored], Floats] | None = None
    affine: Callable[[Stored], tuple[Numbers, Numbers]] | None = None
    absorbing: Absorbing | None = None


@dataclass(frozen=True)
class Output:
    """One output of a graph.

    Attributes:
        value: that is given.
        name: as people know it; "" where the file has none.
    """

    value: str
    name: str = ""


@dataclass(frozen=True)
class Graph:
    """A whole network.

    Attributes:
        source: name of the value that the picture is.
        shape: of the picture without the batch, channels last; None for a side of any size.
        nodes: in order of execution.
        outputs: in the file's order.
    """

    source: str
    shape: Shape
    nodes: tuple[Node, ...]
    outputs: tuple[Output, ...]
