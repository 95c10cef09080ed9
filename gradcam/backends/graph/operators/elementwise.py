"""Functions of numbers in the same places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.graph import Node, Stored


def elementwise(
    path: str,
    kind: str,
    given: Sequence[str | NDArray[Any]],
    made: str,
    function: Callable[..., Any],
    *,
    learned: bool = True,
) -> Node:
    """A function of one or several values, spread over each other's axes as numpy does it.

    Args:
        path: of the node.
        kind: in Keras' words: `Add`, `Multiply`, …
        given: in order, names of values and constants, which are laid out as the values are.
        made: name of what comes out.
        function: of as many tf.Tensors as are given.
        learned: whether constants of more than one number are weights.
    """
    weights = [x for x in given if not isinstance(x, str) and _is_weight(x, learned=learned)]

    def compute(tensors: Sequence[Any], held: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        varying, stored = iter(tensors), iter(held)
        own = [
            next(varying)
            if isinstance(each, str)
            else next(stored)
            if _is_weight(each, learned=learned)
            else _real(each)
            for each in given
        ]
        return function(*own)

    names = tuple(each for each in given if isinstance(each, str))
    return Node(path, kind, names, (made,), compute, weights=weights, prepared=_all_real)


def _is_weight(part: str | NDArray[Any], *, learned: bool) -> bool:
    return learned and not isinstance(part, str) and part.size > 1 and part.dtype.kind == "f"


def _real(constant: NDArray[Any]) -> NDArray[Any]:
    return constant.astype(np.float32) if constant.dtype.kind == "f" else constant


def _all_real(stored: Stored) -> Stored:
    return [_real(each) for each in stored]
