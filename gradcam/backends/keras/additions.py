"""What networks of Keras 2 are made of and Keras 3 does not have."""

from __future__ import annotations

from functools import cache
from typing import Any

from gradcam.backends.keras.configuration import PACKAGE, Config


@cache
def registered_additions() -> frozenset[str]:
    """Make them known to Keras; their names without the package."""
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

    def hard_sigmoid_2(x: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """Keras 2's: 0.2 x + 0.5, cut to 0..1; Keras 3's is less steep."""
        return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)

    additions: tuple[Any, ...] = (
        ShapeOf, SquaredDifference, ThresholdedReLU, PerImageStandardization,
        LocalResponseNormalization, hard_sigmoid_2,
    )  # fmt: skip
    for each in additions:
        keras.saving.register_keras_serializable(PACKAGE)(each)
    return frozenset(each.__name__ for each in additions)


def own_class(name: str) -> Config:
    """What a configuration says of one of these classes, in place of a module."""
    return {"module": None, "registered_name": f"{PACKAGE}>{name}"}


def own_function(name: str) -> Config:
    """One of these functions, as a configuration has it."""
    known_as = f"{PACKAGE}>{name}"
    return {"class_name": "function", "config": known_as, **own_class(name)}
