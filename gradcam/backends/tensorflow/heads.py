"""The last activation of a network: which it is, and how to take it off while tracing.

Gradients of a softmax or sigmoid vanish where the network is sure of itself; those of the number
before it, the logit, do not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from gradcam.backends.tensorflow.tracing import Call, replaced_call
from gradcam.head import Head, Squash

SHAPE_ONLY = frozenset({"Flatten", "Reshape", "Dropout", "Identity", "Squeeze"})


def find_heads(calls: list[Call], outputs: list[Any]) -> tuple[Head, ...]:
    """Follow each output back to the operation that squashed it.

    Args:
        calls: what `record_calls` wrote down.
        outputs: the network's symbolic outputs, each (N,), (N, units) or (N, rows, columns, units).
    """
    return tuple(_find_head(calls, output) for output in outputs)


def grid_layers(calls: list[Call], outputs: list[Any]) -> frozenset[str]:
    """Paths of the layers that make a grid of class scores: nothing stands behind them.

    These are the last layer with weights before the output and whatever follows it.
    """
    found: set[str] = set()
    wanted = [output for output in outputs if len(output.shape) == 4]
    for call in reversed(calls):
        if any(tensor is given for given in call.outputs for tensor in wanted):
            found.add(call.path)
            if not getattr(call.operation, "weights", ()):
                wanted += [_uncast(tensor) for tensor in call.inputs if hasattr(tensor, "op")]
    return frozenset(found)


def _find_head(calls: list[Call], output: Any) -> Head:  # noqa: ANN401 - tf.Tensor
    sides = [int(side) for side in output.shape[1:]]
    grid = (sides[0], sides[1]) if len(sides) == 3 else None
    head = Head(Squash.LINEAR, math.prod(sides), grid=grid)
    for call in _trail(calls, output):
        if not _passes_on(call.operation):
            squash = _squash_of(call.operation, call.outputs[0].shape, head.classes)
            operation = call.operation if squash is not Squash.LINEAR else None
            return replace(head, squash=squash, operation=operation)
    return head


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


def _passes_on(operation: Any) -> bool:  # noqa: ANN401 - keras.Operation
    import keras

    kind = type(operation).__name__
    if kind == "Activation":  # a last "linear" in float32 ends many half-precision networks
        return operation.activation is keras.activations.linear
    return kind in SHAPE_ONLY


def _squash_of(operation: Any, shape: Any, classes: int) -> Squash:  # noqa: ANN401
    kind = type(operation).__name__.lower()
    if kind not in {"softmax", "sigmoid"}:
        kind = getattr(getattr(operation, "activation", None), "__name__", "")
    if kind == "softmax" and not _is_over_classes(operation, shape, classes):
        return Squash.LINEAR
    return Squash(kind) if kind in {"softmax", "sigmoid"} else Squash.LINEAR


def _is_over_classes(operation: Any, shape: Any, classes: int) -> bool:  # noqa: ANN401
    # One over the places of a map, or of cells that are flattened afterwards, is no class score.
    axis = getattr(operation, "axis", -1)
    return axis in {-1, len(shape) - 1} and int(shape[-1]) == classes


@contextmanager
def linear(heads: tuple[Head, ...]) -> Iterator[None]:
    """Let the network give logits inside the block. Hold the network's lock: it is shared."""
    import keras

    with ExitStack() as stack:
        for head in heads:
            if head.squash is Squash.LINEAR:
                continue
            if hasattr(head.operation, "activation"):
                stack.enter_context(_replaced_activation(head.operation, keras.activations.linear))
            else:
                stack.enter_context(replaced_call(head.operation, _identity))
        yield


@contextmanager
def _replaced_activation(operation: Any, activation: Any) -> Iterator[None]:  # noqa: ANN401
    original = operation.activation
    operation.activation = activation
    try:
        yield
    finally:
        operation.activation = original


def _identity(original: Any) -> Callable[..., Any]:  # noqa: ANN401, ARG001 - same face as others
    return lambda inputs, *args, **kwargs: inputs  # noqa: ARG005
