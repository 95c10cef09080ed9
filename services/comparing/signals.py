"""The table of all layers of two networks, in the background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gradcam import Ability, Fit, NetworkError
from services.comparing.signal import (
    Culprit,
    LayerSignal,
    culprit,
    given_by,
    layer_signal,
    matched_layers,
    sampled,
)
from services.heatmaps.heatmaps import tensors
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.predictions.comparison import NetworkComparison
from services.tasks.shown import Positions
from services.work.asked import LONG, Asked
from services.work.progress import Progress

SAMPLES = 32  # that both networks see
MATCHING = 4  # of them that layers are matched_layers by

Signals = tuple[LayerSignal, ...]
_kept: BoundedStore[str, Signals] = BoundedStore(64)


@dataclass(frozen=True)
class LayerSignals(Asked[Signals]):
    """What is left of each layer's signal.

    Attributes:
        comparison: of the two networks.
    """

    words = "comparison of all layers"
    weight = LONG

    comparison: NetworkComparison

    @property
    def digest(self) -> str:
        """See `Asked.digest`."""
        both = (self.comparison.here, self.comparison.there)
        told = [context_of(side.project.network, side.project.medium) for side in both]
        return f"signals {' '.join(told)} {self.comparison.here.digest_of_files}"

    @property
    def fit(self) -> Fit:
        """See `Asked.fit`."""
        for side in (self.comparison.here, self.comparison.there):
            fit = side.project.network.fit("This table", Ability.ACTIVATIONS)
            if not fit:
                return fit
        return Fit()

    @property
    def found(self) -> Signals | None:
        """See `Asked.found`."""
        return _kept.get(self.digest)

    @property
    def culprit(self) -> Culprit | None:
        """The layer that is to blame, once the table is there."""
        return culprit(self.found or ())

    @property
    def worst(self) -> Positions:
        """Of the layer that is to blame, positions of the samples that lose most there."""
        blame = self.culprit
        if blame is None or not self.found:
            return np.array([], np.int64)
        numbers = self.found[blame.place].worst
        return self.comparison.positions[_spread(len(self.comparison))[list(numbers)]]

    def make(self, progress: Progress) -> Signals:
        """See `Asked.make`."""
        both = self.comparison
        some = _spread(len(both))
        here, there = both.here.project.network, both.there.project.network
        first = tensors(both.here, both.positions[some].tolist())
        second = tensors(both.there, both.others[some].tolist())
        progress.begin("Matching the layers", len(here.layers) + len(there.layers))
        listed = []
        for network, batch in ((here, first), (there, second)):
            own = []
            for layer in network.layers:
                try:
                    given = given_by(network, batch[:MATCHING], layer)
                except NetworkError:  # a layer that cannot be asked is no part of the table
                    continue
                finally:
                    progress.advance(1)
                own.append(sampled(layer.name, given))
            listed.append(own)
        names = matched_layers(*listed)
        progress.begin("Comparing the layers", len(names))
        made = []
        for one, other in names:
            signal = given_by(here, first, here.layer(one))
            made.append(
                layer_signal(one, other, signal, given_by(there, second, there.layer(other)))
            )
            progress.advance(1)
        signals = tuple(made)
        _kept.put(self.digest, signals)
        return signals


def _spread(count: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.unique(np.linspace(0, max(count - 1, 0), min(SAMPLES, count)).astype(np.int64))
