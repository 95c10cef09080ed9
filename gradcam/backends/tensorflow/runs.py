"""The runs of a network, each traced once for batches of any size.

The target is an argument, so that another class costs no new trace. Tracing changes the model for
a moment: hold the network's lock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from gradcam.backends.tensorflow.folding import Folding
from gradcam.backends.tensorflow.heads import End, linear
from gradcam.backends.tensorflow.layout import as_own
from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.tracing import collected_inputs, collected_outputs
from gradcam.errors import NetworkError
from gradcam.layers import Layer
from gradcam.layout import Layout, Shape
from gradcam.predicted import predicted_weights

Run = Any  # a concrete TensorFlow function


@dataclass(frozen=True)
class Body:
    """A model and what was found out about it: all that a run needs.

    Attributes:
        model: that is run.
        layout: of a batch.
        ends: of its outputs.
        folding: of its batch normalisations.
    """

    model: Model
    layout: Layout
    ends: tuple[End, ...]
    folding: Folding

    @property
    def units(self) -> int:
        """K, the numbers it gives for one picture."""
        return sum(end.head.units for end in self.ends)

    @property
    def batch_shape(self) -> Shape:
        """Of a batch of any size."""
        return (None, *self.layout.picture)

    def forward(self, batch: Any, *apart_from: Operation) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """The model's outputs, each (N, units): grids in C order.

        Args:
            batch: that it gets.
            apart_from: operations that are looked at or replaced in this run: not folded.
        """
        import tensorflow as tf

        with self.folding.applied(apart_from):
            outputs = self.model(as_own(batch, self.layout))
        return [
            tf.reshape(output, (-1, end.head.units))
            for end, output in zip(self.ends, outputs, strict=True)
        ]

    def outputs(self, batch: Any, *apart_from: Operation) -> Any:  # noqa: ANN401 - tf.Tensor
        """The same side by side: (N, K) float32."""
        return _joined(self.forward(batch, *apart_from))

    def logits(self, batch: Any, *apart_from: Operation) -> Any:  # noqa: ANN401 - tf.Tensor
        """The same before the last activations."""
        with linear(self.ends):
            return self.outputs(batch, *apart_from)

    def squashed(self, logits: list[Any]) -> list[Any]:
        """The outputs that logits become."""
        return [end.squashed(each) for end, each in zip(self.ends, logits, strict=True)]


def trace_forward(body: Body, dense: Operation | None) -> Run:
    """From a batch to outputs and features: what a dense operation gets, or else the outputs."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        if dense is None:
            outputs = body.outputs(batch)
            return outputs, outputs
        with collected_inputs(dense) as seen:
            outputs = body.outputs(batch, dense)
        features = tf.cast(seen[-1], tf.float32)
        return outputs, tf.reshape(features, (tf.shape(features)[0], -1))

    return run.get_concrete_function(_batch_of(body))


def trace_logits(body: Body) -> Run:
    """From a batch to logits."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return body.logits(batch)

    return run.get_concrete_function(_batch_of(body))


def trace_captures(
    body: Body, layers: Sequence[tuple[Layer, Operation]]
) -> tuple[Run, tuple[str, ...]]:
    """From batch, weights and predicted to activations, gradients, sums, outputs and logits.

    The sums are what `Pooled` has: worked out by all threads where the maps still are.

    Returns:
        The run, and the names of the layers that lead to the output: what it answers of.
    """
    import tensorflow as tf

    leading: list[str] = []

    @tf.function(autograph=False)
    def run(batch: Any, weights: Any, predicted: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        tape = tf.GradientTape(watch_accessed_variables=False)
        with tape, linear(body.ends), ExitStack() as stack:
            collected = [
                stack.enter_context(collected_outputs(operation, tape.watch))
                for _, operation in layers
            ]
            given = body.forward(batch, *(operation for _, operation in layers))
            logits, outputs = _joined(given), _joined(body.squashed(given))
            heads = [end.head for end in body.ends]
            own = predicted_weights(heads, outputs, tf.experimental.numpy)
            chosen = tf.where(predicted[:, None], own, weights)
            explained = tf.reduce_sum(logits * tf.stop_gradient(chosen))
        gradients = tape.gradient(explained, [seen[-1] for seen in collected])
        maps, rises, sums = [], [], []
        leading.clear()
        for (layer, _), seen, gradient in zip(layers, collected, gradients, strict=True):
            if gradient is not None:
                leading.append(layer.name)
                maps.append(_as_map(seen[-1], layer))
                rises.append(_as_map(gradient, layer))
                bare = tf.abs(maps[-1]), tf.abs(rises[-1])
                sums.append((_pooled(maps[-1], rises[-1]), _pooled(*bare)))
        return maps, rises, sums, outputs, logits

    concrete = run.get_concrete_function(
        _batch_of(body),
        tf.TensorSpec((None, body.units), tf.float32),
        tf.TensorSpec((None,), tf.bool),
    )
    return concrete, tuple(leading)


def _pooled(maps: Any, rises: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """(N, h, w) each channel of maps (N, h, w, C) by the mean of its rises, added up."""
    import tensorflow as tf

    return tf.einsum("nijk,nk->nij", maps, tf.reduce_mean(rises, axis=(1, 2)))


def trace_pixels(body: Body) -> Run:
    """From batch and weights to gradients with respect to the batch."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(batch: Any, weights: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return pixel_slopes(body, batch, weights)

    return run.get_concrete_function(_batch_of(body), tf.TensorSpec((None, body.units), tf.float32))


