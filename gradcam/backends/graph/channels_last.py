"""How values of a file that puts channels first are held here, where they lie last.

Nothing is turned before it has to be: a value keeps, beside its shape in the file, in which order
its axes lie, so that a transpose of the file costs nothing and a convolution's maps stay as
TensorFlow wants them through all that follows.

In shapes of a file one number stands for the batch, see `BATCHES`; it may be multiplied, where the
batch is counted together with another axis.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

AxisOrder = tuple[int, ...]  # for each axis, as it lies, which of the file's it is
FileShape = tuple[int, ...]

# Primes that no other size is a multiple of; one of them stands for the batch while a file is read.
BATCHES = (4001, 4003, 4007, 4013, 4019, 4021, 4027)


class ShapeError(ValueError):
    """Shapes that do not go together; the message names them."""


def batch_beside(sizes: Collection[int]) -> int:
    """A number for the batch that no size of a file can be taken for.

    Raises:
        ShapeError: none is left.
    """
    for batch in BATCHES:
        if all(size % batch for size in sizes if size > 0):
            return batch
    raise ShapeError("a size in it is a multiple of every prime")


def as_filed(rank: int) -> AxisOrder:
    """Axes that lie as in the file."""
    return tuple(range(rank))


def channels_last_order(rank: int) -> AxisOrder:
    """Axes of which the file's second, the channels, lies last."""
    return (0, *range(2, rank), 1)


@dataclass(frozen=True)
class Held:
    """A value that depends on the picture.

    Attributes:
        name: of the value in the graph.
        shape: in the file's order of axes.
        order: in which they lie.
    """

    name: str
    shape: FileShape
    order: AxisOrder

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def sizes(self) -> FileShape:
        """Its shape as it lies."""
        return tuple(self.shape[axis] for axis in self.order)

    def lies(self, axis: int) -> int:
        """Where an axis of the file's lies; it may count from the end.

        Raises:
            ShapeError: there is no such axis.
        """
        return self.order.index(self.axis(axis))

    def axis(self, axis: int) -> int:
        """An axis of the file's counted from the first.

        Raises:
            ShapeError: there is no such axis.
        """
        if not -self.rank <= axis < self.rank:
            raise ShapeError(f"axis {axis} of {self.rank}")
        return axis % self.rank

    def transposed(self, axes: Sequence[int]) -> Held:
        """The same numbers where the file's new axis i is its old one `axes[i]`."""
        if sorted(axes) != list(range(self.rank)):
            raise ShapeError(f"axes {list(axes)} of {self.rank}")
        shape = tuple(self.shape[axis] for axis in axes)
        return Held(self.name, shape, tuple(list(axes).index(axis) for axis in self.order))


def classes_last(grid: Held, picture: Sequence[int | None]) -> bool:
    """Whether an output of four axes is (N, rows, columns, classes) in the file.

    Maps of a convolution lie with their channels last whatever the file's order is, so that a
    file that turned them has the last axis where it lies. Numbers that a reshape laid out anew say
    nothing; then the picture's proportions do, where only one way has them.

    Args:
        grid: the output.
        picture: its rows and columns.
    """
    if grid.order == channels_last_order(grid.rank):
        return False
    last, first = (_in_proportion(grid.shape[own : own + 2], picture) for own in (1, 2))
    return last if last != first else grid.order[-1] == grid.rank - 1


def _in_proportion(sides: Sequence[int], picture: Sequence[int | None]) -> bool:
    (rows, columns), (height, width) = sides, picture
    return bool(height and width) and abs(rows - columns * (height or 0) / (width or 1)) < 1


@dataclass(frozen=True)
class Reshaping:
    """How a reshape of the file is done to a value as it lies.

    Attributes:
        turn: in which order it has to lie before.
        shape: afterwards, in the file's order.
        order: afterwards.
    """

    turn: AxisOrder
    shape: FileShape
    order: AxisOrder


def reshaping(held: Held, shape: FileShape) -> Reshaping:
    """Reshape a value with as little turning as possible.

    Axes that are cut up or merged only among neighbours stay where they lie.

    Args:
        held: the value.
        shape: what it becomes, in the file's order.

    Raises:
        ShapeError: it has another number of numbers.
    """
    before = [axis for axis in range(held.rank) if held.shape[axis] != 1]
    after = [axis for axis in range(len(shape)) if shape[axis] != 1]
    groups = _groups(before, [held.shape[x] for x in before], after, [shape[x] for x in after])
    lying = [axis for axis in held.order if axis in before]
    leading = lying[:1]  # the batch, which everybody expects there

    def place(group: _Group) -> int:
        return -1 if set(leading) & set(group[0]) else max(map(held.order.index, group[0]))

    groups.sort(key=place)
    wanted = [axis for group, _ in groups for axis in group]
    ones = [axis for axis in held.order if axis not in wanted]
    turn = held.order if lying == wanted else (*wanted[:1], *ones, *wanted[1:])
    return Reshaping(turn, shape, _with_ones([axis for _, own in groups for axis in own], shape))


_Group = tuple[list[int], list[int]]


def _groups(before: list[int], old: list[int], after: list[int], new: list[int]) -> list[_Group]:
    """The fewest neighbours that become as many numbers in the other shape."""
    if math.prod(old) != math.prod(new):
        raise ShapeError(f"{tuple(old)} becomes {tuple(new)}")
    groups, first, second = [], 0, 0
    while first < len(old):
        start, begin = first, second
        left, right = old[first], new[second]
        first, second = first + 1, second + 1
        while left != right:
            if left < right:
                left, first = left * old[first], first + 1
            else:
                right, second = right * new[second], second + 1
        groups.append((before[start:first], after[begin:second]))
    return groups


def _with_ones(own: list[int], shape: FileShape) -> AxisOrder:
    """An order of all axes in which those of more than one entry lie as given."""
    rank = len(shape)
    usual = [as_filed(rank), channels_last_order(rank)] if rank > 2 else [as_filed(rank)]
    for order in usual:
        fits = [axis for axis in order if shape[axis] != 1] == own
        if fits and (not own or rank < 3 or order[-1] == own[-1]):
            return order
    ones = [axis for axis in range(rank) if shape[axis] == 1]
    return (*own[:1], *ones, *own[1:])
