"""Features: the numbers that a network makes of a picture before it decides."""

from __future__ import annotations

from typing import Any

from gradcam.arrays import Floats
from gradcam.backends.tensorflow.tracing import collected_outputs, innermost
from gradcam.errors import NetworkError
from gradcam.layers import Layer
from gradcam.network import Network


def has_dense(network: Network) -> bool:
    """Whether a dense layer decides, whose input `Network.run` gives as features."""
    return any(type(operation).__name__ == "Dense" for _, operation in innermost(network.model))


def layer_features(network: Network, batch: Floats, layer: str | None = None) -> Floats:
    """The mean of each channel of a layer over its map, as global average pooling has it.

    Of a layer that the network calls more than once, the last call counts.

    Args:
        network: to run.
        batch: (N, height, width, channels) float32, scaled as the network expects.
        layer: name of an explainable layer; None for the network's default one.

    Returns:
        (N, channels of the layer) float32.

    Raises:
        NetworkError: no such layer, or the batch does not fit.
    """
    batch = network.check(batch)
    found = network.layer(layer)
    name = f"/features/{found.name}"  # begins with a slash: no layer's path does
    with network.lock:
        if name not in network.traces:
            network.traces[name] = _trace(network, found)
        run = network.traces[name]
    return run(batch).numpy()


def _trace(network: Network, layer: Layer) -> Any:  # noqa: ANN401 - a concrete TensorFlow function
    import tensorflow as tf

    operation = network.operation(layer.name)

    @tf.function(autograph=False)
    def run(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        with collected_outputs(operation, lambda _: None) as seen:
            network.forward(batch)
        if not seen:
            raise NetworkError(f"The layer {layer.name} of {network.name} does not run.")
        values = tf.cast(seen[-1], tf.float32)
        return tf.reduce_mean(values, axis=list(range(1, len(values.shape) - 1)))

    return run.get_concrete_function(tf.TensorSpec(network.batch_shape, tf.float32))
