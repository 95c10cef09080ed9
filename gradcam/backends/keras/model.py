"""A Keras model as TensorFlow's runs want it: a `Model` of `Operation`s."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Self

from numpy.typing import NDArray

from gradcam.arrays import Floats
from gradcam.backends.keras.folding import absorber_of, affine_of, margins_of, widened_of
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
        affine, absorber, margins, widened: see `Operation`.
    """

    def __init__(self, path: str, own: Any) -> None:  # noqa: ANN401 - keras.Operation
        """Take a Keras layer or operation."""
        self.path = path
        self.kind = type(own).__name__
        self.details = own
        # Once: while it is linear its activation is another one.
        self._activation = getattr(own, "activation", None)
        self.squash = _squash_of(own)
        self.affine = affine_of(own)
        self.absorber = absorber_of(own)
        self.margins = margins_of(own)
        self.widened = widened_of(own)

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
        """What its own activation makes of logits (M, classes)."""
        import keras
        import tensorflow as tf

        if self._activation is not None:
            return self._activation(logits)
        kind = self.kind.lower()
        if kind == "hardsigmoid":
            return keras.ops.hard_sigmoid(logits)
        return {
            Squash.SOFTMAX: tf.nn.softmax,
            Squash.LOG_SOFTMAX: tf.nn.log_softmax,
            Squash.SIGMOID: tf.nn.sigmoid,
        }[self.squash](logits)

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


# By the class of a layer or operation, or the name of an activation, without underscores.
_SQUASHES = {
    "softmax": Squash.SOFTMAX,
    "softmaxv2": Squash.SOFTMAX,  # TensorFlow's own
    "logsoftmax": Squash.LOG_SOFTMAX,
    "logsoftmaxv2": Squash.LOG_SOFTMAX,
    "sigmoid": Squash.SIGMOID,
    "hardsigmoid": Squash.SIGMOID,
    "hardsigmoid2": Squash.SIGMOID,
}


def _squash_of(own: Any) -> Squash:  # noqa: ANN401 - keras.Operation
    while getattr(own, "activation", None) is not None:  # which may be a layer itself
        own = own.activation
    name = getattr(own, "__name__", type(own).__name__)
    return _SQUASHES.get(name.replace("_", "").lower(), Squash.LINEAR)


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
