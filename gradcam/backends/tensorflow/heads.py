"""The last activation of a network: which it is, and how to take it off while tracing.

Gradients of a softmax or sigmoid vanish where the network is sure of itself; those of the number
before it, the logit, do not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from gradcam.backends.tensorflow.model import Operation
from gradcam.backends.tensorflow.tracing import Call
from gradcam.head import Head, Squash
from gradcam.layout import Layout

SHAPE_ONLY = frozenset({"Flatten", "Reshape", "Dropout", "Identity", "Squeeze", "Quantize"})


@dataclass(frozen=True)
class End:
    """Where an output of a model comes from.

    Attributes:
        head: the output.
        operation: that squashed it; None where nothing did.
    """

    head: Head
    operation: Operation | None

    def squashed(self, logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """The output (N, units) that these logits (N, units) become."""
        import tensorflow as tf

        if self.operation is None:
            return logits
        rows = tf.reshape(logits, (-1, self.head.classes))
        return tf.reshape(self.operation.squashed(rows), (-1, self.head.units))


def find_ends(
    calls: list[Call], outputs: list[Any], names: Sequence[str], layout: Layout
) -> tuple[End, ...]:
    """Follow each output back to the operation that squashed it.

    Args:
        calls: what `record_calls` wrote down.
        outputs: the model's symbolic outputs, each (N,), (N, units), (N, rows, columns, units), or
            a table (N, rows, units).
        names: of the outputs, as far as they have any.
        layout: of what the model takes.
    """
    every = zip_longest(outputs, names[: len(outputs)], fillvalue="")
    return tuple(_find_end(calls, output, name, layout) for output, name in every)


def is_bare_grid(sides: Sequence[int | None], layout: Layout) -> bool:
    """Whether an output (rows, columns) is a grid of places: it has the picture's proportions."""
    if len(sides) != 2 or layout.is_sequence or layout.height is None or layout.width is None:
        return False
    rows, columns = (side or 0 for side in sides)
    return rows > 1 < columns and abs(rows - columns * layout.height / layout.width) < 1


@contextmanager
def linear(ends: tuple[End, ...]) -> Iterator[None]:
    """Let the model give logits inside the block."""
    with ExitStack() as stack:
        for end in ends:
            if end.operation is not None:
                stack.enter_context(end.operation.linear())
        yield


def grid_layers(calls: list[Call], outputs: list[Any]) -> frozenset[str]:
    """Paths of the layers that make a grid of class scores: nothing stands behind them.

    These are the last layer with weights before the output and whatever follows it.
    """
    paths: set[str] = set()
    wanted = [output for output in outputs if len(output.shape) == 4]
    for call in reversed(calls):
        if any(tensor is given for given in call.outputs for tensor in wanted):
            paths.add(call.operation.path)
            if not call.operation.weights:
                wanted += [_uncast(tensor) for tensor in call.inputs if hasattr(tensor, "op")]
    return frozenset(paths)


def _find_end(
    calls: list[Call],
    output: Any,  # noqa: ANN401 - tf.Tensor
    name: str,
    layout: Layout,
) -> End:
    sides = [int(side) for side in output.shape[1:]]
    is_grid = len(sides) == 3 or is_bare_grid(sides, layout)
    grid = (sides[0], sides[1]) if is_grid else None
    head = Head(
        Squash.LINEAR, math.prod(sides), grid, name, is_table=len(sides) == 2 and not is_grid
    )
    for call in _trail(calls, output):
        if not _passes_on(call.operation):
            squash = _squash_of(call, head.classes)
            operation = call.operation if squash is not Squash.LINEAR else None
            return End(replace(head, squash=squash), operation)
    return End(head, None)


def _trail(calls: list[Call], tensor: Any) -> Iterator[Call]:  # noqa: ANN401 - tf.Tensor
    """The calls that lead to a tensor, each by its first input, from the last one back."""
    for call in reversed(calls):
        if any(tensor is given for given in call.outputs):
            yield call
            if not call.inputs:
                return
            tensor = _uncast(call.inputs[0])


def _uncast(tensor: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    while tensor.op.type == "Cast":  # Keras casts between layers of other precisions
        tensor = tensor.op.inputs[0]
    return tensor


def _passes_on(operation: Operation) -> bool:
    if operation.kind == "Activation":  # a last "linear" in float32 ends many half-precision ones
        return getattr(operation.details.activation, "__name__", "") == "linear"
    return operation.kind in SHAPE_ONLY


def _squash_of(call: Call, classes: int) -> Squash:
    squash, shape = call.operation.squash, call.outputs[0].shape
    if squash.is_over_classes:
        # One over the places of a map, or of cells that are flattened later, is no class score.
        own = call.operation.details
        axis = getattr(own, "axis", getattr(getattr(own, "activation", None), "axis", -1))
        if axis not in {-1, len(shape) - 1} or int(shape[-1]) != classes:
            return Squash.LINEAR
    return squash
