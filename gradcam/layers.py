"""What happens inside a network, layer by layer: recorded once, then listed.

Keras offers no way to reach an inner tensor that works for nested, Sequential and reloaded models
alike. Replacing the `call` of the inner layer while the network is traced does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcam.receptive_field import Field

# Layers whose output is only the picture itself, or another layer's output moved about.
PASSING = frozenset({
    "InputLayer", "Resizing", "Rescaling", "Normalization", "CenterCrop", "RandomCrop",
    "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast",
    "RandomBrightness", "GaussianNoise", "GaussianDropout", "AlphaDropout", "Dropout",
    "SpatialDropout2D", "Identity", "Reshape", "Permute", "Flatten", "ZeroPadding2D", "Cropping2D",
    "UpSampling2D", "MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D",
    "GlobalMaxPooling2D", "SpatialDropout1D", "ZeroPadding1D", "Cropping1D", "UpSampling1D",
    "MaxPooling1D", "AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "Masking",
    "ExpandDims", "Squeeze", "StopGradient", "Cast",
})  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """A layer with a spatial output, which can be explained.

    Attributes:
        name: its path inside the network, `outer/inner` for a nested one.
        kind: the Keras class.
        height: rows of its output; 1 where its steps are columns, as those of a sequence are.
        width: columns of its output; 1 where its steps are the picture's rows.
        channels: channels of its output.
        parameters: numbers among its own weights.
        receptive_field: rows and columns of the input that one cell of its map depends on, never
            more than the input has; None where it cannot be told. See `receptive_field.py`.
    """

    name: str
    kind: str
    height: int
    width: int
    channels: int
    parameters: int = 0
    receptive_field: tuple[int, int] | None = None

    @property
    def cells(self) -> int:
        """Number of positions in its map."""
        return self.height * self.width


@dataclass(frozen=True)
class Call:
    """One execution of one innermost operation while the network was traced."""

    path: str
    operation: Any
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]


@dataclass(frozen=True)
class Recording:
    """What happened inside a network while it was traced.

    Attributes:
        source: its symbolic input.
        calls: in order of execution.
        outputs: its symbolic outputs.
    """

    source: Any
    calls: list[Call]
    outputs: list[Any]


@contextmanager
def replaced_call(operation: Any, make: Callable[[Any], Callable[..., Any]]) -> Iterator[None]:  # noqa: ANN401
    """Replace an operation's `call` by `make(original)` and put it back whatever happens.

    It changes a shared object: hold the network's lock.
    """
    attributes = operation.__dict__
    had_own = "call" in attributes
    original = operation.call
    attributes["call"] = make(original)
    try:
        yield
    finally:
        if had_own:
            attributes["call"] = original
        else:
            del attributes["call"]


@contextmanager
def collected_outputs(operation: Any, watch: Callable[[Any], None]) -> Iterator[list[Any]]:  # noqa: ANN401
    """Collect an operation's outputs, and hand each to `watch`, while the block runs it."""
    seen: list[Any] = []

    def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            output = original(*args, **kwargs)
            watch(output)
            seen.append(output)
            return output

        return call

    with replaced_call(operation, make):
        yield seen


@contextmanager
def collected_inputs(operation: Any) -> Iterator[list[Any]]:  # noqa: ANN401
    """Collect an operation's first input while the block runs it."""
    seen: list[Any] = []

    def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            seen.append(inputs)
            return original(inputs, *args, **kwargs)

        return call

    with replaced_call(operation, make):
        yield seen


def innermost(model: Any, prefix: str = "") -> list[tuple[str, Any]]:  # noqa: ANN401 - keras.Model
    """Paths and operations of a model with its nested models opened up, first to last."""
    found: list[tuple[str, Any]] = []
    for operation in getattr(model, "operations", None) or model.layers:
        path = prefix + operation.name
        if hasattr(operation, "layers"):
            found += innermost(operation, path + "/")
        else:
            found.append((path, operation))
    return found


def record_calls(
    model: Any,  # noqa: ANN401 - keras.Model
    forward: Callable[[Any], Any],
    shape: tuple[int | None, ...],
) -> Recording:
    """Trace `forward` once and write down what every innermost operation got and gave.

    Args:
        model: the Keras model whose operations are watched.
        forward: calls the model.
        shape: of the input, batch first.
    """
    import tensorflow as tf

    calls: list[Call] = []

    def recorder(path: str, operation: Any) -> Callable[[Any], Callable[..., Any]]:  # noqa: ANN401
        def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
            def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                result = original(*args, **kwargs)
                inputs = tuple(tf.nest.flatten(args))
                calls.append(Call(path, operation, inputs, tuple(tf.nest.flatten(result))))
                return result

            return call

        return make

    sources: list[Any] = []
    outputs: list[Any] = []
    with ExitStack() as stack:
        for path, operation in innermost(model):
            stack.enter_context(replaced_call(operation, recorder(path, operation)))

        @tf.function(autograph=False)
        def trace(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            sources.append(batch)
            outputs.extend(tf.nest.flatten(forward(batch)))
            return outputs

        trace.get_concrete_function(tf.TensorSpec(shape, tf.float32))
    return Recording(sources[0], calls, outputs)


def find_layers(calls: list[Call], fields: list[Field | None]) -> tuple[Layer, ...]:
    """The layers with a spatial output of known size, in order of execution.

    Layers that only pass a picture or a map on (padding, pooling, dropout, preprocessing) are
    left out, arithmetic on the picture before the first layer with weights too. A layer that runs
    twice is listed where it ran last. A layer with steps (N, steps, C) is listed where it is known
    whether they are the picture's rows or its columns.

    Args:
        calls: in order of execution.
        fields: what `follow_fields` found for each of them.
    """
    found: dict[str, Layer] = {}
    learned = False
    for call, field in zip(calls, fields, strict=True):
        kind = type(call.operation).__name__
        found.pop(call.path, None)
        if kind in PASSING or len(call.outputs) != 1:
            continue
        parameters = _parameters(call.operation)
        learned = learned or parameters > 0
        size = _map_size(call.outputs[0].shape, field)
        if learned and size is not None:
            size_seen = field.size if field is not None else None
            found[call.path] = Layer(call.path, kind, *size, parameters, size_seen)
    return tuple(found.values())


def _map_size(shape: Any, field: Field | None) -> tuple[int, int, int] | None:  # noqa: ANN401
    if None in shape[1:]:
        return None
    if len(shape) == 4:
        return int(shape[1]), int(shape[2]), int(shape[3])
    if len(shape) == 3 and field is not None:
        return *field.cells, int(shape[2])
    return None


def _parameters(operation: Any) -> int:  # noqa: ANN401 - keras.Operation
    return sum(math.prod(weight.shape) for weight in getattr(operation, "weights", ()))


def default_layer(layers: tuple[Layer, ...], heads: frozenset[str] = frozenset()) -> Layer | None:
    """The last layer whose map is larger than 1x1; None where there is none.

    Activations and batch normalisation come after their convolution, so the last in order of
    execution is the one after its activation.

    Args:
        layers: in order of execution.
        heads: names of those that give a grid of class scores; they come into question last.
    """
    drawable = [layer for layer in reversed(layers) if layer.cells > 1]
    return next((x for x in drawable if x.name not in heads), drawable[0] if drawable else None)
