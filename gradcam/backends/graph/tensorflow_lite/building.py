"""From a file's operators to a graph of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.graph import Graph, Node, Output
from gradcam.backends.graph.operators.shapes import transpose
from gradcam.backends.graph.tensorflow_lite.file import (
    LiteFile,
    LiteOperator,
    LiteTensor,
    whereabouts,
)
from gradcam.backends.graph.tensorflow_lite.floats import FLOATS
from gradcam.backends.graph.tensorflow_lite.folding import FOLDED, folded_constant
from gradcam.backends.graph.tensorflow_lite.integer_operators import INTEGERS, on_grid
from gradcam.backends.graph.tensorflow_lite.logits import logit_tensors
from gradcam.backends.graph.tensorflow_lite.names import name_layers
from gradcam.backends.graph.tensorflow_lite.refused import why_not_read
from gradcam.backends.graph.tensorflow_lite.step import Builder, LiteStep, NotReadError
from gradcam.errors import NetworkError
from gradcam.layout import Shape

SHAPE = "SHAPE"  # never run: the file has all shapes
_LEVELS = (np.dtype(np.int8), np.dtype(np.uint8), np.dtype(np.int16))
_CHANNELS_LAST = (0, 2, 3, 1)
_CHANNELS_FIRST = (0, 3, 1, 2)
_PASSING = ("QUANTIZE", "DEQUANTIZE", "CAST")  # number by number, whatever the order of axes


def holds_levels(tensor: LiteTensor) -> bool:
    """Whether what flows there are whole numbers that stand for real ones."""
    return tensor.data is None and tensor.dtype in _LEVELS and tensor.quantisation is not None


def graph_of(file: LiteFile, name: str, arithmetic: Arithmetic) -> Graph:
    """Write a file down as a graph.

    Args:
        file: as it was parsed.
        name: what people call it.
        arithmetic: that whole numbers are to be run in.

    Raises:
        NetworkError: it takes no single input, has an operator that is not read, or contradicts
            itself.
    """
    if len(file.inputs) != 1:
        raise NetworkError(
            f"{name} has {len(file.inputs)} inputs; only networks that take one picture are "
            "explained."
        )
    for operator in file.operators:
        if operator.code not in {*FLOATS, *INTEGERS, *FOLDED, SHAPE}:
            raise _not_read(name, operator)
    building = _Building(file, name, arithmetic)
    for operator in file.operators:
        building.take(operator)
    outputs = tuple(
        Output(building.named(tensor), own)
        for tensor, own in zip(file.outputs, file.output_names, strict=True)
    )
    return Graph(building.source, building.shape, tuple(building.nodes), outputs)


def _not_read(name: str, operator: LiteOperator) -> NetworkError:
    return NetworkError(f"{name} cannot be explained: {why_not_read(operator)}.")


class _Building:
    """A graph that is being written.

    Attributes:
        source: name of the picture.
        shape: of the picture, channels last.
        nodes: so far.
    """

    def __init__(self, file: LiteFile, name: str, arithmetic: Arithmetic) -> None:
        (given,) = file.inputs
        self._name, self._arithmetic = name, arithmetic
        self.source = _value(given)
        self.nodes: list[Node] = []
        self._names = {given.number: self.source}  # of values, by tensor
        self._constants: dict[int, LiteTensor] = {}  # that were worked out of others
        self._turned: set[int] = set()  # channels last here, though the file has them first
        self._logits = logit_tensors(file)
        self._learned: set[int] = set()  # weights went into them
        kinds = [operator.code for operator in file.operators]
        outputs = [operator.outputs[:1] for operator in file.operators]
        paths = name_layers([own[0].name if own else "" for own in outputs], kinds)
        self._paths = dict(zip(range(len(kinds)), paths, strict=True))
        self.shape = self._shape_of(given)
        if holds_levels(given):
            self._take_levels(given, set(paths))

    def _take_levels(self, given: LiteTensor, taken: set[str]) -> None:
        """People give real numbers; a layer of its own puts them on the file's grid."""
        path = "quantize"
        while path in taken:
            path += "_input"
        self._names[given.number] = made = f"{self.source}/levels"
        self.nodes.append(on_grid(path, self.source, made, given, self._arithmetic))

    def _shape_of(self, given: LiteTensor) -> Shape:
        sides = tuple(None if axis in given.free else side for axis, side in enumerate(given.shape))
        if not sides:
            raise NetworkError(f"{self._name} takes a single number, not a picture.")
        own = sides[1:]
        if _channels_first(given.shape):
            self._turned.add(given.number)
            own = (own[1], own[2], own[0])
        return own

    def named(self, tensor: LiteTensor) -> str:
        """Name of a value in the file's own order of axes."""
        if tensor.number not in self._names:
            raise NetworkError(
                f"{self._name} gives a constant ({whereabouts(tensor.name)}), whatever the "
                "picture; there is nothing to explain."
            )
        own = self._names[tensor.number]
        if tensor.number in self._turned:
            turned = f"{own}/channels_first"
            if all(turned not in node.outputs for node in self.nodes):
                self.nodes.append(transpose(turned, own, turned, _CHANNELS_FIRST))
            return turned
        return own

    def take(self, operator: LiteOperator) -> None:
        """Write the nodes of the next operator."""
        try:
            self._take(self._with_constants(operator))
        except NotReadError as error:
            raise NetworkError(
                f"{self._name} uses {operator.code} {error}, {_at(operator)}, which is not read "
                "here; open the Keras model (.h5 or .keras) it was converted from."
            ) from error
        except NetworkError:
            raise
        except Exception as error:  # whatever an operator's own numbers lead to
            raise NetworkError(
                f"{self._name} is damaged: its operator {operator.code}, {_at(operator)}, "
                "contradicts itself."
            ) from error

    def _take(self, operator: LiteOperator) -> None:
        varying = [each for each in operator.inputs if each is not None and each.data is None]
        if operator.code == SHAPE and operator.inputs[0] is not None:
            self._fold(operator.outputs[0], np.asarray(operator.inputs[0].shape))
            return
        if operator.code == "TRANSPOSE" and self._turns_back(operator):
            self._hand_on(operator, keeps_order=False)
            return
        if not varying:
            self._fold(operator.outputs[0], folded_constant(operator))
            return
        build = self._builder(operator)
        step = self._step(operator)
        nodes = build(step)
        learned = step.learned or any(node.weights for node in nodes)
        if not nodes:
            self._hand_on(operator)
        else:
            self.nodes += [*nodes[:-1], self._held_to(nodes[-1], operator)]
            self._names.update({each.number: _value(each) for each in operator.outputs})
            if self._passes_order(operator):
                self._turned.update(each.number for each in operator.outputs)
        if learned:
            self._learned.update(each.number for each in operator.outputs)

    def _with_constants(self, operator: LiteOperator) -> LiteOperator:
        def own(tensor: LiteTensor | None) -> LiteTensor | None:
            return None if tensor is None else self._constants.get(tensor.number, tensor)

        return replace(operator, inputs=tuple(map(own, operator.inputs)))

    def _builder(self, operator: LiteOperator) -> Builder:
        tensors = [each for each in (*operator.inputs, *operator.outputs) if each is not None]
        table = INTEGERS if any(map(holds_levels, tensors)) else FLOATS
        build = table.get(operator.code)
        if build is None:
            raise _not_read(self._name, operator)
        return build

    def _step(self, operator: LiteOperator) -> LiteStep:
        kept = self._passes_order(operator)
        names, learned = [], False
        for tensor in operator.inputs:
            if tensor is None or tensor.data is not None:
                names.append("")
                continue
            names.append(self._names[tensor.number] if kept else self.named(tensor))
            learned = learned or tensor.number in self._learned
        return LiteStep(
            operator,
            self._paths[operator.number],
            tuple(names),
            tuple(map(_value, operator.outputs)),
            self._arithmetic,
            learned,
            any(tensor.number in self._logits for tensor in operator.outputs),
        )

    def _passes_order(self, operator: LiteOperator) -> bool:
        first = operator.inputs[0] if operator.inputs else None
        return first is not None and first.number in self._turned and operator.code in _PASSING

    def _turns_back(self, operator: LiteOperator) -> bool:
        first, axes = operator.inputs[0], operator.inputs[1]
        if first is None or axes is None or axes.data is None or first.number not in self._turned:
            return False
        return tuple(axes.data.reshape(-1)) == _CHANNELS_LAST

    def _hand_on(self, operator: LiteOperator, *, keeps_order: bool = True) -> None:
        """The output is the first input itself."""
        first, made = operator.inputs[0], operator.outputs[0]
        if first is None:
            raise ValueError(operator)
        self._names[made.number] = self._names[first.number]
        if keeps_order and first.number in self._turned:
            self._turned.add(made.number)
        if first.number in self._learned:
            self._learned.add(made.number)

    def _fold(self, tensor: LiteTensor, data: NDArray[Any]) -> None:
        self._constants[tensor.number] = replace(tensor, data=data, dtype=data.dtype)

    def _held_to(self, node: Node, operator: LiteOperator) -> Node:
        """A node that gives what the file says it gives, or contradicts it while it is traced."""
        turned = self._passes_order(operator)
        expected = [_sides(each, turned=turned) for each in operator.outputs]
        compute = node.compute

        def held(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tensors
            made = compute(tensors, weights)
            for own, sides in zip(made if len(expected) > 1 else (made,), expected, strict=True):
                given = tuple(own.shape[1:])
                if len(given) != len(sides) or any(
                    a is not None and b is not None and a != b
                    for a, b in zip(given, sides, strict=True)
                ):
                    raise ValueError(f"{node.path} gives {given}, not {sides}")
            return made

        return replace(node, compute=held)


def _sides(tensor: LiteTensor, *, turned: bool) -> Shape:
    sides = tuple(None if n in tensor.free else side for n, side in enumerate(tensor.shape))[1:]
    return (sides[1], sides[2], sides[0]) if turned else sides


def _channels_first(shape: Sequence[int]) -> bool:
    return len(shape) == 4 and shape[1] in {1, 3} and shape[3] not in {1, 3}


def _value(tensor: LiteTensor) -> str:
    return f"t{tensor.number}"


def _at(operator: LiteOperator) -> str:
    return whereabouts(operator.outputs[0].name if operator.outputs else "")
