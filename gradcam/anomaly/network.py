"""A trunk and a mixture as one network: it gives a grid of anomaly scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gradcam.abilities import Ability
from gradcam.anomaly.scoring import Scoring
from gradcam.arrays import Floats, Numbers
from gradcam.arrived import Arrived
from gradcam.errors import NetworkError
from gradcam.head import Head, Squash
from gradcam.layers import Coverage, Layer
from gradcam.network import Capture, Forward, Network
from gradcam.own_preprocessing import OwnPreprocessing
from gradcam.predicted import predicted_weights
from gradcam.score_grid import ScoreGrid, pooled_middles
from gradcam.shuffled import Shuffled


def scored_network(trunk: Network, scoring: Scoring, layer: str | None = None) -> Network:
    """A network that scores what one of its layers gives.

    Args:
        trunk: that gives the features.
        scoring: of them.
        layer: whose output they are; None for the last one with as many channels as are scored.

    Raises:
        NetworkError: no layer gives such features, or the trunk takes pictures of any size.
    """
    if trunk.height is None or trunk.width is None:
        raise NetworkError(
            f"{trunk.name} takes pictures of any size, so its grid of scores has none; save it "
            "with a fixed input size."
        )
    return MixtureNetwork(trunk.up_to(_layer(trunk, scoring, layer).name), scoring)


def _layer(trunk: Network, scoring: Scoring, name: str | None) -> Layer:
    if name is None:
        fitting = [each for each in trunk.layers if each.channels == scoring.channels]
        if not fitting:
            raise NetworkError(
                f"The mixture scores {scoring.channels} channels, and no layer of {trunk.name} "
                "gives as many; it was fitted to another network, or with a projection."
            )
        return fitting[-1]
    layer = trunk.layer(name)
    if layer.channels != scoring.channels:
        raise NetworkError(
            f"The mixture scores {scoring.channels} channels, and {name} of {trunk.name} gives "
            f"{layer.channels}; name the layer whose features it was fitted to."
        )
    return layer


def _leading(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """The layers up to the one that is scored: all that is decided goes through that one."""
    *before, last = layers
    return (
        *(replace(x, coverage=Coverage(bypassed=x.coverage.bypassed)) for x in before),
        replace(last, coverage=Coverage(is_last=True)),
    )


class MixtureNetwork(Network):
    """A network whose one output is a grid of absolute anomaly scores.

    Attributes:
        trunk: whose one output is the map that is scored.
        scoring: of it.
    """

    def __init__(self, trunk: Network, scoring: Scoring) -> None:
        """Put both together.

        Args:
            trunk: of one output, a map with as many channels as are scored.
            scoring: of it.

        Raises:
            NetworkError: the map is smaller than one window.
        """
        (head,) = trunk.heads
        self.trunk, self.scoring = trunk, scoring
        self._cells = head.grid or (1, head.cells)
        grid = scoring.grid(*self._cells)
        super().__init__(
            name=trunk.name,
            digest=f"{trunk.digest} scored by {scoring.digest}",
            layout=trunk.layout,
            heads=(Head(Squash.LINEAR, grid[0] * grid[1], grid),),
            layers=_leading(trunk.layers),
            summary=trunk.summary,
            abilities=trunk.abilities | {Ability.SCORES, Ability.FINER_SCORES},
            has_dense=False,
            topology=trunk.topology,
            passed_over=trunk.passed_over - {trunk.layers[-1].name},  # it is no class score
        )
        self.learned, self.is_folded = trunk.learned, trunk.is_folded
        self.told = replace(trunk.told, threshold=scoring.threshold, class_names=())
        self.arithmetics, self.arithmetic = trunk.arithmetics, trunk.arithmetic

    @property
    def preprocessing(self) -> OwnPreprocessing | None:
        """See `Network.preprocessing`."""
        return self.trunk.preprocessing

    def run(self, batch: Floats) -> Forward:
        """See `Network.run`; the features are the means of the map's channels."""
        features = self._features(batch)
        return Forward(self.scoring.outputs(features), features.mean(axis=(1, 2)))

    def logits(self, batch: Floats) -> Floats:
        """The scores: nothing squashes them."""
        return self.scoring.outputs(self._features(batch))

    @property
    def score_middles(self) -> tuple[Numbers, Numbers]:
        """See `Network.score_middles`; known here."""
        own = self.scoring
        rows, columns = (pooled_middles(side, own.window, own.stride) for side in self._cells)
        return rows, columns

    def score_grids(
        self,
        batch: Floats,
        outputs: Floats,  # noqa: ARG002 - they do not tell the sign
    ) -> tuple[ScoreGrid, ...]:
        """See `Network.score_grids`: as fitted, then window by window at each cell."""
        return self._grids(self._features(batch))

    def activations(self, batch: Floats, layer: str | None = None) -> Floats:
        """See `Network.activations`."""
        return self.trunk.activations(batch, self.layer(layer).name)

    def channel_means(self, batch: Floats, layer: str | None = None) -> Floats:
        """See `Network.channel_means`."""
        return self.trunk.channel_means(batch, self.layer(layer).name)

    def captures(
        self,
        batch: Floats,
        layers: Sequence[str],
        weights: Floats,
        predicted: NDArray[np.bool_],
    ) -> dict[str, Capture]:
        """See `Network.captures`: how the scores rise with the map, then the map with a layer."""
        features = self._features(batch)
        outputs = self.scoring.outputs(features)
        own = predicted_weights(self.heads, outputs)
        rise = self._rise(features, np.where(predicted[:, None], own, weights))
        captures = self.trunk.captures(batch, layers, rise, np.zeros(len(batch), bool))
        scores = self._grids(features)
        return {
            name: replace(each, outputs=outputs, logits=outputs, scores=scores)
            for name, each in captures.items()
        }

    def pixel_gradients(self, batch: Floats, weights: Floats) -> Floats:
        """See `Network.pixel_gradients`."""
        return self.trunk.pixel_gradients(batch, self._rise(self._features(batch), weights))

    def rest(self, picture: Floats, layer: str, activations: Floats) -> Floats:
        """See `Network.rest`."""
        return self.scoring.outputs(self._as_map(self.trunk.rest(picture, layer, activations)))

    def ablated(self, picture: Floats, layer: str, activations: Floats, kept: Floats) -> Floats:
        """See `Network.ablated`."""
        given = self.trunk.ablated(picture, layer, activations, kept)
        return self.scoring.outputs(self._as_map(given))

    def kernels(self, layer: str) -> Floats | None:
        """See `Network.kernels`."""
        return self.trunk.kernels(layer)

    def statistics(self, batch: Floats) -> Arrived | None:
        """See `Network.statistics`."""
        return self.trunk.statistics(batch)

    def shuffled(self) -> Shuffled[Network]:
        """See `Network.shuffled`: the trunk's weights, not the mixture."""
        copy = self.trunk.shuffled()
        return copy.inside(MixtureNetwork(copy.network, self.scoring))

    def _grids(self, features: Floats) -> tuple[ScoreGrid, ...]:
        size = self.height or 1, self.width or 1
        own = self.scoring.scored(features, size)
        finer = (
            self.scoring.scored(features, size, window, 1)
            for window in range(self.scoring.window, 0, -1)
        )
        return (own, *finer)

    def _features(self, batch: Floats) -> Floats:
        """(N, h, w, channels) what is scored."""
        return self._as_map(self.trunk.predict(batch))

    def _as_map(self, outputs: Floats) -> Floats:
        return outputs.reshape(len(outputs), *self._cells, -1)

    def _rise(self, features: Floats, weights: Floats) -> Floats:
        """Weights over the trunk's outputs that stand for weights over the scores."""
        return self.scoring.rise(features, weights).reshape(len(features), -1)
