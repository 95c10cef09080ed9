"""What a layer is: plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Coverage:
    """How much of what the network decides by goes through a layer.

    Attributes:
        bypassed: whether some ways from the picture to the output lead past it.
        branches: how many last layers there are, each at the end of a branch of its own.
        seen: how many of these branches it is part of.
        is_last: whether it is the last layer of one: no other map stands between it and the output.
    """

    bypassed: bool = False
    branches: int = 1
    seen: int = 1
    is_last: bool = False


@dataclass(frozen=True)
class Layer:
    """A layer with a spatial output, which can be explained.

    Attributes:
        name: its path inside the network, `outer/inner` for a nested one.
        kind: its class, in the words of Keras.
        height: rows of its output; 1 where its steps are columns, as those of a sequence are.
        width: columns of its output; 1 where its steps are the picture's rows.
        channels: channels of its output.
        parameters: numbers among its own weights.
        receptive_field: rows and columns of the input that one cell of its map depends on, never
            more than the input has; None where it cannot be told.
        first: of its tokens the first that is a place, row by row; a class token stands before.
            None where its output is a map, or steps, as it is.
        coverage: how much of the network goes through it.
        flattened: whether what follows weighs each of its places by itself, as after a Flatten,
            and not the mean of them.
    """

    name: str
    kind: str
    height: int
    width: int
    channels: int
    parameters: int = 0
    receptive_field: tuple[int, int] | None = None
    first: int | None = None
    coverage: Coverage = Coverage()
    flattened: bool = False

    @property
    def cells(self) -> int:
        """Number of positions in its map."""
        return self.height * self.width


def last_layer(
    layers: tuple[Layer, ...], passed_over: frozenset[str] = frozenset()
) -> Layer | None:
    """The last layer whose map is larger than 1x1; None where there is none.

    Activations and batch normalisation come after their convolution, so the last in order of
    execution is the one after its activation.

    Args:
        layers: in order of execution.
        passed_over: names of those that come into question last: grids of class scores, attention
            maps, what no longer leads to the output.
    """
    drawable = [layer for layer in reversed(layers) if layer.cells > 1]
    return next(
        (x for x in drawable if x.name not in passed_over), drawable[0] if drawable else None
    )


def finer_layer(
    layers: tuple[Layer, ...], grid: tuple[int, int], passed_over: frozenset[str] = frozenset()
) -> Layer | None:
    """The last layer of twice the sides of an output grid; None where there is none.

    A grid's own resolution shows a cell nothing but that cell: what follows has kernels of 1x1.

    Args:
        layers: in order of execution.
        grid: rows and columns of the output's cells.
        passed_over: see `last_layer`.
    """
    twice = [
        layer
        for layer in reversed(layers)
        if abs(layer.height - 2 * grid[0]) <= 1
        and abs(layer.width - 2 * grid[1]) <= 1
        and layer.name not in passed_over
    ]
    return next((x for x in twice if not x.coverage.bypassed), twice[0] if twice else None)
