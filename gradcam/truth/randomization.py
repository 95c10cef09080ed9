"""Do the heatmaps follow what the network learned? They must change when that is shuffled away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats
from gradcam.errors import NetworkError
from gradcam.methods import Method, find_method, run_method
from gradcam.network import Network
from gradcam.probe import CHUNK, Alone, Probe, Tell
from gradcam.shuffled import Shuffled
from gradcam.targets import Target
from gradcam.truth.rank_correlation import rank_correlation

TIMES = 3  # that all is done again
ALIKE = 0.5  # rank correlation; a quarter of what the order tells is still the same
SAME = 1e-4  # of the largest output: what a copy may differ by


class Sensitivity(StrEnum):
    """What the check says; the value is the sentence for the page."""

    FOLLOWS = (
        "The heatmaps change as soon as the output layer is shuffled: "
        "they follow what the network learned."
    )
    IGNORES_CLASSES = (
        "The heatmaps stay alike when the output layer is shuffled and change further down: "
        "they follow what the network sees, but hardly what it says."
    )
    IGNORES_NETWORK = (
        "The heatmaps stay alike although every weight was shuffled: "
        "they show the input and not what the network learned."
    )


@dataclass(frozen=True)
class ShuffleStep:
    """After one more layer was shuffled.

    Attributes:
        layer: its path inside the network.
        similarities: rank correlations with the original maps, -1..1: those of all pictures, for
            each time that it was done.
    """

    layer: str
    similarities: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over pictures and times."""
        return float(np.mean(self.similarities))

    @property
    def spread(self) -> float:
        """Standard deviation over pictures and times."""
        return float(np.std(self.similarities))


@dataclass(frozen=True)
class Randomization:
    """A network's heatmaps while its weights are shuffled from the output down.

    Attributes:
        method: whose maps were compared.
        layer: that was explained.
        steps: the layers with weights, last to first; each step keeps those before it shuffled.
    """

    method: Method
    layer: str
    steps: tuple[ShuffleStep, ...]

    @property
    def sensitivity(self) -> Sensitivity:
        """Alike is a mean rank correlation of at least a half, of either sign.

        A map turned upside down still draws the same shapes.
        """
        if abs(self.steps[-1].mean) >= ALIKE:
            return Sensitivity.IGNORES_NETWORK
        if abs(self.steps[0].mean) >= ALIKE:
            return Sensitivity.IGNORES_CLASSES
        return Sensitivity.FOLLOWS


def shuffle_maps(network: Network, times: int = TIMES) -> int:
    """How many maps of each picture `randomization` makes: as it is, and after each shuffle."""
    return 1 + times * len(network.learned)


def randomization(
    network: Network,
    batch: Floats,
    method: Method | str = "grad-cam",
    layer: str | None = None,
    targets: Target | Sequence[Target | None] | None = None,
    *,
    times: int = TIMES,
    seed: int = 0,
    chunk: int = CHUNK,
    tell: Tell | None = None,
    alone: Alone | None = None,
    **settings: object,
) -> Randomization:
    """Shuffle the weights of layer after layer, from the output down, and compare the maps.

    Adebayo et al. 2018 (arXiv:1810.03292), section 3: cascading randomisation; the weights of a
    layer are permuted within each of its arrays, so that their distribution stays. The network
    itself is left alone: a copy of it is shuffled.

    Args:
        network: to check.
        batch: (N, height, width, channels) float32; a handful of pictures is enough.
        method: one of `gradcam.METHODS`, or its name.
        layer: to explain; None for the network's default one.
        targets: one for all pictures or one for each; None for the class that the network, as it
            is, chose. The copy is asked for the same.
        times: that all is done again with other permutations, since one may hit upon a map that
            is alike by chance.
        seed: of the permutations.
        chunk: how many pictures go through the network at once.
        tell: gets the maps done and those in all; may raise to end the work.
        alone: whether nobody else waits, see `Probe`; None for always.
        **settings: the method's own parameters.

    Raises:
        NetworkError: the network cannot be copied, has no such layer, or the batch does not fit.
        GradcamError: no such target, method or setting.
    """
    method = find_method(method)
    original = Probe(network, batch, layer, targets, chunk=chunk)
    copy = _copied(network, original.batch, original.outputs)
    copy.network.side_by_side = network.side_by_side
    count, done = 1 + times * len(copy.layers), 0

    def maps(of: Network) -> Floats:
        nonlocal done
        told = _told_as_part(tell, done, count)
        targets = original.targets
        probe = Probe(of, batch, layer, targets, chunk=chunk, tell=told, alone=alone)
        raw = run_method(probe, method, **settings).maps
        done += 1
        told(1, 1)
        return raw

    before = maps(network)
    similarities: list[list[float]] = [[] for _ in copy.layers]
    for turn in range(times):
        rng = np.random.default_rng([seed, turn])
        copy.restore()
        for correlations, path in zip(similarities, copy.layers, strict=True):
            copy.shuffle(path, rng)
            pairs = zip(before, maps(copy.network), strict=True)
            correlations += [rank_correlation(one, other) for one, other in pairs]
    pairs = zip(copy.layers, similarities, strict=True)
    steps = tuple(ShuffleStep(path, tuple(correlations)) for path, correlations in pairs)
    return Randomization(method, original.layer.name, steps)


def _copied(network: Network, batch: Floats, outputs: Floats) -> Shuffled[Network]:
    refusal = f"{network.name} cannot be copied, so its weights cannot be shuffled for this check."
    try:
        copy = network.shuffled()
    except NetworkError as error:
        raise NetworkError(refusal) from error
    differs = np.abs(copy.network.predict(batch) - outputs).max()
    if not differs <= SAME * max(1.0, float(np.abs(outputs).max())):
        raise NetworkError(refusal)
    return copy


def _told_as_part(tell: Tell | None, part: int, parts: int) -> Tell:
    """Tell of one part of the work as a share of all of it, in thousandths."""

    def told(done: int, total: int) -> None:
        if tell is not None:
            tell(round(1000 * (part + done / total)), 1000 * parts)

    return told
