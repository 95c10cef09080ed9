"""What happens inside a network, operation by operation, while TensorFlow traces it.

Keras offers no way to reach an inner tensor that works for nested, Sequential and reloaded models
alike. Replacing the `call` of the inner layer while the network is traced does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any


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
