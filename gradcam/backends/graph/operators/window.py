"""How a window goes over a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradcam.backends.tensorflow.model import Margins

NONE: Margins = ((0, 0), (0, 0))


@dataclass(frozen=True)
class SlidingWindow:
    """How a window goes over a map.

    Attributes:
        size: its rows and columns.
        strides: down and right.
        dilations: how far apart what it sees lies, down and right.
        margins: around the map; None for TensorFlow's "SAME", whose margins follow the map's size.
    """

    size: tuple[int, int]
    strides: tuple[int, int] = (1, 1)
    dilations: tuple[int, int] = (1, 1)
    margins: Margins | None = NONE

    @property
    def padding(self) -> str | Margins:
        """As Keras' details tell it: `same`, `valid`, or the margins."""
        if self.margins is None:
            return "same"
        return "valid" if self.margins == NONE else self.margins

    @property
    def keeps_size(self) -> bool:
        """Whether its margins are those of "SAME" whatever a map's size is, and it moves by one."""
        reach = [(side - 1) * apart for side, apart in zip(self.size, self.dilations, strict=True)]
        even = tuple((total // 2, total - total // 2) for total in reach)
        return self.strides == (1, 1) and self.margins == even

    @property
    def padded(self) -> str | list[list[int]]:
        """As TensorFlow's convolutions on (N, h, w, C) take it."""
        if self.margins is None or self.margins == NONE:
            return "VALID" if self.margins else "SAME"
        return [[0, 0], *([before, after] for before, after in self.margins), [0, 0]]

    def cells(self, sides: Sequence[int | None]) -> tuple[int | None, ...]:
        """Rows and columns of what it makes of so many; None of None."""
        return tuple(
            None if side is None else self._cells(axis, side) for axis, side in enumerate(sides)
        )

    def _cells(self, axis: int, side: int) -> int:
        if self.margins is None:
            return -(-side // self.strides[axis])
        reach = (self.size[axis] - 1) * self.dilations[axis] + 1
        return (side + sum(self.margins[axis]) - reach) // self.strides[axis] + 1

    def widened(self, maps: Any, value: float) -> Any:  # noqa: ANN401 - tf.Tensor
        """Maps (N, h, w, C) with such a number in the margins, for who cannot put them there."""
        import tensorflow as tf

        if self.margins is None or self.margins == NONE:
            return maps
        paddings = [[0, 0], *(list(pair) for pair in self.margins), [0, 0]]
        return tf.pad(maps, paddings, constant_values=value)
