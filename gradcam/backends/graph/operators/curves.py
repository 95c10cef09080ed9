"""Functions of each number, and the squashes of logits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.head import Squash

_SQUASHES = {
    "Softmax": Squash.SOFTMAX,
    "LogSoftmax": Squash.LOG_SOFTMAX,
    "Sigmoid": Squash.SIGMOID,
    "HardSigmoid": Squash.SIGMOID,
}


def curve(
    path: str,
    kind: str,
    given: str,
    made: str,
    function: Callable[[Any], Any],
    **details: object,
) -> Node:
    """A function of each number, or along the last axis.

    Args:
        path: of the node.
        kind: in Keras' words; one that squashes logits by name does.
        given: name of its input.
        made: name of what comes out, of the same shape.
        function: from tf.Tensor to tf.Tensor.
        details: see `Operation.details`.
    """

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        return function(tensors[0])

    squash = _SQUASHES.get(kind, Squash.LINEAR)
    return Node(
        path,
        kind,
        (given,),
        (made,),
        compute,
        details=SimpleNamespace(**details),
        squash=squash,
        squashed=None if squash is Squash.LINEAR else function,
    )
