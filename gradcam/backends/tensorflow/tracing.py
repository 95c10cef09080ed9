"""What happens inside a model, operation by operation, while TensorFlow traces it.

Keras offers no way to reach an inner tensor that works for nested, Sequential and reloaded models
alike. Replacing the call of the inner operation while the model is traced does. It changes a
shared object for a moment: whoever does it holds the network's lock.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from gradcam.backends.tensorflow.model import Make, Model, Operation
from gradcam.layout import Shape

_ASIDE = ("mask", "training")  # arguments that are no input


@dataclass(frozen=True)
class Call:
    """One execution of one innermost operation while the network was traced.

    Attributes:
        operation: that ran.
        inputs, outputs: symbolic tensors.
        training: whether it ran as in training, because the network was built so.
    """

    operation: Operation
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    training: bool = False


def keys_of(call: Call) -> Sequence[Any]:
    """What an indexing operation takes along each axis: told, or given beside the tensor."""
    return getattr(call.operation.details, "keys", call.inputs[1:])


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


def distinct(calls: list[Call]) -> Iterator[int]:
    """Numbers of the executions: one of a layer in two nested networks is recorded for both."""
    seen: set[tuple[int, ...]] = set()
    for number, call in enumerate(calls):
        run = (id(call.operation.details), *(id(tensor) for tensor in call.outputs))
        if run not in seen:
            seen.add(run)
            yield number


@contextmanager
def replaced_call(operation: Any, make: Make) -> Iterator[None]:  # noqa: ANN401 - has a `call`
    """Replace an object's `call` by `make(original)` and put it back whatever happens.

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
def collected_outputs(operation: Operation, watch: Callable[[Any], None]) -> Iterator[list[Any]]:
    """Collect an operation's outputs, and hand each to `watch`, while the block runs it."""
    seen: list[Any] = []

    def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            output = original(*args, **kwargs)
            watch(output)
            seen.append(output)
            return output

        return call

    with operation.replaced(make):
        yield seen


@contextmanager
def collected_inputs(operation: Operation) -> Iterator[list[Any]]:
    """Collect an operation's first input while the block runs it."""
    seen: list[Any] = []

    def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            seen.append(inputs)
            return original(inputs, *args, **kwargs)

        return call

    with operation.replaced(make):
        yield seen


def traced_id(tensor: Any, known: Container[int]) -> int:  # noqa: ANN401 - tf.Tensor
    """The id of the tensor that this one is, before it was cast: a known one, if any is."""
    while id(tensor) not in known and tensor.op.type in {"Cast", "Identity"}:
        tensor = tensor.op.inputs[0]
    return id(tensor)


def depends(tensor: Any) -> bool:  # noqa: ANN401 - numbers and weights stand among the inputs
    """Whether something that an operation got may change with the picture."""
    operation = getattr(tensor, "op", None)
    while operation is not None and operation.type in {"Cast", "Identity"}:
        operation = operation.inputs[0].op
    return operation is not None and operation.type not in {"Const", "ReadVariableOp"}


def _named(call: Callable[..., Any], given: dict[str, Any]) -> list[Any]:
    """Inputs that were given by name, in the order of what is called."""
    order = list(inspect.signature(call).parameters)
    names = [name for name in given if not name.endswith(_ASIDE)]
    return [given[x] for x in sorted(names, key=lambda x: order.index(x) if x in order else 99)]


def record_calls(model: Model, layout: Shape) -> Recording:
    """Trace a model once and write down what every operation got and gave.

    Args:
        model: whose operations are watched.
        layout: shape of its input, without the batch.
    """
    import tensorflow as tf

    calls: list[Call] = []

    def recorder(operation: Operation) -> Make:
        def make(original: Any) -> Callable[..., Any]:  # noqa: ANN401
            def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
                result = original(*args, **kwargs)
                inputs = tuple(tf.nest.flatten((args, _named(original, kwargs))))
                training = bool(kwargs.get("training"))
                calls.append(Call(operation, inputs, tuple(tf.nest.flatten(result)), training))
                return result

            return call

        return make

    sources: list[Any] = []
    outputs: list[Any] = []
    with ExitStack() as stack:
        for operation in model.operations:
            stack.enter_context(operation.replaced(recorder(operation)))

        @tf.function(autograph=False)
        def trace(batch: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            sources.append(batch)
            outputs.extend(model(batch))
            return outputs

        trace.get_concrete_function(tf.TensorSpec((None, *layout), tf.float32))
    return Recording(sources[0], calls, outputs)
