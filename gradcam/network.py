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

from gradcam.abilities import Ability
from gradcam.arrays import Floats, Numbers
from gradcam.arrived import Arrived
from gradcam.described import NetworkDescription
from gradcam.errors import NetworkError
from gradcam.masks import seen_through
from gradcam.score_grid import ScoreGrid, middles_of
from gradcam.shuffled import Shuffled

FREE_SIZE = 224  # listed sizes are of such a picture where a network takes any size


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
class Pooled:
    r"""What a capture adds up to where each channel counts by the mean of its gradients.

    Attributes:
        maps: \(\sum_k \bar g_k A_k\), (N, h, w) float32.
        uncancelled: the same of absolute values, (N, h, w) float32.
    """

    maps: Floats
    uncancelled: Floats

    def one(self, number: int) -> Pooled:
        """That of one of the pictures, in memory of its own."""
        own = slice(number, number + 1)
        return Pooled(self.maps[own].copy(), self.uncancelled[own].copy())


@dataclass(frozen=True)
class Capture:
    """What one layer did for one target, for a batch of N pictures.

    Attributes:
        activations: A, (N, h, w, C) float32; h or w is 1 where the layer has steps instead.
        gradients: of the explained number with respect to A, (N, h, w, C) float32; NaN of a
            network that gives no gradients.
        outputs: what the network itself returns, (N, K) float32.
        logits: before the last activations, (N, K) float32; None where nobody knows them.
        scores: grids of anomaly scores, see `Network.score_grids`; () where it gives none.
        pooled: what it adds up to, where the run that made it worked that out; else None.
    """

    activations: Floats
    gradients: Floats
    outputs: Floats
    logits: Floats | None = None
    scores: tuple[ScoreGrid, ...] = ()
    pooled: Pooled | None = None

    def one(self, number: int) -> Capture:
        """That of one of the pictures, in memory of its own."""
        own = slice(number, number + 1)
        return Capture(
            self.activations[own].copy(),
            self.gradients[own].copy(),
            self.outputs[own].copy(),
            None if self.logits is None else self.logits[own].copy(),
            tuple(grid.one(number) for grid in self.scores),
            None if self.pooled is None else self.pooled.one(number),
        )


class Network(NetworkDescription, ABC):
    """A loaded network that predicts and can be explained. Safe to use from several threads.

    A batch is always (N, height, width, channels) float32, scaled as the network expects; every
    operation raises a NetworkError for one that does not fit, for a layer that is not there, and
    for what the network is not able to do. What it tells of itself are the attributes of
    `NetworkDescription`.
    """

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

    def up_to(self, layer: str) -> Network:
        """The same network that ends in a layer: its one output is that layer's map, as it is.

        Args:
            layer: its name.

        Raises:
            NetworkError: there is no such layer, or the network cannot be cut there.
        """
        raise NetworkError(f"{self.name} cannot be cut at {self.layer(layer).name}.")

    @abstractmethod
    def run(self, batch: Floats) -> Forward:
        """Outputs and features of a batch, in one forward pass."""

    def predict(self, batch: Floats) -> Floats:
        """What the network itself returns: (N, K) float32."""
        return self.run(batch).outputs

    @abstractmethod
    def logits(self, batch: Floats) -> Floats:
        """What it gives before its last activations: (N, K) float32."""

    def perturbed(
        self, picture: Floats, fill: Floats, masks: Floats, *, logits: bool = False
    ) -> Floats:
        """What it gives of one picture seen through masks, see `masks.seen_through`.

        A back end that can make the seen pictures where it runs them writes its own.

        Args:
            picture: (height, width, channels) float32.
            fill: of the same shape: what stands where nothing is seen.
            masks: (M, h, w) float32 in 0..1 over the `Layout.plane`; coarser ones are enlarged.
            logits: whether what it gives before its last activations is wanted.

        Returns:
            (M, K) float32.
        """
        seen = self._seen(picture, fill, masks)
        return self.logits(seen) if logits else self.predict(seen)

    def perturbed_gradients(
        self, picture: Floats, fill: Floats, masks: Floats, weights: Floats
    ) -> Floats:
        """Gradients of an explained number with respect to each of the seen pictures.

        Args:
            picture: see `perturbed`.
            fill: see `perturbed`.
            masks: see `perturbed`.
            weights: (K,) float32 over the logits.

        Returns:
            (M, height, width, channels) float32.
        """
        seen = self._seen(picture, fill, masks)
        return self.pixel_gradients(seen, np.repeat(weights[None], len(seen), axis=0))

    def _seen(self, picture: Floats, fill: Floats, masks: Floats) -> Floats:
        plane = (*self.layout.plane(picture.shape), -1)
        seen = seen_through(self.layout.upright(masks), picture.reshape(plane), fill.reshape(plane))
        return seen.reshape(-1, *picture.shape)

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

    def ablated(self, picture: Floats, layer: str, activations: Floats, kept: Floats) -> Floats:
        """The logits where some channels of a layer are switched off, as `rest` gives them.

        Args:
            picture: (1, height, width, channels) float32, for what leads past the layer.
            layer: its name.
            activations: (h, w, C) float32, what its last call gives of the picture.
            kept: (M, C) float32, 1 for each channel that stays and 0 for those switched off.

        Returns:
            (M, K) float32.
        """
        return self.rest(picture, layer, activations * kept[:, None, None])

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

    @property
    def score_middles(self) -> tuple[Numbers, Numbers]:
        """Where the rows and columns of its grid of scores lie, as shares of the picture's sides.

        By the last map that is larger than the grid: windows that reach both of its ends.
        """
        rows, columns = self.heads[0].grid or (1, 1)
        before = next((x for x in reversed(self.layers) if x.height > rows), None)
        cells = (rows, columns) if before is None else (before.height, before.width)
        return middles_of(rows, cells[0]), middles_of(columns, cells[1])

    def score_grids(self, batch: Floats, outputs: Floats) -> tuple[ScoreGrid, ...]:
        """Anomaly scores and where they lie: the network's own grid, then finer ones if it can.

        Args:
            batch: N pictures.
            outputs: (N, K) float32, what the network returned for them.

        Returns:
            Its own grid; behind it those of windows of falling size at every cell of features.
        """
        self.fit("An anomaly score", Ability.SCORES).required()
        rows, columns = self.score_middles
        scores = outputs.reshape(-1, len(rows), len(columns))
        return (ScoreGrid(scores, rows, columns, batch.shape[1:3]),)

    def _refusal(self, ability: Ability) -> NetworkError:
        return NetworkError(f"{self.name} does not give {ability}.")
