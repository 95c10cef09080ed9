"""What is known of each value on the way before anything is run.

A value is a constant, which is computed at once, or depends on the picture. Of the latter shapes
are known: each operator is traced once with a prime number in the place of the batch. What a file
works out with shapes is worked out with that prime, so that a size that counts the batch shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.saved_model.allowed import (
    ARITHMETIC_KINDS,
    CURVE_KINDS,
    PLACEHOLDERS,
    REDUCTION_KINDS,
    VARIABLES,
)
from gradcam.backends.graph.saved_model.checkpoint import Checkpoint
from gradcam.backends.graph.saved_model.program import Program
from gradcam.backends.graph.saved_model.running import attributes_of, runner
from gradcam.backends.graph.saved_model.walking import Instruction, Route, Value
from gradcam.errors import NetworkError

PRIME = 1_000_003  # a prime that is no size of anything
MOST_NUMBERS = 2**28  # of one value, for one picture
MOST_CONSTANTS = 2**29  # of all of them
_SIZES = 32  # numbers at most that are taken for a shape

# What shapes are worked out with.
_ON_SIZES = frozenset({
    "Shape", "Size", "Rank", "Pack", "ConcatV2", "Concat", "StridedSlice", "Slice", "GatherV2",
    "Gather", "Squeeze", "ExpandDims", "Reshape", "Mul", "Add", "AddV2", "Sub", "FloorDiv",
    "FloorMod", "Prod", "Max", "Min", "Sum", "Maximum", "Minimum", "Cast", "BroadcastArgs",
    "Unpack", "Split", "SplitV", "Select", "SelectV2", "Equal", "Greater", "Less", "Neg",
})  # fmt: skip
# What gives no more numbers than all of its inputs spread over each other.
_NOT_GROWING = frozenset({*CURVE_KINDS, *ARITHMETIC_KINDS, *REDUCTION_KINDS})


@dataclass
class Known:
    """What is known of the values of a way.

    Attributes:
        constants: those that depend on no picture.
        learned: those of them that are weights, or made of such.
        symbols: of the others, traced.
        sizes: of those that are made of shapes alone, with `PRIME` for the batch, int64.
        targets: of reshaping steps, by number, the shape that goes at any batch.
        source: the picture.
        shape: of the picture in its file, the batch first.
        dtype: of its numbers there.
    """

    constants: dict[Value, NDArray[Any]] = field(default_factory=dict)
    learned: set[Value] = field(default_factory=set)
    symbols: dict[Value, Any] = field(default_factory=dict)
    sizes: dict[Value, NDArray[np.int64]] = field(default_factory=dict)
    targets: dict[int, NDArray[Any]] = field(default_factory=dict)
    source: Value | None = None
    shape: tuple[int | None, ...] = ()
    dtype: Any = None


def known_values(program: Program, way: Route, checkpoint: Checkpoint | None, name: str) -> Known:
    """Go along a way once.

    Raises:
        NetworkError: it takes no single picture, or its weights are missing.
        Exception: whatever TensorFlow raises on an operator that contradicts itself.
    """
    return _Looking(program, way, checkpoint, name).look()


def per_picture(shape: Sequence[int | None]) -> tuple[int | None, ...]:
    """A traced shape with None for what counts the batch."""
    return tuple(None if side is None or (side and side % PRIME == 0) else side for side in shape)


class _Looking:
    def __init__(
        self, program: Program, way: Route, checkpoint: Checkpoint | None, name: str
    ) -> None:
        import tensorflow as tf

        self._program, self._way = program, way
        self._checkpoint, self._name = checkpoint, name
        self._traced = tf.Graph()
        self._known = Known()
        self._held = 0  # numbers in constants

    def look(self) -> Known:
        import tensorflow as tf

        with tf.device("CPU:0"):  # what is computed here is computed there
            for number, step in enumerate(self._way.steps):
                if step.op in PLACEHOLDERS:
                    self._placed(number, step)
                elif step.op == "Const":
                    self._hold((number, 0), self._constant(step.node.attr["value"].tensor))
                elif step.op in VARIABLES:
                    self._hold((number, 0), self._variable(step.node), learned=True)
                elif all(value in self._known.constants for value in step.inputs):
                    self._computed(number, step)
                else:
                    self._trace(number, step)
        if self._known.source is None:
            raise NetworkError(f"{self._name} computes its answers from no picture.")
        return self._known

    def _placed(self, number: int, step: Instruction) -> None:
        import tensorflow as tf

        node, known = step.node, self._known
        if node.op == "PlaceholderWithDefault" and step.inputs[0] in known.constants:
            self._hold((number, 0), known.constants[step.inputs[0]])  # a switch, as it stands
            return
        known.dtype = tf.dtypes.as_dtype(node.attr["dtype"].type)
        if known.dtype == tf.bool:
            self._hold((number, 0), np.zeros((), bool))  # whether it is trained
            return
        if known.source is not None:
            raise NetworkError(
                f"{self._name} has several inputs; only networks that take one picture are "
                "explained."
            )
        told = self._program.inputs.get(node.name) or node.attr["shape"].shape
        if told.unknown_rank or not told.dim:
            raise NetworkError(f"{self._name} does not say what shape its input has.")
        known.shape = tuple(each.size if each.size >= 0 else None for each in told.dim)
        known.source = number, 0
        # Whole numbers are given as real ones: what follows takes both, and gradients flow.
        traced = known.dtype if known.dtype.is_floating else tf.float32
        with self._traced.as_default():
            self._see(known.source, tf.compat.v1.placeholder(traced, (PRIME, *known.shape[1:])))

    def _constant(self, proto: Any) -> NDArray[Any]:  # noqa: ANN401 - a TensorProto
        import tensorflow as tf

        if any(each.size < 0 for each in proto.tensor_shape.dim):
            raise ValueError("a constant of negative size")
        self._count(tuple(each.size for each in proto.tensor_shape.dim))
        return np.asarray(tf.make_ndarray(proto))

    def _variable(self, node: Any) -> NDArray[Any]:  # noqa: ANN401 - a NodeDef
        if self._checkpoint is None:
            raise NetworkError(
                f"The weights of {self._name} do not stand in it; freeze the graph, or open the "
                "folder of the SavedModel."
            )
        return self._checkpoint.variable(node, self._program.objects.get(node.name))

    def _computed(self, number: int, step: Instruction) -> None:
        """What depends on no picture; its shape alone first, where that may be far too large."""
        known = self._known
        run = runner(step.op, attributes_of(step.node))
        given = [known.constants[value] for value in step.inputs]
        most = int(np.prod([max(each.size, 1) for each in given], dtype=object))
        if step.op not in _NOT_GROWING or most > MOST_NUMBERS:
            with self._traced.as_default():
                for tensor in run([_stood_for(each) for each in given]):
                    self._count(() if tensor.shape.rank is None else tuple(tensor.shape))
        learned = any(value in known.learned for value in step.inputs)
        for output, tensor in enumerate(run(given)):
            self._hold((number, output), tensor.numpy(), learned=learned)

    def _trace(self, number: int, step: Instruction) -> None:
        known = self._known
        if step.op in _ON_SIZES:
            self._size(number, step)
        run = runner(step.op, attributes_of(step.node))
        with self._traced.as_default():
            given = [self._stands_for(value) for value in step.inputs]
            if step.op == "Reshape" and (target := self._target(step)) is not None:
                known.targets[number] = target
                given[1] = _whole(target)
            for output, tensor in enumerate(run(given)):
                self._see((number, output), tensor)

    def _stands_for(self, value: Value) -> Any:  # noqa: ANN401 - tf.Tensor, in the graph
        known = self._known
        if value in known.sizes:
            return _whole(known.sizes[value])
        symbol = known.symbols.get(value)
        return _stood_for(known.constants[value]) if symbol is None else symbol

    def _target(self, step: Instruction) -> NDArray[Any] | None:
        """What a map is reshaped to, with -1 for what counts the batch; None if that is unknown."""
        known, wanted = self._known, step.inputs[1]
        if wanted in known.sizes:
            target = known.sizes[wanted]
            free = (target % PRIME == 0) & (target != 0)
            return np.where(free, -1, target) if free.sum() == 1 and target.min() > 0 else None
        target = known.constants.get(wanted, np.zeros(0, np.int32))
        batch = known.shape[0] if known.shape else None  # a file may know one batch only
        if target.size and batch and target.min() > 0 and target[0] % batch == 0:
            return np.asarray([-1, *target[1:]], target.dtype)
        return target if target.size else None

    def _see(self, value: Value, tensor: Any) -> None:  # noqa: ANN401 - tf.Tensor
        shape = () if tensor.shape.rank is None else tuple(tensor.shape)
        if None not in shape and int(np.prod(shape, dtype=object)) // PRIME > MOST_NUMBERS:
            raise NetworkError(f"{self._name} makes more numbers of a picture than can be held.")
        self._known.symbols[value] = tensor

    def _size(self, number: int, step: Instruction) -> None:
        """What a file works out with shapes, with the prime for the batch."""
        known = self._known
        symbol = known.symbols.get(step.inputs[0]) if step.inputs else None
        if step.op in {"Shape", "Size", "Rank"}:
            shape = None if symbol is None or symbol.shape.rank is None else tuple(symbol.shape)
            if shape is not None and None not in shape:
                whole = {"Shape": shape, "Size": np.prod(shape, dtype=object), "Rank": len(shape)}
                known.sizes[number, 0] = np.asarray(whole[step.op], np.int64)
            return
        given = [known.sizes.get(value, known.constants.get(value)) for value in step.inputs]
        wide = [_wide(each) for each in given if each is not None and _may_be_sizes(each)]
        if len(wide) < len(given):
            return
        attributes = attributes_of(step.node)
        if step.op == "Cast":
            made = wide if attributes["DstT"].is_integer else []
        else:
            made = [each.numpy() for each in runner(step.op, attributes)(wide)]
        for output, array in enumerate(made):
            if _may_be_sizes(array):
                known.sizes[number, output] = array

    def _hold(self, value: Value, array: NDArray[Any], *, learned: bool = False) -> None:
        self._count(array.shape)
        self._held += array.size
        if self._held > MOST_CONSTANTS:
            raise NetworkError(f"{self._name} holds more numbers than can be kept.")
        self._known.constants[value] = array
        if learned:
            self._known.learned.add(value)

    def _count(self, shape: tuple[int | None, ...]) -> None:
        if int(np.prod([side or 0 for side in shape], dtype=object)) > MOST_NUMBERS:
            raise NetworkError(f"{self._name} holds more numbers than can be kept.")


def _may_be_sizes(array: NDArray[Any]) -> bool:
    return array.size <= _SIZES and array.dtype.kind in "iub"


def _wide(array: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(array, bool if array.dtype.kind == "b" else np.int64)


def _stood_for(array: NDArray[Any]) -> Any:  # noqa: ANN401 - tf.Tensor, in the graph
    """A constant as it is traced: by its numbers where these may say a shape."""
    import tensorflow as tf

    if _may_be_sizes(array):
        return tf.constant(array)
    return tf.compat.v1.placeholder(array.dtype, array.shape)


def _whole(sizes: NDArray[Any]) -> Any:  # noqa: ANN401 - tf.Tensor, in the graph
    import tensorflow as tf

    small = sizes.dtype.kind == "b" or np.abs(sizes).max(initial=0) < 2**31
    return tf.constant(sizes if sizes.dtype.kind == "b" or not small else sizes.astype(np.int32))
