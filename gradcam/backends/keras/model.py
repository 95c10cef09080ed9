"""A Keras model as TensorFlow's runs want it: a `Model` of `Operation`s."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Self

from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.backends.keras.kernels import kernels_of
from gradcam.backends.tensorflow.model import Make
from gradcam.backends.tensorflow.tracing import replaced_call
from gradcam.head import Squash
from gradcam.layout import Shape


class KerasOperation:
    """An innermost Keras layer, or an operation on tensors.

    Attributes:
        path: inside the model, `outer/inner` in a nested one.
        kind: its class.
        details: the Keras object itself.
        squash: what it does to logits: by its class, or by its activation.
    """

    def __init__(self, path: str, own: Any) -> None:  # noqa: ANN401 - keras.Operation
        """Take a Keras layer or operation."""
        self.path = path
        self.kind = type(own).__name__
        self.details = own
        self.squash = _squash_of(own)  # once: while it is linear its activation is another one

    @property
    def weights(self) -> Sequence[Any]:
        """Its Keras variables."""
        return getattr(self.details, "weights", ())

    @property
    def trainable_weights(self) -> Sequence[Any]:
        """Those that training may change."""
        return getattr(self.details, "trainable_weights", ())

    def replaced(self, make: Make) -> AbstractContextManager[None]:
        """Run `make(call)` instead of its `call` inside the block."""
        return replaced_call(self.details, make)

    def linear(self) -> AbstractContextManager[None]:
        """Give logits inside the block."""
        if hasattr(self.details, "activation"):
            return _linear_activation(self.details)
        return self.replaced(lambda _: lambda inputs, *_args, **_kwargs: inputs)

    def squashed(self, logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """Softmax or sigmoid of logits (M, classes)."""
        import tensorflow as tf

        return tf.nn.sigmoid(logits) if self.squash is Squash.SIGMOID else tf.nn.softmax(logits)

    def kernels(self) -> Floats | None:
        """Of a convolution (F, *kernel size, input channels); else None."""
        return kernels_of(self.details)

    def get_weights(self) -> list[NDArray[Any]]:
        """Its arrays."""
        return self.details.get_weights()

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """Put others in their place."""
        self.details.set_weights(weights)


class KerasModel:
    """A Keras model.

    Attributes:
        own: the model itself.
        input_shapes: of its inputs, without the batch.
        output_names: of its outputs; "" where Keras keeps none.
        operations: all innermost ones, nested models opened up.
    """

    def __init__(self, own: Any) -> None:  # noqa: ANN401 - keras.Model
        """Take a model of Keras 3."""
        self.own = own
        inputs = getattr(own, "inputs", None) or []
        self.input_shapes: tuple[Shape, ...] = tuple(tuple(each.shape)[1:] for each in inputs)
        count = len(getattr(own, "outputs", None) or [None])
        names = getattr(own, "output_names", None) or []
        self.output_names = tuple(names) if len(names) == count else ("",) * count
        self.operations = tuple(KerasOperation(path, each) for path, each in _innermost(own))

    def __call__(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """Outputs at prediction."""
        import tensorflow as tf

        return tf.nest.flatten(self.own(batch, training=False))

    def copy(self) -> Self:
        """Another one with weights of its own; what its layers do must be in their config."""
        import keras

        model = keras.models.clone_model(self.own)
        model.set_weights(self.own.get_weights())
        return type(self)(model)


def _squash_of(own: Any) -> Squash:  # noqa: ANN401 - keras.Operation
    name = type(own).__name__.lower()
    if name not in set(Squash):
        name = getattr(getattr(own, "activation", None), "__name__", "")
    return Squash(name) if name in set(Squash) else Squash.LINEAR


def _innermost(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    for operation in getattr(model, "operations", None) or model.layers:
        path = prefix + operation.name
        if hasattr(operation, "layers"):
            yield from _innermost(operation, path + "/")
        else:
            yield path, operation


@contextmanager
def _linear_activation(layer: Any) -> Iterator[None]:  # noqa: ANN401 - keras.Layer
    import keras

    original = layer.activation
    layer.activation = keras.activations.linear
    try:
        yield
    finally:
        layer.activation = original