def pixel_slopes(body: Body, batch: Any, weights: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    """Gradients of weighted logits, by weights (N, K) or (K,), with respect to a batch."""
    import tensorflow as tf

    tape = tf.GradientTape(watch_accessed_variables=False)
    with tape:
        tape.watch(batch)
        explained = tf.reduce_sum(body.logits(batch) * weights)
    gradients = tape.gradient(explained, batch)
    return tf.zeros_like(batch) if gradients is None else gradients


def trace_rest(body: Body, layer: Layer, operation: Operation) -> Run:
    """From a picture and what a layer gives instead to logits.

    TensorFlow leaves out what nothing depends on any more, so only what follows the layer is run.
    The picture is an argument all the same, for what leads past the layer.
    """
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(picture: Any, activations: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return rest_of(body, layer, operation, picture, activations)

    return run.get_concrete_function(
        tf.TensorSpec((1, *body.layout.picture), tf.float32),
        tf.TensorSpec((None, *shape_of_layer(body, layer)), tf.float32),
    )


def rest_of(
    body: Body,
    layer: Layer,
    operation: Operation,
    picture: Any,  # noqa: ANN401 - tf.Tensor
    activations: Any,  # noqa: ANN401 - tf.Tensor
) -> Any:  # noqa: ANN401 - tf.Tensor
    """The logits where the last call of a layer gives these maps instead."""
    import tensorflow as tf

    batch = tf.repeat(picture, tf.shape(activations)[0], axis=0)
    with collected_outputs(operation, _nothing) as seen:
        body.forward(batch, operation)  # only to count; nothing depends on it
    with _replaced_last(layer, operation, len(seen), activations):
        return body.logits(batch, operation)


def shape_of_layer(body: Body, layer: Layer) -> Shape:
    """Of one picture's map, None where it is of any size: the layer's is that of one picture."""
    free = None in body.layout.picture
    return (None, None, layer.channels) if free else (layer.height, layer.width, layer.channels)


def trace_activations(body: Body, layer: Layer, operation: Operation) -> Run:
    """From a batch to what a layer gives, as a map."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return _as_map(_given(body, batch, layer, operation), layer)

    return run.get_concrete_function(_batch_of(body))


def trace_means(body: Body, layer: Layer, operation: Operation) -> Run:
    """From a batch to the mean of each of a layer's channels."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.reduce_mean(_as_map(_given(body, batch, layer, operation), layer), axis=(1, 2))

    return run.get_concrete_function(_batch_of(body))


def _given(body: Body, batch: Any, layer: Layer, operation: Operation) -> Any:  # noqa: ANN401
    with collected_outputs(operation, _nothing) as seen:
        body.forward(batch, operation)
    if not seen:
        raise NetworkError(f"The layer {layer.name} does not run.")
    return seen[-1]


def _batch_of(body: Body) -> Any:  # noqa: ANN401 - tf.TensorSpec
    import tensorflow as tf

    return tf.TensorSpec(body.batch_shape, tf.float32)


def _joined(outputs: list[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
    """Several (N, units) tensors side by side: (N, K) float32."""
    import tensorflow as tf

    return tf.concat([tf.cast(output, tf.float32) for output in outputs], axis=1)


def _as_map(tensor: Any, layer: Layer) -> Any:  # noqa: ANN401 - tf.Tensor
    """What a layer gives as (N, h, w, C): its places only, tokens row by row."""
    import tensorflow as tf

    if layer.first is not None:
        tokens = _as_tokens(tensor, layer)
        places = tokens[:, layer.first : layer.first + layer.cells]
        tensor = tf.reshape(places, (-1, layer.height, layer.width, layer.channels))
    elif len(tensor.shape) == 3:
        tensor = tf.expand_dims(tensor, 1 if layer.height == 1 else 2)
    return tf.cast(tensor, tf.float32)


def _as_own(maps: Any, output: Any, layer: Layer) -> Any:  # noqa: ANN401 - tf.Tensor
    """Maps (M, h, w, C) in the shape of a layer's output; tokens that are no place stay."""
    import tensorflow as tf

    maps = tf.cast(maps, output.dtype)
    if layer.first is not None:
        tokens, end = _as_tokens(output, layer), layer.first + layer.cells
        maps = tf.concat([tokens[:, : layer.first], _as_tokens(maps, layer), tokens[:, end:]], 1)
    if len(maps.shape) == len(output.shape):
        return maps
    return tf.reshape(maps, (-1, *output.shape[1:]))  # of a layer without a fourth axis


def _as_tokens(tensor: Any, layer: Layer) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.reshape(tensor, (-1, math.prod(tensor.shape[1:-1]), layer.channels))


def _nothing(_output: object) -> None:
    """Nothing is to be watched."""


@contextmanager
def _replaced_last(
    layer: Layer,
    operation: Operation,
    times: int,
    activations: Any,  # noqa: ANN401 - tf.Tensor
) -> Iterator[None]:
    """Replace the output of the last of so many calls, which is the one that a capture takes."""
    calls = count(1)

    def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            output = original(*args, **kwargs)
            if next(calls) < times:
                return output
            return _as_own(activations, output, layer)

        return call

    with operation.replaced(make):
        yield
