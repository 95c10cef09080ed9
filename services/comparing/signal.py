"""Where whole numbers go wrong: layer by layer, how much of the signal is left, and why it is not.

Both networks see the same samples. A layer's signal is what the first network gives there, its
noise the difference of both; the first layer that loses much of it is the cause, and what it loses
it by is told from the two alone: values beyond what the other ever gives are cut off there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam import Layer, Network
from gradcam.arrays import Floats
from services.tables import Cell

LOST = 10.0  # dB between a layer and the one before it, from which it is to blame
POOR = 15.0  # dB of what is left, above which nothing is
CLIPPED = 0.001  # of the values, from which the cut is the cause
BEYOND = 1.05  # of the other's reach: what is nearer is rounding
PLACES = 2048  # numbers of a layer and a sample that layers are matched_layers by
ALIKE = 0.2  # correlation of what is called the same layer, at least


class Blame(StrEnum):
    """Why a layer loses its signal."""

    CLIPPED = "cut off"
    COARSE = "too coarse"


@dataclass(frozen=True)
class LayerSignal:
    """What is left of one layer's signal.

    Attributes:
        layer: of the first network; "input" before all of them.
        other: of the second network.
        decibels: 10·log₁₀ of the power of the signal by that of the noise; inf where they agree.
        reach: (lowest, highest) that the first network gives there.
        ends: (lowest, highest) that the second one does.
        clipped: the share of the first's values that lie beyond what the second ever gives.
        pictures: the share of the samples with such values.
        step: the smallest difference of two values of the second that is not 0; 0 where unknown.
        noises: (n,) of each sample, the power of the noise by the mean power of the signal.
    """

    layer: str
    other: str
    decibels: float
    reach: tuple[float, float]
    ends: tuple[float, float]
    clipped: float
    pictures: float
    step: float = 0.0
    noises: tuple[float, ...] = ()

    @property
    def worst(self) -> tuple[int, ...]:
        """The samples that lose anything here, by their numbers: who loses most first."""
        order = np.argsort(-np.array(self.noises), kind="stable").tolist()
        return tuple(number for number in order if self.noises[number] > 0)

    @property
    def row(self) -> dict[str, Cell]:
        """As a line of a table."""
        return {
            "layer": self.layer,
            "other layer": self.other,
            "signal to noise (dB)": round(self.decibels, 1),
            "lowest": self.reach[0],
            "highest": self.reach[1],
            "lowest there": self.ends[0],
            "highest there": self.ends[1],
            "values cut off": self.clipped,
            "pictures": self.pictures,
        }


@dataclass(frozen=True)
class Culprit:
    """The first layer that loses much of the signal.

    Attributes:
        place: its number among the layers.
        blame: why.
        said: the cause, in a sentence.
    """

    place: int
    blame: Blame
    said: str


@dataclass(frozen=True, eq=False)
class LayerGiven:
    """What a layer gives of some samples.

    Attributes:
        layer: its name.
        shape: (n, h, w, C).
        values: (n, places) float32, some of it, see `sampled`.
    """

    layer: str
    shape: tuple[int, ...]
    values: Floats


def matched_layers(
    first: Sequence[LayerGiven], second: Sequence[LayerGiven]
) -> list[tuple[str, str]]:
    """Which layer of one network is which of the other, in the order of both.

    Layers of equal maps are paired so that the correlations of what they give add up to the most.

    Args:
        first: layers of one network.
        second: of the other, of the same samples.

    Returns:
        The names of each pair.
    """
    rows, columns = len(first), len(second)
    fits = np.zeros((rows, columns))
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            if one.shape == other.shape:
                fits[i, j] = _correlation(one.values, other.values)
    fits[fits < ALIKE] = 0.0
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        for j in range(columns):
            best[i + 1, j + 1] = max(best[i, j + 1], best[i + 1, j], best[i, j] + fits[i, j])
    pairs, i, j = [], rows, columns
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((first[i].layer, second[j].layer))
    return pairs[::-1]


def layer_signal(layer: str, other: str, one: Floats, two: Floats) -> LayerSignal:
    """What is left of a layer's signal.

    Args:
        layer: its name in the first network.
        other: in the second.
        one: (n, …) float32, what the first gives of n samples.
        two: of the same shape, what the second gives.
    """
    signal, noise = float(np.square(one, dtype=np.float64).sum()), one.astype(np.float64) - two
    powers = np.square(noise).reshape(len(one), -1).sum(axis=1)
    power = float(powers.sum())
    decibels = 10.0 * np.log10(signal / power) if power and signal else np.inf
    low, high = float(two.min()), float(two.max())
    beyond = (one > high + (BEYOND - 1) * abs(high)) | (one < low - (BEYOND - 1) * abs(low))
    return LayerSignal(
        layer,
        other,
        float(decibels),
        (float(one.min()), float(one.max())),
        (low, high),
        float(beyond.mean()),
        float(beyond.reshape(len(one), -1).any(axis=1).mean()),
        _step(two),
        tuple((powers * len(one) / signal if signal else powers).tolist()),
    )


def culprit(signals: Sequence[LayerSignal]) -> Culprit | None:
    """The layer that is to blame; None where none is.

    Args:
        signals: in the order of the network.
    """
    before = np.inf
    for place, each in enumerate(signals):
        lost = min(before, 60.0) - each.decibels  # what agrees to 60 dB agrees
        if each.decibels < POOR and lost > LOST:
            return Culprit(place, *_cause(each))
        before = min(before, each.decibels)
    return None


def _cause(each: LayerSignal) -> tuple[Blame, str]:
    if each.clipped > CLIPPED:
        over = each.reach[1] - each.ends[1] >= each.ends[0] - each.reach[0]
        reach, end = (each.reach[1], each.ends[1]) if over else (each.reach[0], each.ends[0])
        return Blame.CLIPPED, (
            f"the calibration samples never reached {reach:.3g}: this layer ends at {end:.3g}, "
            f"and {each.clipped:.1%} of its values in {each.pictures:.0%} of the samples are cut "
            "off; calibrate with samples like these"
        )
    return Blame.COARSE, (
        f"its levels lie {each.step:.2g} apart, which is too coarse for what it gives; a layer of "
        "very different channels needs a scale a channel, or quantisation-aware training"
    )


def sampled(layer: str, values: Floats) -> LayerGiven:
    """Some places of what a layer gives, (n, h, w, C) float32, the same of layers of one shape."""
    flat = values.reshape(len(values), -1)
    if flat.shape[1] > PLACES:
        places = np.random.default_rng(0).choice(flat.shape[1], PLACES, replace=False)
        flat = flat[:, places]
    return LayerGiven(layer, values.shape, flat)


def given_by(network: Network, batch: Floats, layer: Layer) -> Floats:
    """What a layer gives, in real numbers: (n, h, w, C) float32."""
    return network.activations(batch, layer.name)


def _correlation(one: Floats, other: Floats) -> float:
    first, second = (each.astype(np.float64).ravel() for each in (one, other))
    first, second = first - first.mean(), second - second.mean()
    length = np.sqrt((first @ first) * (second @ second))
    return float(first @ second / length) if length else 0.0


def _step(values: Floats) -> float:
    steps = np.diff(np.unique(values[:8].ravel()[:200_000]))
    return float(steps[steps > 0].min()) if (steps > 0).any() else 0.0
