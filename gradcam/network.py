"""The face of a network: what it takes, what it gives, what it can be asked. All kinds have it.

What a network runs on is hidden behind it, in `gradcam.backends`. A back end fills `Network`; what
it cannot do it leaves out of `abilities`, and does not write.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability, Fit
from gradcam.arrays import Floats
from gradcam.arrived import Arrived
from gradcam.errors import NetworkError, NoLayerError
from gradcam.head import Head
from gradcam.layers import Layer, default_layer
from gradcam.layout import Layout, Shape, said
from gradcam.own_preprocessing import OwnPreprocessing
from gradcam.shuffled import Shuffled
from gradcam.summary import Summary
from gradcam.topology import Topology

FREE_SIZE = 224  # listed sizes are of such a picture where a network takes any size

_WORDS = {
    False: "pictures of {} (height × width × channels)",
    True: "sequences of {} (1 × steps × features)",
}


@dataclass(frozen=True)
class Forward:
    """One forward pass.

    Attributes:
        outputs: (N, K) float32, what the network itself returns; several outputs side by side.
        features: (N, F) float32, what its last dense layer got, or the outputs if it has none.
    """

    outputs: Floats
    features: Floats


@dataclass(frozen=True)
class Capture:
    """What one layer did for one target, for a batch of N pictures.

    Attributes:
        activations: A, (N, h, w, C) float32; h or w is 1 where the layer has steps instead.
        gradients: of the explained number with respect to A, (N, h, w, C) float32; NaN of a
            network that gives no gradients.
        outputs: what the network itself returns, (N, K) float32.
        logits: before the last activations, (N, K) float32; None where nobody knows them.
    """

    activations: Floats
    gradients: Floats
    outputs: Floats
    logits: Floats | None = None


class Network(ABC):
    """A loaded network that predicts and can be explained. Safe to use from several threads.

    A batch is always (N, height, width, channels) float32, scaled as the network expects; every
    operation raises a NetworkError for one that does not fit, for a layer that is not there, and
    for what the network is not able to do.

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
    """

    learned: tuple[str, ...] = ()
    is_folded: bool = False

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
        self.has_dense = has_dense
        self.topology = topology
        self.passed_over = passed_over
        self._default_layer = default_layer(layers, passed_over)

    @property
    def units(self) -> int:
        """K, the numbers it gives for one picture, those of a grid in C order."""
        return sum(head.units for head in self.heads)

    @property
    def default_layer(self) -> Layer:
        """The last layer with a map larger than 1x1, no class scores and no attention map.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        return self.require_layer()

    def require_layer(self) -> Layer:
        """The default layer, or the refusal of a network of which nothing can be drawn.

        Raises:
            NoLayerError: no layer has a spatial output.
        """
        if self._default_layer is None:
            raise NoLayerError(
                f"{self.name} has no layer with a map larger than 1 × 1, so nothing can be drawn; "
                "Grad-CAM needs a convolutional layer."
            )
        return self._default_layer

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
                f"{self.name} takes {_WORDS[self.layout.is_sequence].format(said(expected))}, "
                f"not {said(given)}."
            )
        return np.ascontiguousarray(batch, np.float32)

    def only(self, output: int) -> Network:
        """The same network with one of its outputs: it has this head alone, and what leads to it.

        Args:
            output: its number among the heads, from 0.

        Raises:
            NetworkError: there is no such output, or none can be asked by itself.
        """
        if output == 0 and len(self.heads) == 1:
            return self
        raise NetworkError(f"{self.name} cannot be asked for output {output} alone.")

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

    @abstractmethod
    def run(self, batch: Floats) -> Forward:
        """Outputs and features of a batch, in one forward pass."""

    def predict(self, batch: Floats) -> Floats:
        """What the network itself returns: (N, K) float32."""
        return self.run(batch).outputs

    @abstractmethod
    def logits(self, batch: Floats) -> Floats:
        """What it gives before its last activations: (N, K) float32."""

    def activations(self, batch: Floats, layer: str | None = None) -> Floats:
        """What a layer gives, in one forward pass; of one that runs more than once, the last call.

        Args:
            batch: N pictures.
            layer: its name; None for the default one.

        Returns:
            (N, h, w, C) float32.
        """
        raise self._refusal(Ability.ACTIVATIONS)

    def channel_means(self, batch: Floats, layer: str | None = None) -> Floats:
        """The mean of each channel of a layer over its map, as global average pooling has it.

        Args:
            batch: N pictures.
            layer: its name; None for the default one.

        Returns:
            (N, C) float32.
        """
        return self.activations(batch, layer).mean(axis=(1, 2))

    def captures(
        self,
        batch: Floats,
        layers: Sequence[str],
        weights: Floats,
        predicted: NDArray[np.bool_],
    ) -> dict[str, Capture]:
        """What some layers do for an explained number, all in one run of the network.

        Of a layer that runs more than once, the last call is meant. A network without gradients
        answers with its activations alone.

        Args:
            batch: N pictures.
            layers: names.
            weights: (N, K) float32 over the logits: their sum is explained.
            predicted: (N,) whether what the network says of the picture itself is explained
                instead, see `gradcam.predicted.predicted_weights`.

        Returns:
            A capture for each layer that leads to the output, by name, in their order.
        """
        outputs, captures = self.predict(batch), {}
        for name in layers:
            own = self.activations(batch, name)
            captures[name] = Capture(own, np.full_like(own, np.nan), outputs)
        return captures

    def pixel_gradients(self, batch: Floats, weights: Floats) -> Floats:
        """Gradients of an explained number with respect to the pictures.

        Args:
            batch: N pictures.
            weights: (N, K) float32 over the logits.

        Returns:
            (N, height, width, channels) float32.
        """
        raise self._refusal(Ability.INPUT_GRADIENTS)

    def rest(self, picture: Floats, layer: str, activations: Floats) -> Floats:
        """The logits where a layer gives something else; what follows it is run and no more.

        Args:
            picture: (1, height, width, channels) float32, for what leads past the layer.
            layer: its name.
            activations: (M, h, w, C) float32, what its last call gives instead.

        Returns:
            (M, K) float32.
        """
        raise self._refusal(Ability.REPLACEMENT)

    def kernels(self, layer: str) -> Floats | None:
        """The kernels of a convolution.

        Those of a depthwise one have one input channel, in the order of its outputs. Those of a
        separable one are its two steps multiplied out, which is the same arithmetic. Those of a
        transposed one are what each input cell paints. A sequence's have one row or one column,
        as its map has.

        Args:
            layer: its name.

        Returns:
            (F, rows, columns, input channels) float32, a kernel for each output channel; None
            where the layer is no convolution.
        """
        raise self._refusal(Ability.KERNELS)

    def statistics(self, batch: Floats) -> Arrived | None:
        """What arrives at the first batch normalisation, beside what that saw in training.

        No more of the network is run than leads there, some pictures at a time.

        Args:
            batch: N pictures; the answers for several batches can be added up.

        Returns:
            None where the network has no batch normalisation.
        """
        raise self._refusal(Ability.STATISTICS)

    def shuffled(self) -> Shuffled[Network]:
        """A copy of its own that gives the same, and whose weights can be shuffled.

        Raises:
            NetworkError: it cannot be copied.
        """
        raise self._refusal(Ability.SHUFFLING)

    def _refusal(self, ability: Ability) -> NetworkError:
        return NetworkError(f"{self.name} does not give {ability}.")
