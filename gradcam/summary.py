"""A network line by line: shapes, parameters, bytes, work, and which block has how much of it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from gradcam.layout import Shape

# Keras' own networks call the layers of a block `block_1_expand`, `block_1_project`, …; the 2d of
# `conv2d_1` is no number of a block.
_STEM = re.compile(r"(.*?\d(?!d(?:_|$))[a-z]?)_.*[A-Za-z]")
REST = "_…"


@dataclass(frozen=True)
class Cost:
    """Work for one picture.

    Attributes:
        multiply_adds: products that are added up, as convolutions and dense layers do; what papers
            count and often call FLOPs.
        other: additions, comparisons, divisions, functions of one number; each counts as one.
    """

    multiply_adds: int = 0
    other: int = 0

    @property
    def flops(self) -> int:
        """Floating-point operations: a multiply-add is two."""
        return 2 * self.multiply_adds + self.other

    def __add__(self, more: Cost) -> Cost:
        return Cost(self.multiply_adds + more.multiply_adds, self.other + more.other)


class Family(StrEnum):
    """What sort of work a layer does; the value says it on the page."""

    CONVOLUTION = "convolution"
    DEPTHWISE = "depthwise convolution"
    DENSE = "dense"
    NORMALISATION = "normalisation"
    OTHER = "other"


@dataclass(frozen=True)
class Line:
    """One innermost layer or operation.

    Attributes:
        path: inside the network, `outer/inner` for a nested one.
        kind: its class, in the words of Keras.
        shapes: of its outputs, the batch None.
        parameters: numbers among its own weights.
        trainable: how many of them training may change; None where nobody knows.
        size: bytes that its weights take in memory.
        cost: work for one picture, of all its runs; None where it is not counted.
        receptive_field: rows and columns of the input that one cell of its output depends on; None
            where it cannot be told.
        runs: how often it is run for one picture.
        family: what sort of work it does.
    """

    path: str
    kind: str
    shapes: tuple[Shape, ...]
    parameters: int
    trainable: int | None
    size: int
    cost: Cost | None
    receptive_field: tuple[int, int] | None
    runs: int = 1
    family: Family = Family.OTHER

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
        kind: the class of a layer; "" of anything else.
        parameters: numbers among its weights.
        multiply_adds: for one picture.
        family: of a layer.
    """

    path: str
    parent: str | None
    name: str
    kind: str
    parameters: int
    multiply_adds: int
    family: Family = Family.OTHER


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
    def trainable(self) -> int | None:
        """How many of them training may change; None where nobody knows."""
        known = [line.trainable for line in self.lines if line.trainable is not None]
        return sum(known) if len(known) == len(self.lines) else None

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
        blocks: dict[str, Block] = {}
        for line in heavy:
            stem = _stem(line.path)
            around = ["", *_above(line.path)]
            if stem is not None and stems[stem] > 1:
                around.append(stem)
            parent: str | None = None
            for path in around:
                _add(blocks, Block(path, parent, path.rpartition("/")[2], "", 0, 0), line)
                parent = path
            name = line.path.rpartition("/")[2]
            _add(blocks, Block(line.path, parent, name, line.kind, 0, 0, line.family), line)
        return tuple(blocks.values())


def _add(blocks: dict[str, Block], block: Block, line: Line) -> None:
    known = blocks.get(block.path, block)
    blocks[block.path] = replace(
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
