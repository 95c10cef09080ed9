"""Which layer and which method to look at, where the usual ones tell too little.

The usual ones stay whatever they are: the last map and Grad-CAM. Others are recommended where the
quick check says that those are poor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.capture import capture_layers
from gradcam.errors import GradcamError
from gradcam.layers import Layer
from gradcam.methods import Method, apply_method, fitting_methods
from gradcam.network import Network
from gradcam.probe import Alone, Probe
from gradcam.targets import Target
from gradcam.truth.quick import HIDDEN_PART, Check, Outcome, quick_each

MOST = 6  # layers that are tried
NEAR = 0.9  # of the best gain: what is as near is as good, and the later layer knows more
POOR = 0.5  # of the best gain: the usual one is left for no less


class Grounds(StrEnum):
    """Why it is recommended, as a sentence."""

    BETTER = "It is clearly better than the default layer and method."
    FEWER_BLANK = "It leaves fewer maps blank than the default layer and method, and is as good."
    NO_CLEARER = "No other layer or method that was tried is clearly better."
    USUAL = "The default layer and method do well on the samples that were tried."
    NONE = "None of the layers and methods that were tried is better than chance."


@dataclass(frozen=True)
class Candidate:
    """A layer and a method by their names."""

    layer: str
    method: str


@dataclass(frozen=True)
class Tried:
    """What came of trying a layer and a method on some pictures.

    Attributes:
        candidate: which.
        gains: for each picture what hiding its hottest part takes from the target beyond a random
            one.
        supported: in how many of them that is clearly more than chance.
        blank: in how many there was no map.
    """

    candidate: Candidate
    gains: tuple[float, ...]
    supported: int
    blank: int

    @property
    def gain(self) -> float:
        """Over the pictures."""
        return float(np.mean(self.gains))

    @property
    def scatter(self) -> float:
        """Two standard errors of the gain; 0 of a single picture."""
        return two_errors(self.gains)


@dataclass(frozen=True)
class Recommendation:
    """A layer and a method, and why.

    Attributes:
        best: what is recommended.
        usual: what is there without a choice.
        reason: why.
        is_value: whether the targets are values, so that gains are in their unit.
        part: which part was hidden: a fifth, or a twentieth.
    """

    best: Tried
    usual: Tried
    reason: Grounds
    is_value: bool = False
    part: str = HIDDEN_PART

    @property
    def is_usual(self) -> bool:
        """Whether nothing else is recommended."""
        return self.best.candidate == self.usual.candidate


def two_errors(numbers: Sequence[float]) -> float:
    """Two standard errors of the mean of some numbers; 0 of a single one."""
    if len(numbers) < 2:
        return 0.0
    return 2.0 * float(np.std(numbers, ddof=1)) / len(numbers) ** 0.5


def candidates(
    network: Network, layer: str | None = None, method: Method | None = None
) -> tuple[tuple[Layer, ...], tuple[Method, ...]]:
    """Layers and methods that are worth trying, each first to last.

    The last layer of every branch, and of those that all goes through the last of each size, then
    sums and activations between. Methods that take one run and know the class.

    Args:
        network: whose.
        layer: the only one, where it is chosen already.
        method: the only one, where it is chosen already.
    """
    fast = [each for each in fitting_methods(network) if not (each.slow or each.control)]
    aware = [each for each in fast if Ability.LAYER_GRADIENTS in each.asks]
    methods = (method,) if method is not None else tuple(aware or fast)
    layers = (network.layer(layer),) if layer is not None else _layers(network)
    return layers, methods


def _layers(network: Network) -> tuple[Layer, ...]:
    usual = network.require_layer()
    fitting = [x for x in network.layers if x.cells > 1 and x.name not in network.passed_over]
    whole = [layer for layer in reversed(fitting) if not layer.coverage.bypassed]
    sizes = {(layer.height, layer.width): layer for layer in reversed(whole)}
    between = [layer for layer in whole if not layer.parameters]
    ends = [layer for layer in reversed(fitting) if layer.coverage.is_last]
    wanted = dict.fromkeys([usual, *ends, *sizes.values(), *_spaced(between, MOST)])
    chosen = set(list(wanted)[:MOST])
    return tuple(layer for layer in network.layers if layer in chosen)


def _spaced(layers: Sequence[Layer], count: int) -> list[Layer]:
    places = np.linspace(0, len(layers) - 1, min(count, len(layers)))
    return [layers[round(place)] for place in places]


def try_out(
    network: Network,
    picture: Floats,
    target: Target | None,
    layers: Sequence[Layer],
    methods: Sequence[Method],
    alone: Alone | None = None,
) -> dict[Candidate, Check]:
    """Check every layer and method on one picture; layers that do not lead on are left out.

    Args:
        network: to explain.
        picture: (1, height, width, channels) float32.
        target: of the explanation; None for what the network says.
        layers: of which activations and gradients fit into memory together.
        methods: that take one run of the network.
        alone: whether nobody else waits, see `Probe`; None for always.
    """
    probe = Probe(network, picture, layers[0].name, target, alone=alone)
    captures = capture_layers(network, picture, [x.name for x in layers], probe.targets)
    by_size: dict[tuple[int, ...], list[tuple[Candidate, Layer, Floats]]] = {}
    for layer in layers:
        if layer.name not in captures:
            continue
        for method in methods:
            raw = apply_method(captures[layer.name], method).maps[0]
            made = Candidate(layer.name, method.name), layer, raw
            by_size.setdefault(raw.shape, []).append(made)
    checks: dict[Candidate, Check] = {}
    for several in by_size.values():
        names, (layer, *_), maps = zip(*several, strict=True)
        checks |= zip(names, quick_each(probe, 0, maps, layer), strict=True)
    return {  # in the order of layers and methods
        candidate: checks[candidate]
        for layer in layers
        for method in methods
        if (candidate := Candidate(layer.name, method.name)) in checks
    }


def is_poor(checks: Sequence[Check]) -> bool:
    """Whether maps tell too little: one is blank, or less than half do better than chance.

    Pictures that say the same whatever fifth is hidden are passed over.

    Args:
        checks: of the same layer and method.
    """
    blank = any(check.degenerate is not None for check in checks)
    telling = [check.outcome for check in checks if check.outcome is not Outcome.NOTHING_TO_SAY]
    return blank or 2 * telling.count(Outcome.SUPPORTED) < len(telling)


def recommend(checks: Mapping[Candidate, Sequence[Check]], usual: Candidate) -> Recommendation:
    """Choose by quick checks of the same pictures.

    A candidate is good if its map does better than chance in at least half of the pictures in which
    any does. The usual one is left where it is not good or has less than half of the best gain,
    and another is better by more than the pictures scatter; or where another one that is as good
    leaves fewer maps blank. Of those that are as good as the best the ones with the fewest blank
    maps are taken, of these the latest layer, and there the usual method if it is among them.

    Args:
        checks: for each candidate, in the order of layers, one for each picture.
        usual: what is there without a choice.

    Raises:
        GradcamError: the usual one could not be tried.
    """
    tried = {candidate: _tried(candidate, own) for candidate, own in checks.items()}
    if usual not in tried:
        raise GradcamError(f"The layer {usual.layer} does not lead to the output.")
    own, telling = tried[usual], _telling(list(checks.values()))
    is_value = any(each.is_value for several in checks.values() for each in several)
    part = next((each.part for several in checks.values() for each in several), HIDDEN_PART)
    good = [each for each in tried.values() if 2 * each.supported >= telling > 0 < each.gain]
    if not good:
        return Recommendation(own, own, Grounds.NONE, is_value, part)
    highest = max(each.gain for each in good)
    near = [each for each in good if each.gain >= NEAR * highest]
    fewest = min(each.blank for each in near)
    last = [each for each in near if each.blank == fewest][-1].candidate.layer
    there = [each for each in near if each.blank == fewest and each.candidate.layer == last]
    known = [each for each in there if each.candidate.method == usual.method]
    best = max(known or there, key=lambda each: each.gain)
    is_left = own not in good or own.gain < POOR * best.gain
    if is_left and _clearly_more(best, own):
        return Recommendation(best, own, Grounds.BETTER, is_value, part)
    if best.blank < own.blank:
        return Recommendation(best, own, Grounds.FEWER_BLANK, is_value, part)
    reason = Grounds.NO_CLEARER if is_left else Grounds.USUAL
    return Recommendation(own, own, reason, is_value, part)


def confirmed(
    chosen: Recommendation, best: Sequence[Check], usual: Sequence[Check]
) -> Recommendation:
    """The recommendation with the figures of pictures that had no part in choosing it.

    The best of many is so partly by chance, and its own figures flatter it. What is no better on
    other pictures is not recommended.

    Args:
        chosen: by `recommend`.
        best: of what it recommends, a check of each other picture; none where there are no others.
        usual: of the usual one, of the same pictures.
    """
    if chosen.is_usual or not best:
        return chosen
    first = _seen_in_all(chosen.best, best)
    second = _seen_in_all(chosen.usual, usual)
    fewer = chosen.reason is Grounds.FEWER_BLANK and first.blank < second.blank
    if first.gain > second.gain or (fewer and first.gain >= NEAR * second.gain):
        return replace(chosen, best=first, usual=second)
    return replace(chosen, best=second, usual=second, reason=Grounds.NO_CLEARER)


def _seen_in_all(before: Tried, checks: Sequence[Check]) -> Tried:
    """The figures of new pictures, and the blank maps of all."""
    tried = _tried(before.candidate, checks)
    return replace(tried, blank=before.blank + tried.blank)


def _tried(candidate: Candidate, checks: Sequence[Check]) -> Tried:
    return Tried(
        candidate,
        tuple(check.gain for check in checks),
        sum(check.outcome is Outcome.SUPPORTED for check in checks),
        sum(check.degenerate is not None for check in checks),
    )


def _telling(checks: Sequence[Sequence[Check]]) -> int:
    """In how many pictures any map does better than chance."""
    return sum(
        any(check.outcome is Outcome.SUPPORTED for check in of_one)
        for of_one in zip(*checks, strict=True)
    )


def _clearly_more(best: Tried, own: Tried) -> bool:
    """Whether one gains more than another on the same pictures, beyond their scatter."""
    more = np.subtract(best.gains, own.gains).tolist()
    return float(np.mean(more)) > two_errors(more)
