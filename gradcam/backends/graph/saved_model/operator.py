"""One operator of a file with all that is known of it; what it is called, and how it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.graph import Absorbing, Stored
from gradcam.backends.graph.saved_model.running import Attributes
from gradcam.backends.graph.saved_model.walking import Value
from gradcam.head import Squash
from gradcam.layout import Shape


@dataclass(frozen=True)
class Argument:
    """What an operator gets.

    Attributes:
        value: that it is.
        shape: None for what counts the batch.
        constant: where it depends on no picture; or a shape that is worked out, if it does not
            depend on the batch either.
        learned: whether it is a weight, or made of such.
    """

    value: Value
    shape: Shape
    constant: NDArray[Any] | None = None
    learned: bool = False


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes:
        path: of it in the graph.
        op: TensorFlow's name of it.
        attributes: how it works.
        given: what it gets, in order.
        shape: of its first output.
    """

    path: str
    op: str
    attributes: Attributes
    given: tuple[Argument, ...]
    shape: Shape

    def constant(self, place: int) -> NDArray[Any] | None:
        """What it gets there, where that depends on no picture."""
        return self.given[place].constant if place < len(self.given) else None


@dataclass(frozen=True)
class Traits:
    """What a node tells of an operator; see `Node`.

    Attributes:
        kind: in Keras' words.
        details: see `Node.details`.
        weights: places of what it gets that are weights; None for all that was learned.
    """

    kind: str
    details: Any = field(default_factory=SimpleNamespace)
    weights: tuple[int, ...] | None = None
    squash: Squash = Squash.LINEAR
    kernels: Callable[[Stored], Floats] | None = None
    affine: Callable[[Stored], tuple[Numbers, Numbers]] | None = None
    absorbing: Absorbing | None = None
