"""Writes a graph down operator by operator, and knows the shape of everything in it.

For formats that put channels first, see `channels_last.py`. Shapes are TensorFlow's own: each node
is traced once as it will be run, with a number in the place of the batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.channels_last import (
    AxisOrder,
    FileShape,
    Held,
    ShapeError,
    as_filed,
    channels_last_order,
    reshaping,
)
from gradcam.backends.graph.graph import Graph, Node, Output
from gradcam.backends.graph.operators.elementwise import elementwise
from gradcam.backends.graph.operators.shapes import at_batch, reshape, transpose
from gradcam.layout import Shape

SOURCE = "picture"
MOST_NUMBERS = 2**28  # of one value for one picture
Operand = Held | NDArray[Any]  # what depends on the picture, or a constant


class GraphBuilder:
    """A graph that is being written down.

    Attributes:
        source: the picture.
        batch: the number in shapes that stands for it.
    """

    def __init__(self, shape: FileShape, order: AxisOrder, batch: int) -> None:
        """Begin with the picture.

        Args:
            shape: of the picture in the file's order, the batch first.
            order: in which it lies, channels last.
            batch: what stands for the batch in shapes.
        """
        import tensorflow as tf

        self._traced, self._nodes = tf.Graph(), list[Node]()
        self._tensors: dict[str, Any] = {}
        self.batch = batch
        self.source = Held(SOURCE, shape, order)
        with self._traced.as_default():
            self._tensors[SOURCE] = tf.compat.v1.placeholder(tf.float32, self.source.sizes)

    def add(self, node: Node, order: AxisOrder) -> Held:
        """Write a node with one output down, and tell how that lies.

        Raises:
            ShapeError: it does not take what it gets, or gives too much.
        """
        import tensorflow as tf

        (name,) = node.outputs
        with self._traced.as_default():
            weights = [
                tf.compat.v1.placeholder(each.dtype, each.shape)
                for each in node.prepared(node.weights)
            ]
            try:
                tensor = node.compute([self._tensors[given] for given in node.inputs], weights)
            except (ValueError, TypeError, IndexError, tf.errors.OpError) as error:
                raise ShapeError(f"{node.kind} at {node.path}") from error
        lying = tuple(tensor.shape)
        if len(lying) != len(order) or None in lying:
            raise ShapeError(f"{node.kind} at {node.path} gives {lying}")
        if int(np.prod(lying, dtype=object)) // self.batch > MOST_NUMBERS:
            raise ShapeError(f"{node.kind} at {node.path} gives more numbers than can be held")
        self._nodes.append(node)
        self._tensors[name] = tensor
        shape = [0] * len(order)
        for size, axis in zip(lying, order, strict=True):
            shape[axis] = int(size)
        return Held(name, tuple(shape), order)

    def free_path(self, wanted: str) -> str:
        """A path like that which no node has."""
        path, number = wanted, 1
        while path in self._tensors:
            path, number = f"{wanted}_{number}", number + 1
        return path

    def turned(self, held: Held, order: AxisOrder, path: str) -> Held:
        """A value in another order; `path` is that of who wants it so."""
        if held.order == order:
            return held
        moved = [axis for axis in held.order if held.shape[axis] != 1]
        made = self.free_path(f"{path}/transpose")
        axes = tuple(held.order.index(axis) for axis in order)
        if moved == [axis for axis in order if held.shape[axis] != 1]:
            return self.add(self._reshape(made, held, tuple(held.sizes[x] for x in axes)), order)
        return self.add(transpose(made, held.name, made, axes), order)

    def as_in_file(self, held: Held, path: str) -> Held:
        """A value whose axes lie in the file's order."""
        return self.turned(held, as_filed(held.rank), path)

    def channels_last(self, held: Held, path: str) -> Held:
        """A value whose second axis of the file's lies last."""
        return self.turned(held, channels_last_order(held.rank), path)

    def reshaped(self, held: Held, shape: FileShape, path: str) -> Held:
        """The same numbers in another shape of the file's.

        Raises:
            ShapeError: that is not as many.
        """
        way = reshaping(held, shape)
        turned = self.turned(held, way.turn, path)
        lying = tuple(way.shape[axis] for axis in way.order)
        if lying == turned.sizes:
            made = replace(turned, shape=way.shape, order=way.order)
        else:
            made = self.add(self._reshape(self.free_path(path), turned, lying), way.order)
        return self._batch_first(made, path)

    def combined(
        self,
        path: str,
        kind: str,
        function: Callable[..., Any],
        given: Sequence[Operand],
        *,
        learned: bool = True,
    ) -> Held:
        """Numbers in the same places, of which some are constants, or spread over places.

        Args:
            path: of the node.
            kind: of the node.
            function: from all of `given` to what is made of them.
            given: what depends on the picture, and constants in the file's order of axes.
            learned: whether constants of more than one number are weights.
        """
        several = [each for each in given if isinstance(each, Held)]
        rank = max(each.ndim if isinstance(each, np.ndarray) else each.rank for each in given)
        wide = [self._widened(each, rank, path) for each in several]
        leading = max(wide, key=lambda each: int(np.prod(each.shape, dtype=object)))
        names = iter([self.turned(each, leading.order, path).name for each in wide])
        parts: list[str | NDArray[Any]] = []
        for each in given:
            if isinstance(each, Held):
                parts.append(next(names))
            else:
                parts.append(self._constant(each, rank, leading.order))
        path = self.free_path(path)
        return self.add(
            elementwise(path, kind, parts, path, function, learned=learned), leading.order
        )

    def for_each(self, held: Held, constant: NDArray[Any], path: str) -> Held:
        """A constant (1, …) as a value that each picture of a batch has."""
        path = self.free_path(path)
        return self.add(at_batch(path, held.name, path, constant), as_filed(constant.ndim))

    def one_for_all(self, constant: NDArray[Any]) -> NDArray[Any]:
        """A constant as it is for one picture, where the batch was counted in.

        Raises:
            ShapeError: it is another one for each picture.
        """
        for axis, size in enumerate(constant.shape):
            if size % self.batch == 0 and size:
                rows = np.moveaxis(constant, axis, 0).reshape(self.batch, -1)
                if not (rows == rows[:1]).all():
                    raise ShapeError("a constant that depends on the batch")
                shape = list(constant.shape)
                shape[axis] //= self.batch
                return np.moveaxis(rows[0].reshape(shape[axis], *np.delete(shape, axis)), 0, axis)
        return constant

    def graph(self, outputs: Sequence[Output], shape: Shape) -> Graph:
        """All that leads to some outputs.

        Args:
            outputs: of the graph.
            shape: of the picture without the batch, channels last.
        """
        wanted = {output.value for output in outputs}
        nodes = []
        for node in reversed(self._nodes):
            if wanted.intersection(node.outputs):
                nodes.append(node)
                wanted.update(node.inputs)
        return Graph(SOURCE, shape, tuple(reversed(nodes)), tuple(outputs))

    def _reshape(self, path: str, held: Held, lying: FileShape) -> Node:
        free = tuple(-1 if size % self.batch == 0 and size else size for size in lying)
        if free.count(-1) > 1:
            raise ShapeError(f"{held.shape} becomes {lying}")
        return reshape(path, held.name, path, free)

    def _batch_first(self, held: Held, path: str) -> Held:
        """A value in which each picture's numbers lie together: so are maps, and so are tokens."""
        rows = [axis for axis in held.order if held.shape[axis] % self.batch == 0]
        if not rows or all(
            held.shape[axis] == 1 for axis in held.order[: held.order.index(rows[0])]
        ):
            return held
        order = (rows[0], *(axis for axis in held.order if axis != rows[0]))
        return self.turned(held, order, path)

    def _widened(self, held: Held, rank: int, path: str) -> Held:
        """With more axes of one in front."""
        if held.rank == rank:
            return held
        return self.reshaped(held, (1,) * (rank - held.rank) + held.shape, f"{path}/reshape")

    def _constant(self, constant: NDArray[Any], rank: int, order: AxisOrder) -> NDArray[Any]:
        own = self.one_for_all(constant)
        if own.size == 1:
            return own.reshape(())
        own = own.reshape((1,) * (rank - own.ndim) + own.shape)
        return np.ascontiguousarray(own.transpose(order))
