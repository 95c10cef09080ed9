"""Is this heatmap true? In one batch: hide the hottest fifth, and random fifths beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats
from gradcam.heatmap import Degenerate, degenerate_reason
from gradcam.probe import Baseline, Probe
from gradcam.targets import Target, TargetKind
from gradcam.truth.controls import random_maps
from gradcam.truth.removal import USUAL_FILL, hottest, importance, read_number, without

SHARE = 0.2  # of the picture that is hidden
RANDOM = 8  # random fifths: with the picture and the hottest fifth a batch of ten
BEYOND = 2.0  # standard deviations; of another random fifth less than one in twenty is as far
LEAST = 0.02  # of a score, or as a share of a value: less is not worth a verdict


class Outcome(StrEnum):
    """What hiding the hottest part says of a heatmap."""

    SUPPORTED = "supported"  # the target loses clearly more than by hiding anything else
    NO_BETTER = "no better"  # than chance
    WORSE = "worse"  # the target loses clearly less: the heat lies beside what matters
    NOTHING_TO_SAY = "nothing to say"  # no map, or nothing that is hidden moves the target


@dataclass(frozen=True)
class Check:
    """The target's number with parts of the picture hidden.

    Attributes:
        target: whose number it is.
        whole: of the picture as it is.
        hidden: without its hottest fifth; NaN for a map that shows nothing.
        random: without random fifths, one number each.
        degenerate: why the map shows nothing, if it does.
    """

    target: Target
    whole: float
    hidden: float
    random: tuple[float, ...]
    degenerate: Degenerate | None = None

    @property
    def by_chance(self) -> float:
        """The mean over the random fifths."""
        return float(np.mean(self.random))

    @property
    def least(self) -> float:
        """The least difference that is worth a word."""
        return LEAST * (abs(self.whole) if self._is_value else 1.0)

    @property
    def _is_value(self) -> bool:
        return self.target.kind is TargetKind.OUTPUT

    def _lost(self, number: float) -> float:
        """What a score loses; a value has no best end, so how far it moves."""
        return abs(self.whole - number) if self._is_value else self.whole - number

    @property
    def gain(self) -> float:
        """What hiding the hottest fifth takes away beyond a random fifth; 0 where there is none."""
        if self.degenerate is not None:
            return 0.0
        return self._lost(self.hidden) - float(np.mean([self._lost(x) for x in self.random]))

    @property
    def outcome(self) -> Outcome:
        """The hottest fifth against the random ones.

        Random fifths are draws of one game, and eight show how it scatters: what lies more than
        two standard deviations from their mean (and `least`, since of a sure network they do not
        scatter at all) is no such draw. Where none of them moves the target by `least`, the
        network says the same with any fifth gone, and there is nothing to hold against the map.
        """
        if self.degenerate is not None:
            return Outcome.NOTHING_TO_SAY
        own, chance = self._lost(self.hidden), [self._lost(number) for number in self.random]
        if max(abs(loss) for loss in (own, *chance)) < self.least:
            return Outcome.NOTHING_TO_SAY
        mean, scatter = float(np.mean(chance)), float(np.std(chance, ddof=1))
        margin = max(BEYOND * scatter, self.least)
        if own > mean + margin:
            return Outcome.SUPPORTED
        return Outcome.WORSE if own < mean - margin else Outcome.NO_BETTER

    def sentence(self, name: str, against: str = "") -> str:
        """The check in words.

        Args:
            name: of the class or of the value, as it is to stand in the sentence.
            against: of the other class of a contrast.
        """
        if self.degenerate is not None:
            return self.degenerate.value
        whole, hidden, chance = self.figures_said
        subject = f"the lead of {name} over {against}" if against else name
        return (
            f"hiding the hottest fifth takes {subject} from {whole} to {hidden}; "
            f"hiding a random fifth takes it to {chance}"
        )

    @property
    def figures_said(self) -> tuple[str, str, str]:
        """Whole, hidden and by chance, with as few digits as tell them apart."""
        numbers = np.array([self.whole, self.hidden, self.by_chance])
        match self.target.kind:
            case TargetKind.OUTPUT:
                if self.target.lowers:
                    numbers = -numbers
                whole, hidden, chance = (f"{number:.3g}" for number in numbers)
            case TargetKind.CONTRAST:
                whole, hidden, chance = (f"{100 * number:.0f} points" for number in numbers)
            case _:
                places = 0 if abs(numbers[0]) >= 0.1 else 1
                whole, hidden, chance = (f"{100 * number:.{places}f} %" for number in numbers)
        return whole.replace("-", "−"), hidden.replace("-", "−"), chance.replace("-", "−")


def quick(
    probe: Probe, number: int, raw: Floats, *, seed: int = 0, fill: Baseline | str = USUAL_FILL
) -> Check:
    """Hide the hottest fifth of a picture, and random fifths to compare with.

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        raw: (h, w) float32, its map, signed.
        seed: of the random fifths.
        fill: what stands where something is hidden.
    """
    picture, target = probe.batch[number], probe.targets[number]
    height, width = picture.shape[:2]
    degenerate = degenerate_reason(raw)
    maps = list(random_maps(probe.layer, RANDOM, seed))
    if degenerate is None:
        maps.insert(0, raw)
    masks = np.stack([hottest(importance(each, height, width), SHARE) for each in maps])
    hidden = without(picture, masks, fill)
    whole, *values = read_number(probe, number, np.concatenate([picture[None], hidden])).tolist()
    chosen = values.pop(0) if degenerate is None else float("nan")
    return Check(target, whole, chosen, tuple(values), degenerate)
