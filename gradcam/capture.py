"""The only step that needs TensorFlow: activations and gradients of one layer for one target.

While the network is traced, the layer's `call` is replaced by one that hands its output to the
gradient tape. That reaches inner layers of nested, Sequential and reloaded networks alike.
The trace is kept: one for each layer, any batch size, the target as an argument.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.backends.tensorflow.heads import linear
from gradcam.backends.tensorflow.tracing import collected_outputs
from gradcam.errors import NetworkError
from gradcam.head import Head, Squash
from gradcam.layers import Layer
from gradcam.network import Network, joined
from gradcam.targets import Target, target_weights


@dataclass(frozen=True)
class Capture:
    """What one layer did for one target, for a batch of N pictures.

    Attributes:
        activations: A, (N, h, w, C) float32; h or w is 1 where the layer has steps instead.
        gradients: of the explained number with respect to A, (N, h, w, C) float32.
        outputs: what the network itself returns, (N, K) float32.
    """

    activations: Floats
    gradients: Floats
    outputs: Floats


def capture(
    network: Network,
    batch: Floats,
    layer: str | None = None,
    target: Target | Sequence[Target | None] | None = None,
) -> Capture:
    """Run a batch once and keep what Grad-CAM and its family need.

    Of a layer that the network calls more than once, the last call is explained: its output, and
    how the explained number depends on that output.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: name of the layer; None for the network's default one.
        target: one for all pictures or one for each; None for what the network says itself, see
            `predicted_targets`.

    Returns:
        The capture of all N pictures.

    Raises:
        NetworkError: no such layer, it does not lead to the output, or the batch does not fit.
        GradcamError: no such target.
    """
    batch = network.check(batch)
    weights, predicted = _asked(network, target, len(batch))
    run = _traced(network, network.layer(layer))
    activations, gradients, outputs = run(batch, weights, predicted)
    return Capture(activations.numpy(), gradients.numpy(), outputs.numpy())


def capture_layers(
    network: Network,
    batch: Floats,
    layers: Sequence[str],
    target: Target | Sequence[Target | None] | None = None,
) -> dict[str, Capture]:
    """The same of several layers in one run, which is traced once rather than for each of them.

    Args:
        network: the network to explain.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layers: names; the captures of all of them are in memory together.
        target: as for `capture`.

    Returns:
        A capture for each layer that leads to the output, by name, in their order.

    Raises:
        NetworkError: no such layer, or the batch does not fit.
        GradcamError: no such target.
    """
    batch = network.check(batch)
    weights, predicted = _asked(network, target, len(batch))
    run, leading = _traced_layers(network, tuple(network.layer(name) for name in layers))
    activations, gradients, outputs = run(batch, weights, predicted)
    return {
        name: Capture(own.numpy(), rise.numpy(), outputs.numpy())
        for name, own, rise in zip(leading, activations, gradients, strict=True)
    }


def one_each(
    target: Target | Sequence[Target | None] | None, count: int
) -> Sequence[Target | None]:
    """One target for each of so many pictures.

    Raises:
        NetworkError: there are more targets than pictures, or fewer.
    """
    if target is None or isinstance(target, Target):
        return [target] * count
    if len(target) != count:
        raise NetworkError(f"{len(target)} targets were given for {count} pictures.")
    return target


def _asked(
    network: Network, target: Target | Sequence[Target | None] | None, count: int
) -> tuple[Floats, NDArray[np.bool_]]:
    """Weights over the logits for each picture, and whether its own prediction is meant."""
    targets = one_each(target, count)
    none = np.zeros(network.units, np.float32)
    weights = [none if each is None else target_weights(network, each) for each in targets]
    return np.stack(weights), np.array([each is None for each in targets])


def _traced(network: Network, layer: Layer) -> Any:  # noqa: ANN401 - a concrete TensorFlow function
    with network.lock:
        if layer.name not in network.traces:
            run, leading = _trace(network, (layer,))
            if not leading:
                raise NetworkError(
                    f"The layer {layer.name} of {network.name} does not lead to the output; "
                    "choose another one."
                )
            network.traces[layer.name] = _first(run)
        return network.traces[layer.name]


def _first(run: Any) -> Any:  # noqa: ANN401 - a concrete TensorFlow function
    def alone(*asked: Any) -> Any:  # noqa: ANN401 - arrays
        activations, gradients, outputs = run(*asked)
        return activations[0], gradients[0], outputs

    return alone


def _traced_layers(network: Network, layers: tuple[Layer, ...]) -> Any:  # noqa: ANN401
    key = "/layers/" + "\n".join(layer.name for layer in layers)  # no layer's path begins so
    with network.lock:
        if key not in network.traces:
            network.traces[key] = _trace(network, layers)
        return network.traces[key]


def _trace(network: Network, layers: tuple[Layer, ...]) -> tuple[Any, list[str]]:
    """A concrete TensorFlow function, and the names of the layers that lead to the output."""
    import tensorflow as tf

    leading: list[str] = []

    @tf.function(autograph=False)
    def run(batch: Any, weights: Any, predicted: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        tape = tf.GradientTape(watch_accessed_variables=False)
        with tape, linear(network.heads), ExitStack() as stack:
            collected = [
                stack.enter_context(collected_outputs(network.operation(layer.name), tape.watch))
                for layer in layers
            ]
            logits = network.forward(batch)
            squashed = _squashed(network, logits)
            own = _predicted_weights(network, squashed)
            chosen = tf.where(predicted[:, None], own, weights)
            explained = tf.reduce_sum(joined(logits) * tf.stop_gradient(chosen))
        gradients = tape.gradient(explained, [seen[-1] for seen in collected])
        maps, rises = [], []
        leading.clear()
        for layer, seen, gradient in zip(layers, collected, gradients, strict=True):
            if gradient is not None:
                leading.append(layer.name)
                maps.append(_as_map(seen[-1], layer))
                rises.append(_as_map(gradient, layer))
        return maps, rises, joined(squashed)

    concrete = run.get_concrete_function(
        tf.TensorSpec(network.batch_shape, tf.float32),
        tf.TensorSpec((None, network.units), tf.float32),
        tf.TensorSpec((None,), tf.bool),
    )
    return concrete, leading


def _as_map(tensor: Any, layer: Layer) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    if len(tensor.shape) == 3:
        tensor = tf.expand_dims(tensor, 1 if layer.height == 1 else 2)
    return tf.cast(tensor, tf.float32)


def _predicted_weights(network: Network, outputs: list[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
    """Weights over the K logits of what the network says itself, as `predicted_targets` has it."""
    import tensorflow as tf

    head, own = network.heads[0], outputs[0]
    if head.grid is not None:
        weights = _predicted_cells(head, own)
    elif head.units > 1:
        weights = tf.one_hot(tf.argmax(own, axis=1), head.units)
    elif head.squash is Squash.SIGMOID:
        weights = tf.where(own >= 0.5, 1.0, -1.0)
    else:
        weights = tf.ones_like(own, tf.float32)
    return tf.pad(weights, [[0, 0], [0, network.units - head.units]])


def _predicted_cells(head: Head, outputs: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    cells, first = head.units // head.classes, head.background_classes
    scores = tf.reshape(tf.cast(outputs, tf.float32), (-1, cells, head.classes))
    if head.squash is Squash.LINEAR:
        sums = tf.reduce_sum(scores, axis=-1)
        shares = tf.reduce_all(scores >= 0) & tf.reduce_all(tf.abs(sums - 1.0) <= 1e-3)
        soft = tf.nn.softmax(scores) if head.classes > 1 else tf.sigmoid(scores)
        scores = tf.where(shares & (head.classes > 1), scores, soft)
    highest = tf.reduce_max(scores, axis=1)[:, first:]
    chosen = tf.one_hot(tf.argmax(highest, axis=1) + first, head.classes) / cells
    return tf.tile(chosen, [1, cells])


def _squashed(network: Network, logits: list[Any]) -> list[Any]:
    return [_squash(head, logit) for head, logit in zip(network.heads, logits, strict=True)]


def _squash(head: Head, logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    if head.squash is Squash.SIGMOID:
        return tf.nn.sigmoid(logits)
    if head.squash is Squash.LINEAR:
        return logits
    cells = tf.reshape(logits, (-1, head.classes))
    return tf.reshape(tf.nn.softmax(cells), (-1, head.units))
