"""What a network tells of itself, without being run."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability, Fit
from gradcam.arithmetic import Arithmetic
from gradcam.arrays import Floats
from gradcam.box import Box
from gradcam.drawn import DrawnArrays
from gradcam.errors import NetworkError, NoLayerError
from gradcam.head import Head
from gradcam.layers import Layer, finer_layer, last_layer
from gradcam.layout import Layout, Shape, said
from gradcam.own_preprocessing import OwnPreprocessing
from gradcam.summary import Summary
from gradcam.told import Told
from gradcam.topology import Topology

_PICTURES = "pictures of {} (height × width × channels)"
_LYING = "sequences of {} (1 × steps × features)"
_STANDING = "sequences of {} (steps × 1 × features)"


class NetworkDescription:
    """A network as it is looked at: its input, its heads, its layers, what it can be asked.

    Attributes:
        name: the file's name.
        digest: SHA-256 of the file, or a name unique to a network that came from memory.
        layout: how its own input becomes a picture.
        height, width: of the input picture; None where the network takes any size. A sequence
            (steps, features) is a picture of one row.
        channels: 1 or 3 for pictures; of anything else any number.
        heads: one for each output.
        layers: the explainable layers, first to last.
        summary: all its layers with shapes, parameters and work.
        abilities: what it can be asked.
        has_dense: whether a dense layer decides, whose input `run` gives as features.
        topology: the well-known family that it is built like; None where it is none.
        learned: paths of the layers that learned something, last to first, as `shuffled` has them.
        is_folded: whether batch normalisations are folded, which rounds its numbers otherwise.
        passed_over: names of layers that are explained only where somebody asks for them: grids
            of class scores, attention maps, what no longer leads to the output.
        side_by_side: how many of its runs may be under way together, 1 or 2, as whoever opened it
            found to be faster. It never decides what goes into a run.
        drawn: what was drawn at random for its pictures.
        told: what its file says beside the network.
        arithmetics: those that it can be opened in; () where there is but one.
        arithmetic: the one of them that it runs in.
    """

    learned: tuple[str, ...] = ()
    is_folded: bool = False
    told: Told = Told()
    arithmetics: tuple[Arithmetic, ...] = ()
    arithmetic: Arithmetic | None = None

    def __init__(
        self,
        *,
        name: str,
        digest: str,
        layout: Layout,
        heads: tuple[Head, ...],
        layers: tuple[Layer, ...],
        summary: Summary,
        abilities: frozenset[Ability],
        has_dense: bool,
        topology: Topology | None = None,
        passed_over: frozenset[str] = frozenset(),
    ) -> None:
        """See the attributes; `passed_over` are layers that are not explained by default."""
        self.name = name
        self.digest = digest
        self.layout = layout
        self.height, self.width, self.channels = layout.height, layout.width, layout.channels
        self.heads = heads
        self.layers = layers
        self.summary = summary
        self.abilities = abilities
        if len(heads) == 1 and heads[0].grid is not None and heads[0].classes == 1:
            self.abilities |= {Ability.SCORES}
        self.has_dense = has_dense
        self.topology = topology
        self.passed_over = passed_over
        self._last_layer = last_layer(layers, passed_over)
        grid = heads[0].grid if heads else None
        finer = None if grid is None else finer_layer(layers, grid, passed_over)
        self._default_layer = finer or self._last_layer
        self.side_by_side = 1
        self.drawn = DrawnArrays()

    @property
    def units(self) -> int:
        """K, the numbers it gives for one picture, those of a grid in C order."""
        return sum(head.units for head in self.heads)

    @property
    def default_layer(self) -> Layer:
        """What is explained without a choice: the last layer, or of a grid a finer one.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        return self.require_layer()

    @property
    def last_layer(self) -> Layer:
        """The last layer with a map larger than 1x1, no class scores and no attention map.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        return self._required(self._last_layer)

    def require_layer(self) -> Layer:
        """The default layer, or the refusal of a network of which nothing can be drawn.

        See `finer_layer` for grids.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        return self._required(self._default_layer)

    def _required(self, layer: Layer | None) -> Layer:
        if layer is None:
            raise NoLayerError(
                f"{self.name} has no layer with a map larger than 1 × 1, so nothing can be drawn; "
                "Grad-CAM needs a convolutional layer."
            )
        return layer

    def layer(self, name: str | None) -> Layer:
        """The explainable layer of that name; the default one for None.

        Raises:
            NetworkError: there is none of that name.
        """
        if name is None:
            return self.default_layer
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise NetworkError(f"{self.name} has no explainable layer named {name!r}.")

    def receptive_field(self, row: int, column: int, layer: str | None = None) -> Box | None:  # noqa: ARG002 - who can tell writes its own
        """The part of the input that one cell depends on, in pixels of the input.

        Args:
            row: of the cell, from 0.
            column: of the cell, from 0.
            layer: name of the layer that it is a cell of; None for the grid of its first output.

        Returns:
            None where it cannot be told: no such cell, an input of any size, or operations whose
            geometry is not known.
        """
        return None

    @property
    def preprocessing(self) -> OwnPreprocessing | None:
        """What it does to the picture by itself before its first layer with weights.

        None where it does nothing, or nothing that is known.
        """
        return None

    @property
    def batch_shape(self) -> Shape:
        """Shape of a batch, None where any size goes."""
        return (None, *self.layout.picture)

    @property
    def _taken(self) -> str:
        """What it takes, in words."""
        if not self.layout.is_sequence:
            return _PICTURES
        return _STANDING if self.layout.width == 1 else _LYING

    def check(self, batch: Floats) -> Floats:
        """The batch as float32.

        Raises:
            NetworkError: it is empty, or its shape is not what the network takes.
        """
        if not len(batch):
            raise NetworkError(f"{self.name} was given an empty batch.")
        expected, given = self.layout.picture, batch.shape[1:]
        fits = len(given) == 3 and all(
            want is None or want == got for want, got in zip(expected, given, strict=True)
        )
        if not fits:
            raise NetworkError(
                f"{self.name} takes {self._taken.format(said(expected))}, not {said(given)}."
            )
        return np.ascontiguousarray(batch, np.float32)

    def fit(self, what: str, *asks: Ability) -> Fit:
        """Whether it is able to all that something asks.

        Args:
            what: asks for it, as the first words of a sentence.
            asks: the abilities.
        """
        missing = [ability for ability in asks if ability not in self.abilities]
        if not missing:
            return Fit()
        return Fit(f"{what} needs {' and '.join(missing)}, which {self.name} does not give.")
