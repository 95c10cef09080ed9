"""A graph as TensorFlow's runs want it: a `Model` of `Operation`s."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.graph import Absorbing, Compute, Graph, Node, Stored
from gradcam.backends.tensorflow.model import Absorber, Affine, Make, Margins, Widen
from gradcam.backends.tensorflow.tracing import replaced_call
from gradcam.head import Squash
from gradcam.layout import Shape


@dataclass(frozen=True, eq=False)  # arrays have no hash
class NodeAbsorber:
    """How a node multiplies and adds to what it gives; see `Absorber`."""

    absorbing: Absorbing
    compute: Compute
    stored: Stored

    def weights(self, scale: Numbers, offset: Numbers) -> Sequence[NDArray[np.float32]]:
        """See `Absorber.weights`."""
        return self.absorbing(self.stored, scale, offset)

    def make(self, weights: Sequence[Any]) -> Make:
        """See `Absorber.make`."""
        import tensorflow as tf

        def make(_: Callable[..., Any]) -> Callable[..., Any]:
            return lambda *tensors: self.compute(
                tensors, [tf.convert_to_tensor(each) for each in weights]
            )

        return make


class GraphOperation:
    """One node that runs; see `Operation` for its attributes."""

    margins: Margins | None = None
    widened: Widen | None = None

    def __init__(self, node: Node, stored: Stored | None = None) -> None:
        """Take a node, with other weights than its own where there are any."""
        import tensorflow as tf

        self._node = node
        self._stored = list(node.weights if stored is None else stored)
        # Made before anything is traced: a trace that makes variables is traced twice, and a
        # constant would stand in each trace once more.
        self._held = [tf.Variable(each, trainable=False) for each in node.prepared(self._stored)]
        self.path, self.kind, self.details = node.path, node.kind, node.details
        self.squash = node.squash
        self.trainable_weights: Sequence[Any] | None = None  # no file tells

    @property
    def weights(self) -> Sequence[Any]:
        """As they stand in the file."""
        return self._stored

    @property
    def affine(self) -> Affine | None:
        """See `Operation.affine`."""
        affine = self._node.affine
        return None if affine is None else lambda: affine(self._stored)

    @property
    def absorber(self) -> Absorber | None:
        """See `Operation.absorber`."""
        absorbing, compute = self._node.absorbing, self._node.compute
        return NodeAbsorber(absorbing, compute, self._stored) if absorbing else None

    def call(self, *tensors: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """Run it on what depends on the picture."""
        return self._run(self._node.compute, tensors)

    def replaced(self, make: Make) -> AbstractContextManager[None]:
        """Run `make(call)` instead of its call inside the block."""
        return replaced_call(self, lambda original: make(_without_notes(original)))

    def linear(self) -> AbstractContextManager[None]:
        """Give logits inside the block."""
        linear = self._node.linear
        if linear is None:
            return self.replaced(lambda _: lambda first, *_others: first)
        return self.replaced(lambda _: lambda *tensors: self._run(linear, tensors))

    def squashed(self, logits: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        """What its own squash makes of logits (M, classes)."""
        import tensorflow as tf

        if self._node.squashed is not None:
            return self._node.squashed(logits)
        return {
            Squash.SOFTMAX: tf.nn.softmax,
            Squash.LOG_SOFTMAX: tf.nn.log_softmax,
            Squash.SIGMOID: tf.nn.sigmoid,
        }[self.squash](logits)

    def kernels(self) -> Floats | None:
        """Of a convolution, in real numbers; else None."""
        return self._node.kernels(self._stored) if self._node.kernels else None

    def get_weights(self) -> list[NDArray[Any]]:
        """Its arrays as they stand in the file."""
        return list(self._stored)

    def set_weights(self, weights: Sequence[NDArray[Any]]) -> None:
        """Put others of the same shapes and types in their place."""
        self._stored[:] = [
            np.asarray(new, old.dtype) for new, old in zip(weights, self._stored, strict=True)
        ]
        for variable, new in zip(self._held, self._node.prepared(self._stored), strict=True):
            variable.assign(new)

    def copy(self) -> Self:
        """Another one with weights of its own and the same values."""
        return type(self)(self._node, [each.copy() for each in self._stored])

    def _run(self, compute: Compute, tensors: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return compute(tensors, [tf.convert_to_tensor(each) for each in self._held])


def _without_notes(call: Callable[..., Any]) -> Callable[..., Any]:
    """A call whose tensors carry no attribute: who gets them goes by their numbers alone.

    An operator on whole numbers notes on what it gives how it came about, and the next one goes by
    that. Where a tensor is watched or replaced, the way has to lead through it.
    """

    def plain(*tensors: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.nest.map_structure(tf.identity, call(*tensors))

    return plain


class GraphModel:
    """A graph that runs; see `Model` for its attributes."""

    def __init__(self, graph: Graph, operations: Iterable[GraphOperation] | None = None) -> None:
        """Take a graph, with the operations of its nodes where they are there already."""
        self.graph = graph
        self.input_shapes: tuple[Shape, ...] = (graph.shape,)
        self.output_names = tuple(output.name for output in graph.outputs)
        made = map(GraphOperation, graph.nodes) if operations is None else operations
        self.operations = tuple(made)
        self._last_use = {
            name: number for number, node in enumerate(graph.nodes) for name in node.inputs
        }

    def __call__(self, batch: Any) -> list[Any]:  # noqa: ANN401 - tf.Tensor
        """Outputs of a batch of any size."""
        values = {self.graph.source: batch}
        kept = {output.value for output in self.graph.outputs}
        for number, (node, operation) in enumerate(
            zip(self.graph.nodes, self.operations, strict=True)
        ):
            given = operation.call(*(values[name] for name in node.inputs))
            both = (given,) if len(node.outputs) == 1 else given
            values.update(zip(node.outputs, both, strict=True))
            for name in set(node.inputs) - kept:
                if self._last_use[name] == number:
                    del values[name]
        return [values[output.value] for output in self.graph.outputs]

    def copy(self) -> Self:
        """Another one with weights of its own."""
        return type(self)(self.graph, (operation.copy() for operation in self.operations))
