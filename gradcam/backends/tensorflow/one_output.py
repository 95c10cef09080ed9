"""A model that is asked for a part of what it gives: one of its outputs, or a layer's map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.tracing import Call, collected_outputs
from gradcam.layout import Shape


class OneOutput:
    """The same model, of which one output is given.

    Attributes:
        input_shapes, operations: see `Model`.
        output_names: of the one.
    """

    def __init__(self, model: Model, output: int) -> None:
        """Take a model, and which of its outputs is given."""
        self._model, self._output = model, output
        self.output_names: Sequence[str] = (model.output_names[output],)

    @property
    def input_shapes(self) -> Sequence[Shape]:
        """Of the whole."""
        return self._model.input_shapes

    @property
    def operations(self) -> Sequence[Operation]:
        """Of the whole: what leads elsewhere is run by nobody."""
        return self._model.operations

    def __call__(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """The one output of a batch."""
        return [self._model(batch)[self._output]]

    def copy(self) -> Model:
        """See `Model.copy`."""
        return OneOutput(self._model.copy(), self._output)


class UpTo:
    """The same model, which gives what one of its operations gives when it last runs.

    Attributes:
        input_shapes, operations: see `Model`.
        output_names: of the operation.
    """

    def __init__(self, model: Model, operation: Operation) -> None:
        """Take a model, and where it is cut."""
        self._model, self._operation = model, operation
        self.output_names: Sequence[str] = (operation.path,)

    @property
    def input_shapes(self) -> Sequence[Shape]:
        """Of the whole."""
        return self._model.input_shapes

    @property
    def operations(self) -> Sequence[Operation]:
        """Of the whole: TensorFlow leaves out what stands behind the cut."""
        return self._model.operations

    def __call__(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """The map of a batch."""
        with collected_outputs(self._operation, _unwatched) as seen:
            self._model(batch)
        return [seen[-1]]

    def copy(self) -> Model:
        """See `Model.copy`."""
        copy = self._model.copy()
        path = self._operation.path
        return UpTo(copy, next(each for each in copy.operations if each.path == path))


def _unwatched(_: Any) -> None:  # noqa: ANN401 - tf.Tensor
    """Nobody wants the gradient."""


def leading_calls(calls: list[Call], outputs: list[Any]) -> list[Call]:
    """The calls that some outputs depend on, in their order.

    Args:
        calls: what `record_calls` wrote down, all of one graph.
        outputs: symbolic ones of the same graph.
    """
    left, reached = [output.op for output in outputs], set[str]()
    while left:
        operation = left.pop()
        if operation.name not in reached:
            reached.add(operation.name)
            left += [tensor.op for tensor in operation.inputs]
    return [call for call in calls if any(given.op.name in reached for given in call.outputs)]
