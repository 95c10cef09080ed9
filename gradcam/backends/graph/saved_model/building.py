"""The graph of a way: one node for each operator, and one for those that belong together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.graph import Compute, Graph, Node, Output
from gradcam.backends.graph.saved_model.allowed import CONVOLUTIONS, MULTIPLICATIONS
from gradcam.backends.graph.saved_model.describing import traits_of
from gradcam.backends.graph.saved_model.kernels import with_bias
from gradcam.backends.graph.saved_model.layering import as_layers
from gradcam.backends.graph.saved_model.normalising import normalisation_of
from gradcam.backends.graph.saved_model.operator import Argument, Operator, Traits
from gradcam.backends.graph.saved_model.picking import (
    Pick,
    pick_fixed,
    pick_sizes,
    pick_tensor,
    pick_weight,
)
from gradcam.backends.graph.saved_model.program import Program
from gradcam.backends.graph.saved_model.running import attributes_of, runner
from gradcam.backends.graph.saved_model.values import PRIME, Known, per_picture
from gradcam.backends.graph.saved_model.walking import Route, Value
from gradcam.errors import NetworkError

_SOURCE = "picture"
_LARGE = 1000  # numbers in a constant that is held once, not in each trace
_SUMS = frozenset({"BiasAdd", "BiasAddV1", "Add", "AddV2"})


def built_graph(program: Program, way: Route, known: Known, name: str) -> Graph:
    """Write a way down.

    Raises:
        NetworkError: nothing in it gives real numbers of a picture, or an operator works in a way
            that is not run here.
    """
    building = _Building(way, known, name)
    nodes = building.nodes()
    outputs = []
    for (key, _), value in zip(program.outputs, way.outputs, strict=True):
        symbol = known.symbols.get(value)
        if symbol is not None and symbol.dtype.is_floating:
            nodes += building.real(value, key)
            outputs.append(Output(building.real_name(value), key))
    if not outputs:
        raise NetworkError(f"{name} computes no class scores or values of its picture.")
    leading = as_layers(_leading(nodes, outputs), {output.value for output in outputs})
    return Graph(_SOURCE, known.shape[1:], tuple(leading), tuple(outputs))


def _leading(nodes: Sequence[Node], outputs: Sequence[Output]) -> tuple[Node, ...]:
    """Those that lead to an output; what worked out shapes may lead nowhere any more."""
    wanted = {output.value for output in outputs}
    leading = []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            wanted.update(node.inputs)
            leading.append(node)
    return tuple(reversed(leading))


class _Building:
    def __init__(self, way: Route, known: Known, name: str) -> None:
        self._steps, self._known, self._name = way.steps, known, name
        self._readers: Counter[Value] = Counter(way.outputs)
        for number, step in enumerate(way.steps):
            if (number, 0) in known.symbols:
                self._readers.update(step.inputs)

    def nodes(self) -> list[Node]:
        nodes = []
        if self._known.source is not None:
            nodes += self._widened(self._known.source)
        joined = self._joined()
        firsts = set(joined.values())
        for number, step in enumerate(self._steps):
            value = number, 0
            if value not in self._known.symbols or value == self._known.source or value in firsts:
                continue
            try:
                first = joined.get(number)
                nodes.append(self._pair(first, number) if first else self._single(number))
            except NotImplementedError as error:
                raise NetworkError(
                    f"In {self._name} the operator {step.op} ({step.path}) {error}."
                ) from error
        return nodes

    def real(self, value: Value, key: str) -> list[Node]:
        """What makes float32 of an output of another precision."""
        import tensorflow as tf

        if self._known.symbols[value].dtype == tf.float32:
            return []
        made = self.real_name(value)
        return [_cast(f"{key}/Cast", self._value_name(value), made, tf.float32)]

    def real_name(self, value: Value) -> str:
        """Of an output in float32."""
        import tensorflow as tf

        is_real = self._known.symbols[value].dtype == tf.float32
        return self._value_name(value) + ("" if is_real else ":float32")

    def _widened(self, source: Value) -> list[Node]:
        """The picture in the file's own precision."""
        import tensorflow as tf

        own = self._known.symbols[source].dtype
        if own == tf.float32:
            return []
        return [_cast("Cast", _SOURCE, self._value_name(source), own)]

    def _value_name(self, value: Value) -> str:
        import tensorflow as tf

        if value == self._known.source and self._known.symbols[value].dtype == tf.float32:
            return _SOURCE
        return f"{value[0]}:{value[1]}"

    # ------------------------------------------------------------------- one operator, one node

    def _single(self, number: int) -> Node:
        step, operator = self._steps[number], self._operator(number)
        told = traits_of(operator)
        places = _weights(told, operator)
        inputs, compute = self._compute(number, places)
        outputs = tuple(
            self._value_name((number, output)) for output in range(self._outputs(number))
        )
        if told.affine is not None or told.absorbing is not None:
            outputs = outputs[:1]  # a batch normalisation gives what only training wants
            compute = _with_bias(_first(compute), len(places))
        return Node(
            step.path, told.kind, inputs, outputs, compute if len(outputs) > 1 else _first(compute),
            weights=[np.asarray(operator.constant(place)) for place in places],
            details=told.details, squash=told.squash, kernels=told.kernels, affine=told.affine,
            absorbing=told.absorbing,
        )  # fmt: skip

    def _outputs(self, number: int) -> int:
        count = 1
        while (number, count) in self._known.symbols:
            count += 1
        return count

    def _operator(self, number: int) -> Operator:
        step, known = self._steps[number], self._known
        given = []
        for place, value in enumerate(step.inputs):
            constant = self._constant(number, place)
            shape = self._shape(value) if constant is None else constant.shape
            given.append(Argument(value, tuple(shape), constant, value in known.learned))
        return Operator(
            step.path, step.op, attributes_of(step.node), tuple(given), self._shape((number, 0))
        )

    def _shape(self, value: Value) -> tuple[int | None, ...]:
        shape = self._known.symbols[value].shape
        return () if shape.rank is None else per_picture(tuple(shape))

    def _constant(self, number: int, place: int) -> NDArray[Any] | None:
        """What a step gets there at any batch, where that is known."""
        value, known = self._steps[number].inputs[place], self._known
        if place == 1 and number in known.targets:
            return known.targets[number]
        if value in known.constants:
            return known.constants[value]
        sizes = known.sizes.get(value)
        return sizes if sizes is not None and (sizes < PRIME // 2).all() else None

    def _compute(self, number: int, weights: Sequence[int]) -> tuple[tuple[str, ...], Compute]:
        """What runs a step: from what depends on the picture, and its weights, to its outputs."""
        step, known = self._steps[number], self._known
        names: list[str] = []
        picks: list[Pick] = []
        batched = [
            value for value in step.inputs if value in known.symbols and value not in known.sizes
        ]
        for place, value in enumerate(step.inputs):
            constant = self._constant(number, place)
            if place in weights:
                picks.append(pick_weight(list(weights).index(place)))
            elif constant is not None:
                picks.append(pick_fixed(constant))
            elif value in known.sizes and batched and self._counts(known.sizes[value], batched[0]):
                rows = int(known.symbols[batched[0]].shape[0]) // PRIME
                names.append(self._value_name(batched[0]))
                picks.append(pick_sizes(len(names) - 1, known.sizes[value], rows))
            else:
                names.append(self._value_name(value))
                picks.append(pick_tensor(len(names) - 1))
        run = runner(step.op, attributes_of(step.node))

        def compute(tensors: Sequence[Any], held: Sequence[Any]) -> Any:  # noqa: ANN401 - tensors
            return run([pick(tensors, held) for pick in picks])

        return tuple(names), compute

    def _counts(self, sizes: NDArray[Any], beside: Value) -> bool:
        """Whether sizes count the batch in a way that can be told from another value's rows."""
        shape = self._known.symbols[beside].shape
        plain = (sizes < PRIME // 2) | (sizes % PRIME == 0)
        return bool(plain.all()) and bool(shape.rank) and int(shape[0] or 1) % PRIME == 0

    # --------------------------------------------------------------------- two operators, one node

    def _joined(self) -> dict[int, Value]:
        """What begins a pair, by the step that ends it: a kernel, or a factor."""
        joined: dict[int, Value] = {}
        for number, step in enumerate(self._steps):
            if step.op not in _SUMS or (number, 0) not in self._known.symbols:
                continue
            first = self._varying(number)
            if first is None or self._readers[first] != 1 or first == self._known.source:
                continue
            before = self._steps[first[0]].op
            if before in CONVOLUTIONS | MULTIPLICATIONS:
                fits = self._is_kernel(first[0]) and self._row(number, first) is not None
            else:
                fits = before == "Mul" and self._scales(number, first)
            if fits:
                joined[number] = first
        return joined

    def _varying(self, number: int) -> Value | None:
        """The only value that a step gets and that depends on the picture."""
        inputs = self._steps[number].inputs
        own = [value for value in inputs if value in self._known.symbols]
        return own[0] if len(inputs) == 2 and len(own) == 1 else None

    def _other(self, number: int) -> Value:
        (other,) = (x for x in self._steps[number].inputs if x in self._known.constants)
        return other

    def _is_kernel(self, number: int) -> bool:
        return traits_of(self._operator(number)).absorbing is not None

    def _row(self, number: int, first: Value) -> NDArray[Any] | None:
        """The constant of a step as one number for each channel; None where it is more."""
        other, channels = self._known.constants[self._other(number)], self._shape(first)[-1]
        return (
            np.ravel(other)
            if other.size == other.shape[-1:].count(channels) * (channels or 0)
            and other.ndim <= len(self._shape(first))
            else None
        )

    def _scales(self, number: int, first: Value) -> bool:
        if self._varying(first[0]) is None:
            return False
        channels = self._shape(first)[-1:]
        arrays = [self._known.constants[self._other(each)] for each in (first[0], number)]
        return all(
            array.dtype == np.float32 and (array.size == 1 or array.shape == channels)
            for array in arrays
        )

    def _pair(self, first: Value, number: int) -> Node:
        if self._steps[first[0]].op == "Mul":
            return self._scaled(first, number)
        node, bias = self._single(first[0]), self._row(number, first)
        if bias is None:
            raise NotImplementedError("adds a constant that is no bias")  # `_joined` asked for one
        told = with_bias(traits_of(self._operator(first[0])), bias)
        return replace(
            node,
            path=self._steps[number].path,
            outputs=(self._value_name((number, 0)),),
            weights=[*node.weights, bias],
            details=told.details,
        )

    def _scaled(self, first: Value, number: int) -> Node:
        factor, summand = self._other(first[0]), self._other(number)
        source = self._varying(first[0])
        names = (self._value_name(source),) if source is not None else ()
        path, made = self._steps[number].path, (self._value_name((number, 0)),)
        own = normalisation_of(self._steps, self._known, factor, summand)
        if own is not None:
            return Node(
                path, "BatchNormalization", names, made,
                lambda tensors, held: tensors[0] * held[0] + held[1],
                weights=own.weights, prepared=own.prepared, details=own.details, affine=own.affine,
            )  # fmt: skip
        arrays = [self._known.constants[value] for value in (factor, summand)]
        if not {factor, summand} & self._known.learned:
            scale, offset = arrays
            return Node(
                path, "Rescaling", names, made,
                lambda tensors, _: tensors[0] * scale + offset,
                details=SimpleNamespace(scale=scale, offset=offset),
            )  # fmt: skip
        return Node(
            path, "LayerScale", names, made, lambda tensors, held: tensors[0] * held[0] + held[1],
            weights=arrays,
        )  # fmt: skip


def _cast(path: str, given: str, made: str, dtype: Any) -> Node:  # noqa: ANN401 - tf.DType
    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.cast(tensors[0], dtype)

    return Node(path, "Cast", (given,), (made,), compute)


def _weights(told: Traits, operator: Operator) -> tuple[int, ...]:
    if told.weights is not None:
        return told.weights
    return tuple(
        place
        for place, given in enumerate(operator.given)
        if given.constant is not None
        and given.constant.dtype.kind == "f"
        and (given.learned or given.constant.size > _LARGE)
    )


def _first(compute: Compute) -> Compute:
    def first(tensors: Sequence[Any], held: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        made = compute(tensors, held)
        return made[0] if isinstance(made, tuple) else made

    return first


def _with_bias(compute: Compute, own: int) -> Compute:
    """The same, and one more weight is added to each channel."""

    def both(tensors: Sequence[Any], held: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        made = compute(tensors, held)
        return tf.nn.bias_add(made, held[own]) if len(held) > own else made

    return both
