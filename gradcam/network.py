"""One face over a Keras network: what it takes, what it gives, which layers can be explained."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradcam.arrays import Floats
from gradcam.backends.tensorflow.heads import find_heads, grid_layers
from gradcam.backends.tensorflow.listing import find_layers
from gradcam.backends.tensorflow.receptive_field import every_cell, follow_fields
from gradcam.backends.tensorflow.summarizing import summarize
from gradcam.backends.tensorflow.tracing import (
    Call,
    Recording,
    collected_inputs,
    innermost,
    record_calls,
)
from gradcam.errors import NetworkError, NoLayerError
from gradcam.head import Head
from gradcam.layers import Layer, default_layer
from gradcam.layout import find_layout, input_shape, said
from gradcam.summary import Summary

FREE_SIZE = 224  # listed sizes are of such a picture where a network takes any size

_WORDS = {
    False: "pictures of {} (height × width × channels)",
    True: "sequences of {} (1 × steps × features)",
}


@dataclass(frozen=True)
class Forward:
    """One forward pass.

    Attributes:
        outputs: (N, K) float32, what the network itself returns; several outputs side by side.
        features: (N, F) float32, what its last dense layer got, or the outputs if it has none.
    """

    outputs: Floats
    features: Floats


class Network:
    """A loaded network that predicts and can be explained. Safe to use from several threads.

    Attributes:
        name: the file's name.
        digest: SHA-256 of the file, or a name unique to a model that came from memory.
        layout: how its own input becomes a picture.
        height, width: of the input picture; None where the network takes any size. A sequence
            (steps, features) is a picture of one row.
        channels: 1 or 3; of a sequence any number.
        layers: the explainable layers, first to last.
        default_layer: the last one whose map is larger than 1x1, and no grid of class scores.
        heads: one for each output.
        units: K, the numbers it gives for one picture, those of a grid in C order.
        summary: all its layers with shapes, parameters and work.
    """

    def __init__(self, model: Any, name: str = "model", digest: str = "") -> None:  # noqa: ANN401
        """Look a Keras model over.

        Raises:
            NetworkError: the model takes no single picture, or gives no class scores or values.
        """
        self.model = model
        self.name = name
        self.digest = digest or f"memory-{id(model)}"
        self.lock = threading.RLock()  # tracing changes the shared model for a moment
        self.traces: dict[str, Any] = {}  # layer name → traced capture, see capture.py
        own = input_shape(model, name)
        recording = self._look_inside(own)
        self.layout = find_layout(own, recording.calls, name)
        self.height, self.width = self.layout.height, self.layout.width
        self.channels = self.layout.channels
        self._refuse_deeper(recording.outputs)
        self.heads: tuple[Head, ...] = find_heads(recording.calls, recording.outputs)
        self._grid_layers = grid_layers(recording.calls, recording.outputs)
        size = (self.height or FREE_SIZE, self.width or FREE_SIZE)
        fields = follow_fields(recording.calls, recording.source, every_cell(*size))
        self.layers: tuple[Layer, ...] = find_layers(recording.calls, fields)
        picture = (*size, self.channels)
        self.summary: Summary = summarize(model, recording.calls, fields, picture)
        self._operations = dict(innermost(model))
        self._last_dense = _last_dense(recording.calls)

    def _look_inside(self, own: tuple[int | None, ...]) -> Recording:
        shape = (None, *(side or FREE_SIZE for side in own))
        try:
            with self.lock:
                return record_calls(self.model, self._raw, shape)
        except NetworkError:
            raise
        except Exception as error:  # a layer may raise anything on a shape it does not take
            raise NetworkError(f"The network in {self.name} cannot be run on a picture.") from error

    def _refuse_deeper(self, outputs: list[Any]) -> None:
        for output in outputs:
            if len(output.shape) == 4 and None in (self.height, self.width):
                raise NetworkError(
                    f"{self.name} takes pictures of any size and gives a grid as large as they "
                    "are; save it with a fixed input size."
                )
            if len(output.shape) not in {1, 2, 4}:
                grid = " × ".join(str(side) for side in output.shape[1:])
                raise NetworkError(
                    f"{self.name} gives a grid of {grid} numbers, as object detection does; "
                    "only classification and regression networks can be explained here."
                )

    @property
    def units(self) -> int:
        """K, the numbers the network gives for one picture."""
        return sum(head.units for head in self.heads)

    @property
    def default_layer(self) -> Layer:
        """The last layer whose map is larger than 1x1, and no grid of class scores.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        layer = default_layer(self.layers, self._grid_layers)
        if layer is None:
            raise NoLayerError(
                f"{self.name} has no layer with a map larger than 1 × 1, so nothing can be drawn; "
                "Grad-CAM needs a convolutional layer."
            )
        return layer

    def layer(self, name: str | None) -> Layer:
        """The explainable layer of that name; the default one for None.

        Raises:
            NetworkError: there is none of that name.
        """
        if name is None:
            return self.default_layer
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise NetworkError(f"{self.name} has no explainable layer named {name!r}.")

    def operation(self, path: str) -> Any:  # noqa: ANN401 - keras.Operation
        """The Keras operation at a path as in `Layer.name`."""
        return self._operations[path]

    def forward(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """The network's outputs as TensorFlow tensors, each (N, units): grids in C order."""
        import tensorflow as tf

        outputs = self._raw(self.layout.for_model(batch))
        return [
            tf.reshape(output, (-1, head.units))
            for head, output in zip(self.heads, outputs, strict=True)
        ]

    def _raw(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.nest.flatten(self.model(batch, training=False))

    def run(self, batch: Floats) -> Forward:
        """Outputs and features of a batch.

        Args:
            batch: (N, height, width, channels) float32, already scaled as the network expects.
        """
        outputs, features = self._traced_forward(self.check(batch))
        return Forward(outputs.numpy(), features.numpy())

    def predict(self, batch: Floats) -> Floats:
        """What the network itself returns: (N, K) float32. See `run` for the batch."""
        return self.run(batch).outputs

    def check(self, batch: Floats) -> Floats:
        """The batch as float32.

        Raises:
            NetworkError: it is empty, or its shape is not what the network takes.
        """
        if not len(batch):
            raise NetworkError(f"{self.name} was given an empty batch.")
        expected = (self.height, self.width, self.channels)
        given = batch.shape[1:]
        fits = len(given) == 3 and all(
            want is None or want == got for want, got in zip(expected, given, strict=True)
        )
        if not fits:
            raise NetworkError(
                f"{self.name} takes {_WORDS[self.layout.is_sequence].format(said(expected))}, "
                f"not {said(given)}."
            )
        return np.ascontiguousarray(batch, np.float32)

    @property
    def batch_shape(self) -> tuple[int | None, ...]:
        """Shape of a batch, None where any size goes."""
        return (None, self.height, self.width, self.channels)

    @cached_property
    def _traced_forward(self) -> Any:  # noqa: ANN401 - a concrete TensorFlow function
        import tensorflow as tf

        @tf.function(autograph=False)
        def forward(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            if self._last_dense is None:
                outputs = joined(self.forward(batch))
                return outputs, outputs
            with collected_inputs(self._last_dense) as seen:
                outputs = joined(self.forward(batch))
            features = tf.cast(seen[-1], tf.float32)
            return outputs, tf.reshape(features, (tf.shape(features)[0], -1))

        with self.lock:
            return forward.get_concrete_function(tf.TensorSpec(self.batch_shape, tf.float32))


def joined(outputs: list[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
    """Several (N, units) tensors side by side: (N, K) float32."""
    import tensorflow as tf

    return tf.concat([tf.cast(output, tf.float32) for output in outputs], axis=1)


def _last_dense(calls: list[Call]) -> Any:  # noqa: ANN401 - keras.Operation
    dense = (c.operation for c in reversed(calls) if type(c.operation).__name__ == "Dense")
    return next(dense, None)
