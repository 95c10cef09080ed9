"""What arrives at an inner operation: the network is run as far as there, and no farther.

Tracing ends where the operation is reached, which takes milliseconds where the whole network takes
a second. It changes the model for a moment: hold the network's lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from gradcam.arrays import Floats, Numbers
from gradcam.arrived import Arrived
from gradcam.backends.tensorflow.listing import PASSING
from gradcam.backends.tensorflow.model import Operation
from gradcam.backends.tensorflow.runs import Body, Run
from gradcam.backends.tensorflow.tracing import Call
from gradcam.network import FREE_SIZE
from gradcam.own_preprocessing import OwnPreprocessing, probes, worked_out

# What may change pixels, or the order of their channels, though it passes maps on elsewhere.
_WORK = frozenset({"Rescaling", "Normalization", "GetItem", "Flip", "Split", "Unstack"})
PIXELS = 1 << 19  # run at a time, so that memory does not grow with the pictures


class _Reached(BaseException):
    """Ends a run; no Exception, so that nobody on the way takes it for a fault."""


def trace_arriving(body: Body, operation: Operation) -> Run:
    """From a batch to the operation's first input when it runs first."""
    import tensorflow as tf

    seen: list[Any] = []

    def make(_: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(inputs: Any, *_args: Any, **_kwargs: Any) -> Any:  # noqa: ANN401
            seen.append(inputs)
            raise _Reached

        return call

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        with operation.replaced(make), suppress(_Reached):
            body.forward(batch, operation)
        return tf.cast(tf.nest.flatten(seen[-1])[0], tf.float32)

    return run.get_concrete_function(tf.TensorSpec(body.batch_shape, tf.float32))


def trace_moments(body: Body, operation: Operation) -> Run:
    """From a batch to what its pictures have there, over the cells of each.

    Its answers are mean and variance (N, C) and the number of cells.
    """
    import tensorflow as tf

    arriving = trace_arriving(body, operation)

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        tensor = arriving(batch)
        cells = tf.shape(tensor)[1:-1]
        mean, variance = tf.nn.moments(tensor, list(range(1, len(tensor.shape) - 1)))
        return mean, variance, tf.reduce_prod(cells)

    return run.get_concrete_function(tf.TensorSpec(body.batch_shape, tf.float32))


def first_remembering(calls: list[Call]) -> Operation | None:
    """The first batch normalisation, if it keeps one mean for each channel."""
    for call in calls:
        if call.operation.kind == "BatchNormalization":
            last = len(call.inputs[0].shape) - 1
            return call.operation if call.operation.details.axis in {-1, last} else None
    return None


def work_on_pixels(calls: list[Call]) -> tuple[tuple[str, ...], Operation | None]:
    """Kinds of what changes pixels before the first operation that learned, and that operation.

    A Normalization learned nothing in this sense; what only moves a picture about is left out.
    """
    kinds: list[str] = []
    for call in calls:
        kind = call.operation.kind
        if kind not in PASSING and call.operation.weights:
            return tuple(kinds), call.operation
        if kind not in PASSING or kind in _WORK:
            kinds.append(kind)
    return tuple(kinds), None


def tried_on_pixels(
    body: Body, kinds: tuple[str, ...], operation: Operation
) -> OwnPreprocessing | None:
    """What is done to pixels before they arrive at an operation; `kinds` do it."""
    layout = body.layout
    sent = probes(layout.height or FREE_SIZE, layout.width or FREE_SIZE, layout.channels)
    return worked_out(kinds, sent, trace_arriving(body, operation)(sent).numpy())


def arrived_at(run: Run, operation: Operation, pictures: Floats) -> Arrived:
    """What arrives there from some pictures, beside what the operation remembers.

    Args:
        run: what `trace_moments` gave.
        operation: a batch normalisation.
        pictures: (N, height, width, channels) float32.
    """
    total, squares, count = 0.0, 0.0, 0
    for part in _parts(pictures):
        moments = run(part)
        mean, variance = (each.numpy().astype(np.float64) for each in moments[:2])
        cells = int(moments[2])
        total = total + cells * mean.sum(axis=0)
        squares = squares + cells * (variance + mean**2).sum(axis=0)
        count += cells * len(part)
    own = operation.details
    return Arrived(
        operation.path, _numbers(own.moving_mean), _numbers(own.moving_variance),
        count, np.asarray(total), np.asarray(squares),
    )  # fmt: skip


def _parts(pictures: Floats) -> Iterator[Floats]:
    step = max(1, PIXELS // (pictures.shape[1] * pictures.shape[2]))
    for start in range(0, len(pictures), step):
        yield pictures[start : start + step]


def _numbers(stored: Any) -> Numbers:  # noqa: ANN401 - a variable or an array
    return np.asarray(stored, np.float64).ravel()
