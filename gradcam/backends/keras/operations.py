"""Where Keras 3's operations are, and those of Keras 2's networks that it does not have."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from gradcam.backends.keras.configuration import Config

_PLACES = tuple(
    f"keras.src.ops.{each}" for each in ("numpy", "nn", "core", "math", "image", "linalg")
)


def place_of(layer: Config) -> str | None:
    """The module of an operation on tensors as Keras 3 writes it in HDF5, without one.

    Add, Subtract, Softmax, … are layers and operations; only a layer says whether it is trainable.

    Args:
        layer: of the configuration of a functional model.

    Returns:
        None for a layer, and for what says its module itself.
    """
    import keras

    if "module" in layer or "trainable" in layer.get("config", {}):
        return None
    for place in _PLACES:
        own = vars(import_module(place)).get(str(layer.get("class_name")))
        if isinstance(own, type) and issubclass(own, keras.Operation):
            return place
    return None


@cache
def own_objects() -> dict[str, type]:
    """The classes by the names that configurations know them under."""
    import keras
    import tensorflow as tf

    class ShapeOf(keras.Operation):
        """`tf.shape`: the sides of a tensor, the batch included."""

        def __init__(self, dtype: str = "int32", name: str | None = None) -> None:
            super().__init__(name=name)
            self.dtype = dtype

        def call(self, x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return tf.shape(x, out_type=self.dtype)

    class SquaredDifference(keras.Operation):
        """`tf.math.squared_difference`, of which `tf.nn.moments` makes the variance."""

        def call(self, x: Any, y: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return tf.math.squared_difference(x, y)

    class ThresholdedReLU(keras.layers.Layer):
        """x where it is above theta, else 0."""

        def __init__(self, theta: float = 1.0, **named: Any) -> None:  # noqa: ANN401 - Keras' own
            super().__init__(**named)
            self.theta = float(theta)

        def call(self, x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return x * tf.cast(x > self.theta, x.dtype)

        def get_config(self) -> Config:
            return {**super().get_config(), "theta": self.theta}

    class PerImageStandardization(keras.Operation):
        """`tf.image.per_image_standardization`: each picture's own mean and deviation."""

        def call(self, images: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return tf.image.per_image_standardization(images)

    class LocalResponseNormalization(keras.Operation):
        """`tf.nn.local_response_normalization`, as in AlexNet and GoogLeNet."""

        def __init__(
            self, depth_radius: int = 5, bias: float = 1.0, alpha: float = 1.0, beta: float = 0.5,
            name: str | None = None,
        ) -> None:  # fmt: skip
            super().__init__(name=name)
            self.depth_radius, self.bias, self.alpha, self.beta = depth_radius, bias, alpha, beta

        def call(self, x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            return tf.nn.local_response_normalization(
                x, self.depth_radius, self.bias, self.alpha, self.beta
            )

    classes = (
        ShapeOf, SquaredDifference, ThresholdedReLU, PerImageStandardization,
        LocalResponseNormalization,
    )  # fmt: skip
    return {f"gradcam>{each.__name__}": each for each in classes}
