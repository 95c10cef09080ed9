"""Is this heatmap true? The quick check at once, the longer measurements in the background."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from functools import partial

from gradcam import Ability, Fit, Probe
from gradcam.truth import (
    Check,
    ControlledFigures,
    Randomization,
    controlled_figures,
    figure_passes,
    quick,
    randomization,
    shuffle_maps,
)
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, MapKey, layer_name, map_key, targets_of, tensors
from services.heatmaps.in_source import check_in_source, read_sample
from services.heatmaps.prices import passes_each, runs_price, try_predictions
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.predictions.predicting import PREDICTING
from services.predictions.predictions import Predictions
from services.work.asked import LONG, Asked
from services.work.pace import note_pace
from services.work.price import Price
from services.work.progress import Progress

SHUFFLED = 6  # samples whose heatmaps are compared while the weights are shuffled
KEPT = 512

_checks: BoundedStore[MapKey, Check] = BoundedStore(KEPT)
_measured: BoundedStore[str, ControlledFigures] = BoundedStore(KEPT)
_shuffled: BoundedStore[str, Randomization] = BoundedStore(64)


def check(predictions: Predictions, position: int, heatmap: Heatmap, recipe: Recipe) -> Check:
    """What hiding the hottest part of a sample does; ten or twenty predictions the first time.

    A fifth of the picture; where the source has parts of its own, a quarter of those.

    Raises:
        PictureError: the picture is gone.
    """
    key = map_key(predictions, position, heatmap.target, recipe)
    checked = _checks.get(key)
    if checked is None:
        reading = read_sample(predictions, position)
        started = time.perf_counter()
        if (parts := reading.source_parts) is not None:
            checked = check_in_source(predictions, reading, heatmap, parts)
        else:
            checked = quick(_probe(predictions, position, heatmap, recipe), 0, heatmap.raw)
        taken = time.perf_counter() - started
        note_pace(predictions.project.work(PREDICTING), checked.passes, taken)
        _checks.put(key, checked)
    return checked


def known_check(
    predictions: Predictions, position: int, heatmap: Heatmap, recipe: Recipe
) -> Check | None:
    """What `check` gave for the same heatmap; None where it was not asked yet."""
    return _checks.get(map_key(predictions, position, heatmap.target, recipe))


@dataclass(frozen=True)
class Measurement(Asked[ControlledFigures]):
    """Deletion, insertion and confidence of one heatmap, beside chance.

    Attributes:
        predictions: of the project.
        position: of the sample.
        heatmap: whose map is measured.
        recipe: what it was made with.
    """

    predictions: Predictions
    position: int
    heatmap: Heatmap
    recipe: Recipe

    words = "measurement of heatmaps"
    weight = LONG

    @property
    def digest(self) -> str:
        """Tells whether two people measure the same."""
        key = map_key(self.predictions, self.position, self.heatmap.target, self.recipe)
        return f"measure {_digest(key)}"

    @property
    def found(self) -> ControlledFigures | None:
        """The figures, once they are there."""
        return _measured.get(self.digest)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        project = self.predictions.project
        like = project.work(PREDICTING)
        return Price(
            figure_passes(),
            "prediction",
            project.work("measuring"),
            (like,),
            trial=partial(try_predictions, self.predictions),
        )

    def make(self, progress: Progress) -> ControlledFigures:
        """See `Asked.make`."""
        progress.begin("Hiding and showing the sample part by part")
        probe = _probe(self.predictions, self.position, self.heatmap, self.recipe, progress)
        controlled = controlled_figures(probe, 0, self.heatmap.raw)
        _measured.put(self.digest, controlled)
        return controlled


@dataclass(frozen=True)
class Shuffle(Asked[Randomization]):
    """How the heatmaps of a method and a layer change when the network's weights are shuffled.

    Attributes:
        predictions: of the project.
        recipe: method, its settings and layer.
    """

    predictions: Predictions
    recipe: Recipe

    words = "test with shuffled weights"
    weight = LONG

    @property
    def digest(self) -> str:
        """Tells whether two people want the same."""
        project, recipe = self.predictions.project, self.recipe
        context = context_of(project.network, project.medium)
        layer = layer_name(self.predictions, recipe)
        asked = (context, [self.predictions.digests[p] for p in self._positions], layer)
        words = (
            str(recipe.method),
            recipe.settings,
            recipe.target,
            recipe.against,
        )
        return f"shuffle {_digest((asked, words))}"

    @property
    def fit(self) -> Fit:
        """Whether the network can be shuffled, and explained by the method."""
        network = self.predictions.project.network
        return self.recipe.method.fits(network) and network.fit("This check", Ability.SHUFFLING)

    @property
    def found(self) -> Randomization | None:
        """The similarities, once they are there."""
        return _shuffled.get(self.digest)

    @property
    def _positions(self) -> list[int]:
        return self.predictions.spread(SHUFFLED)

    @property
    def price(self) -> Price:
        """See `Asked.price`."""
        maps = len(self._positions) * shuffle_maps(self.predictions.project.network)
        runs = maps * passes_each(self.predictions, self.recipe)
        return runs_price(self.predictions, [self.recipe.method], runs, "shuffling")

    def make(self, progress: Progress) -> Randomization:
        """See `Asked.make`."""
        progress.begin("Shuffling the weights of layer after layer")
        shuffling = randomization(
            self.predictions.project.network,
            tensors(self.predictions, self._positions),
            self.recipe.method,
            layer_name(self.predictions, self.recipe),
            targets_of(self.predictions, self._positions, self.recipe),
            tell=progress.reach,
            alone=progress.alone,
            **self.recipe.settings,
        )
        _shuffled.put(self.digest, shuffling)
        return shuffling


def _probe(
    predictions: Predictions,
    position: int,
    heatmap: Heatmap,
    recipe: Recipe,
    progress: Progress | None = None,
) -> Probe:
    return Probe(
        predictions.project.network,
        tensors(predictions, [position]),
        layer_name(predictions, recipe),
        heatmap.target,
        tell=None if progress is None else lambda done, _: progress.reach(done, 0),
        alone=None if progress is None else progress.alone,
    )


def _digest(key: object) -> str:
    return hashlib.sha256(repr(key).encode()).hexdigest()
