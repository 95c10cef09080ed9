"""A network line by line: shapes, parameters, bytes, work, and which block has how much of it."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcam.cost import Cost, cost_of
from gradcam.layers import innermost

if TYPE_CHECKING:
    from gradcam.layers import Call
    from gradcam.receptive_field import Field

Shape = tuple[int | None, ...]

# Keras' own networks call the layers of a block `block_1_expand`, `block_1_project`, …; the 2d of
# `conv2d_1` is no number of a block.
_STEM = re.compile(r"(.*?\d(?!d(?:_|$))[a-z]?)_.*[A-Za-z]")
REST = "_…"


@dataclass(frozen=True)
class Line:
    """One innermost layer or operation.

    Attributes:
        path: inside the network, `outer/inner` for a nested one.
        kind: the Keras class.
        shapes: of its outputs, the batch None.
        parameters: numbers among its own weights.
        trainable: how many of them training may change.
        size: bytes that its weights take in memory.
        cost: work for one picture, of all its runs; None where it is not counted.
        receptive_field: rows and columns of the input that one cell of its output depends on; None
            where it cannot be told. See `receptive_field.py`.
        runs: how often it is run for one picture.
    """

    path: str
    kind: str
    shapes: tuple[Shape, ...]
    parameters: int
    trainable: int
    size: int
    cost: Cost | None
    receptive_field: tuple[int, int] | None
    runs: int = 1

    @property
    def multiply_adds(self) -> int:
        """Those that are counted."""
        return self.cost.multiply_adds if self.cost is not None else 0


@dataclass(frozen=True)
class Block:
    """A part of a network with all that lies in it.

    Attributes:
        path: of a layer, a nested network, or layers whose names begin alike; "" for the whole.
        parent: the path of the block around it; None for the whole.
        name: the path's last part.
        kind: the Keras class of a layer; "" of anything else.
        parameters: numbers among its weights.
        multiply_adds: for one picture.
    """

    path: str
    parent: str | None
    name: str
    kind: str
    parameters: int
    multiply_adds: int


@dataclass(frozen=True)
class Summary:
    """A network line by line, in order of execution.

    Attributes:
        lines: one for each layer; one that runs twice stands where it ran first.
        picture: height, width and channels of the picture that shapes and work are of.
    """

    lines: tuple[Line, ...]
    picture: tuple[int, int, int]

    @cached_property
    def parameters(self) -> int:
        """Numbers among all weights."""
        return sum(line.parameters for line in self.lines)

    @cached_property
    def trainable(self) -> int:
        """How many of them training may change."""
        return sum(line.trainable for line in self.lines)

    @cached_property
    def size(self) -> int:
        """Bytes that all weights take in memory."""
        return sum(line.size for line in self.lines)

    @cached_property
    def cost(self) -> Cost:
        """Work for one picture, of all that is counted."""
        return sum((line.cost for line in self.lines if line.cost is not None), Cost())

    @cached_property
    def uncounted(self) -> tuple[str, ...]:
        """Kinds whose work is not counted, by name."""
        return tuple(sorted({line.kind for line in self.lines if line.cost is None}))

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The whole, the blocks in it and the layers in those; none that has nothing to show.

        A nested network is a block. So are layers in it whose names begin alike up to a number, as
        `block_1_expand` and `block_1_project`.
        """
        heavy = [line for line in self.lines if line.parameters or line.multiply_adds]
        stems = Counter(_stem(line.path) for line in heavy)
        found: dict[str, Block] = {}
        for line in heavy:
            stem = _stem(line.path)
            around = ["", *_above(line.path)]
            if stem is not None and stems[stem] > 1:
                around.append(stem)
            parent: str | None = None
            for path in around:
                _add(found, Block(path, parent, path.rpartition("/")[2], "", 0, 0), line)
                parent = path
            name = line.path.rpartition("/")[2]
            _add(found, Block(line.path, parent, name, line.kind, 0, 0), line)
        return tuple(found.values())


def _add(found: dict[str, Block], block: Block, line: Line) -> None:
    known = found.get(block.path, block)
    found[block.path] = replace(
        known,
        parameters=known.parameters + line.parameters,
        multiply_adds=known.multiply_adds + line.multiply_adds,
    )


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _stem(path: str) -> str | None:
    outer, slash, name = path.rpartition("/")
    begins = _STEM.match(name)
    return outer + slash + begins[1] + REST if begins else None


def summarize(
    model: Any,  # noqa: ANN401 - keras.Model
    calls: list[Call],
    fields: list[Field | None],
    picture: tuple[int, int, int],
) -> Summary:
    """The summary of a network.

    Args:
        model: the Keras model.
        calls: what `record_calls` wrote down.
        fields: what `follow_fields` found for each of them.
        picture: height, width and channels of the picture that it was recorded with.
    """
    lines: dict[str, Line] = {}
    seen: set[tuple[int, ...]] = set()
    counted: set[int] = set()  # weights that two layers share are counted with the first
    for call, field in zip(calls, fields, strict=True):
        run = (id(call.operation), *(id(tensor) for tensor in call.outputs))
        if run in seen:  # a layer that belongs to two nested networks is recorded for both
            continue
        seen.add(run)
        shapes = tuple(tuple(tensor.shape) for tensor in call.outputs)
        size_seen = field.size if field is not None else None
        before = lines.get(call.path)
        if before is None:
            line = _line(call.path, call.operation, counted)
            lines[call.path] = replace(
                line, shapes=shapes, cost=cost_of(call), receptive_field=size_seen, runs=1
            )
        else:
            cost = cost_of(call)
            both = None if cost is None or before.cost is None else before.cost + cost
            lines[call.path] = replace(
                before, shapes=shapes, cost=both, receptive_field=size_seen, runs=before.runs + 1
            )
    for path, operation in innermost(model):
        if path not in lines:
            idle = _line(path, operation, counted)
            if idle.parameters:
                lines[path] = idle
    return Summary(tuple(lines.values()), picture)


def _line(path: str, operation: Any, counted: set[int]) -> Line:  # noqa: ANN401 - keras.Operation
    import tensorflow as tf

    own = [weight for weight in getattr(operation, "weights", ()) if id(weight) not in counted]
    counted.update(id(weight) for weight in own)
    may_change = {id(weight) for weight in getattr(operation, "trainable_weights", ())}
    numbers = {id(weight): math.prod(weight.shape) for weight in own}
    return Line(
        path=path,
        kind=type(operation).__name__,
        shapes=(),
        parameters=sum(numbers.values()),
        trainable=sum(count for each, count in numbers.items() if each in may_change),
        size=sum(numbers[id(weight)] * tf.as_dtype(weight.dtype).size for weight in own),
        cost=Cost(),
        receptive_field=None,
        runs=0,
    )
