"""All figures of one heatmap, and the same of chance and of nothing, by which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.probe import Probe
from gradcam.targets import TargetKind
from gradcam.truth.confidence import Confidence, cold
from gradcam.truth.controls import random_maps, uniform_control
from gradcam.truth.curves import STEPS, Curve, fading, shares
from gradcam.truth.removal import USUAL_FILL, values_without

SEEDS = 5


@dataclass(frozen=True)
class MapFigures:
    """What a heatmap is worth, or several on the mean.

    Attributes:
        deletion, insertion: see `curves.py`; of a value not itself but its distance.
        drop: of confidence, 0..1; see `confidence.py`.
        increase: of confidence, 1 or 0; the share of several.
        change: of the number, either way, when the picture is seen through its heatmap.
    """

    deletion: Curve
    insertion: Curve
    drop: float
    increase: float
    change: float

    @classmethod
    def mean(cls, several: Sequence[MapFigures]) -> Self:
        """The mean of several."""
        return cls(
            Curve.mean([each.deletion for each in several]),
            Curve.mean([each.insertion for each in several]),
            float(np.mean([each.drop for each in several])),
            float(np.mean([each.increase for each in several])),
            float(np.mean([each.change for each in several])),
        )


@dataclass(frozen=True)
class ControlledFigures:
    """A heatmap's figures and what they are read by.

    Attributes:
        is_value: whether the target is a value, which has no best end.
        own: of the map.
        random: the mean over random maps at the layer's resolution.
        uniform: of a map that is the same everywhere.
    """

    is_value: bool
    own: MapFigures
    random: MapFigures
    uniform: MapFigures

    @property
    def deletion_beats_random(self) -> bool:
        """Whether the target goes sooner than by chance."""
        return self._beats(self.random.deletion.area, self.own.deletion.area)

    @property
    def insertion_beats_random(self) -> bool:
        """Whether the target comes sooner than by chance."""
        return self._beats(self.own.insertion.area, self.random.insertion.area)

    def _beats(self, more: float, less: float) -> bool:
        return less > more if self.is_value else more > less


def figure_passes(steps: int = STEPS, seeds: int = SEEDS) -> int:
    """How many predictions `controlled_figures` takes of a picture: of its map, and its controls.

    A map takes two curves, and the picture whole and seen through it.
    """
    return (1 + seeds + 1) * (2 * (steps + 1) + 2)


def map_figures(
    probe: Probe,
    number: int,
    raw: Floats,
    *,
    steps: int = STEPS,
    fill: Baseline | str = USUAL_FILL,
) -> MapFigures:
    """All figures of one map.

    Of a value, what counts most comes first, whether it raises the value or lowers it.

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        raw: (h, w) float32, its map, signed.
        steps: of the curves.
        fill: what stands where something is taken away.

    Raises:
        GradcamError: the map has numbers that are not finite.
    """
    is_value, size = _is_value(probe, number), probe.plane
    raw = probe.upright(raw)
    fades = fading(np.abs(raw) if is_value else raw, size, steps)
    asked = np.concatenate([cold(raw, size), fades, 1.0 - fades])  # all in one go
    whole, shown, *values = values_without(probe, number, asked, fill)
    seen = Confidence(float(whole), float(shown))
    gone, come = (
        Curve(shares(steps), np.array(part)) for part in (values[: steps + 1], values[steps + 1 :])
    )
    if is_value:
        gone, come = gone.distance(seen.whole), come.distance(seen.whole)
    return MapFigures(gone, come, seen.drop, float(seen.increase), seen.change)


def controlled_figures(
    probe: Probe,
    number: int,
    raw: Floats,
    *,
    steps: int = STEPS,
    fill: Baseline | str = USUAL_FILL,
    seeds: int = SEEDS,
    seed: int = 0,
) -> ControlledFigures:
    """A map's figures beside those of random maps and of the uniform one.

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        raw: (h, w) float32, its map, signed.
        steps: of the curves.
        fill: what stands where something is taken away.
        seeds: how many random maps.
        seed: of the random maps.

    Raises:
        GradcamError: the map has numbers that are not finite.
    """

    def of(one: Floats) -> MapFigures:
        return map_figures(probe, number, one, steps=steps, fill=fill)

    chance = [of(one) for one in random_maps(probe.layer, seeds, seed)]
    is_value = _is_value(probe, number)
    return ControlledFigures(
        is_value, of(raw), MapFigures.mean(chance), of(uniform_control(probe.layer))
    )


def _is_value(probe: Probe, number: int) -> bool:
    of_values = probe.network.heads[0].is_of_values
    return of_values or probe.targets[number].kind is TargetKind.OUTPUT
