"""Can this heatmap be trusted? In one batch: hide the hottest fifth, then random fifths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats
from gradcam.baseline import Baseline
from gradcam.heatmap import Degenerate, degenerate_reason
from gradcam.layers import Layer
from gradcam.probe import Probe
from gradcam.targets import Target, TargetKind
from gradcam.truth.controls import random_maps
from gradcam.truth.removal import USUAL_FILL, hottest, importance, values_without

SHARE, HIDDEN_PART = 0.2, "fifth"  # of the picture that is hidden
# Of cells of a grid less: an object takes a small part of a picture, and one random fifth in three
# hides enough of it to lose it.
SHARE_OF_CELLS, PART_OF_CELLS = 0.05, "twentieth"
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
class FiguresSaid:
    """The figures of a check as they are written.

    Attributes:
        whole: of the picture as it is.
        hidden: without its hottest fifth.
        chance: without a random fifth, and how far such fifths scatter; of a value how far it
            moves then.
        moved: of a value how far hiding the hottest fifth moves it; else "".
        alone, alone_by_chance: of the hottest fifth alone and of a random one; "" where nobody
            looked.
    """

    whole: str
    hidden: str
    chance: str
    moved: str = ""
    alone: str = ""
    alone_by_chance: str = ""


@dataclass(frozen=True)
class PartAlone:
    """The target's number where a part alone is left.

    Attributes:
        own: of the hottest part.
        random: of random parts, one number each.
    """

    own: float
    random: tuple[float, ...]


@dataclass(frozen=True)
class Check:
    """The target's number with parts of the picture hidden.

    Attributes:
        target: whose number it is.
        whole: of the picture as it is.
        hidden: without its hottest fifth; NaN for a map that shows nothing.
        random: without random fifths, one number each.
        degenerate: why the map shows nothing, if it does.
        part: what share is hidden, in a word.
        kept: the same where such parts alone are left; None where nobody looked.
        of_values: whether the network gives values for places, see `Head.is_of_values`.
    """

    target: Target
    whole: float
    hidden: float
    random: tuple[float, ...]
    degenerate: Degenerate | None = None
    part: str = HIDDEN_PART
    kept: PartAlone | None = None
    of_values: bool = False

    @property
    def passes(self) -> int:
        """Predictions that it took: of the picture, its hottest part hidden, and random ones."""
        hidden = (self.degenerate is None) + len(self.random)
        return 1 + hidden + (0 if self.kept is None else 1 + len(self.kept.random))

    @property
    def by_chance(self) -> float:
        """The mean over the random fifths."""
        return float(np.mean(self.random))

    @property
    def least(self) -> float:
        """The least difference that is worth a word."""
        return LEAST * (abs(self.whole) if self.is_value else 1.0)

    @property
    def is_value(self) -> bool:
        """Whether it is about a value, which has no best end, rather than a score."""
        return self.of_values or self.target.kind is TargetKind.OUTPUT

    def _lost(self, number: float) -> float:
        """What a score loses; a value has no best end, so how far it moves."""
        return abs(self.whole - number) if self.is_value else self.whole - number

    @property
    def _lost_by_chance(self) -> list[float]:
        return [self._lost(number) for number in self.random]

    @property
    def gain(self) -> float:
        """What hiding the hottest fifth takes away beyond a random fifth; 0 where there is none."""
        if self.degenerate is not None:
            return 0.0
        return self._lost(self.hidden) - float(np.mean(self._lost_by_chance))

    @property
    def margin(self) -> float:
        """How far from the mean of the random fifths another random fifth may well lie.

        They are draws of one game, and eight show how it scatters: two standard deviations, and at
        least `least`, since of a sure network they do not scatter at all.
        """
        chance = self._lost_by_chance
        scatter = float(np.std(chance, ddof=1)) if len(chance) > 1 else 0.0
        return max(BEYOND * scatter, self.least)

    @property
    def outcome(self) -> Outcome:
        """The hottest fifth against the random ones: whether it lies beyond their `margin`.

        Where none of them moves the target by `least`, the network says the same with any fifth
        gone, and there is nothing to hold against the map.
        """
        if self.degenerate is not None:
            return Outcome.NOTHING_TO_SAY
        own, chance = self._lost(self.hidden), self._lost_by_chance
        if max(abs(loss) for loss in (own, *chance)) < self.least:
            return Outcome.NOTHING_TO_SAY
        return _against(own, float(np.mean(chance)), self.margin)

    def sentence(self, name: str, against: str = "") -> str:
        """The check in words.

        Args:
            name: of the class or of the value, as it is to stand in the sentence.
            against: of the other class of a contrast.
        """
        if self.degenerate is not None:
            return self.degenerate.value
        told, part = self.figures_said, self.part
        subject = f"the lead of {name} over {against}" if against else name
        if self.is_value:
            said = (
                f"hiding the hottest {part} moves {subject} from {told.whole} to {told.hidden}, by "
                f"{told.moved}; hiding a random {part} moves it by {told.chance}"
            )
        else:
            said = (
                f"hiding the hottest {part} takes {subject} from {told.whole} to {told.hidden}; "
                f"hiding a random {part} takes it to {told.chance}"
            )
        if not told.alone:
            return said
        return (
            f"{said}; with the hottest {part} alone it is {told.alone}, with a random one "
            f"{told.alone_by_chance}"
        )

    @property
    def figures_said(self) -> FiguresSaid:
        """The figures with as few digits as tell them apart, and bear the outcome out."""
        kept = [] if self.kept is None else [self.kept.own, float(np.mean(self.kept.random))]
        numbers = [self.whole, self.hidden, *kept, *self.random]
        if self.target.kind is TargetKind.OUTPUT and self.target.lowers:
            numbers = [-number for number in numbers]
        whole, hidden = numbers[:2]
        kept, random = numbers[2 : 2 + len(kept)], numbers[2 + len(kept) :]
        if self.is_value:
            own, chance = self._lost(self.hidden), float(np.mean(self._lost_by_chance))
            compared = [own, chance, self.margin]
            told = self._told([whole, hidden, *kept, *compared], range(3, 7), "", _digits)
            moved, by_chance, margin = told[-3:]
            return FiguresSaid(told[0], told[1], f"{by_chance} ± {margin}", moved, *told[2:-3])
        unit = " points" if self.target.is_difference else " %"
        first = 1 if unit == " %" and abs(whole) < 0.1 else 0
        shown = whole, *kept, hidden, float(np.mean(random)), self.margin
        told = self._told([100 * each for each in shown], range(first, 4), unit, _places)
        hot, by_chance, margin = told[-3:]
        alone = (each + unit for each in told[1:-3])
        return FiguresSaid(told[0] + unit, hot + unit, f"{by_chance} ± {margin}{unit}", "", *alone)

    def _told(
        self, numbers: list[float], digits: range, unit: str, write: Callable[[float, int], str]
    ) -> list[str]:
        """Numbers as they are written: the last three are the hottest, chance and its margin."""
        for count in digits:
            told = [write(number, count) for number in numbers]
            own, chance, margin = (float(word) for word in told[-3:])
            own, chance = (-own, -chance) if unit else (own, chance)  # what a score loses
            if self.outcome in {Outcome.NOTHING_TO_SAY, _against(own, chance, margin)}:
                break
        return [word.replace("-", "−") for word in told]


def _against(own: float, chance: float, margin: float) -> Outcome:
    if own > chance + margin:
        return Outcome.SUPPORTED
    return Outcome.WORSE if own < chance - margin else Outcome.NO_BETTER


def _places(number: float, count: int) -> str:
    return f"{number:.{count}f}"


def _digits(number: float, count: int) -> str:
    return f"{number:.{count}g}"


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
    (check,) = quick_each(probe, number, [raw], probe.layer, seed=seed, fill=fill)
    return check


def quick_each(
    probe: Probe,
    number: int,
    maps: Sequence[Floats],
    layer: Layer,
    *,
    seed: int = 0,
    fill: Baseline | str = USUAL_FILL,
) -> list[Check]:
    """The same for several maps of one picture, which share the random fifths.

    Where the target names cells of a grid, the hottest twentieth is hidden, and random twentieths.

    Args:
        probe: whose network and targets are asked.
        number: of the picture among the probe's, from 0.
        maps: each (h, w) float32, signed.
        layer: whose resolution the random fifths have.
        seed: of the random fifths.
        fill: what stands where something is hidden.
    """
    target, (height, width) = probe.targets[number], probe.plane
    of_cells = target.cells is not None
    share, part = (SHARE_OF_CELLS, PART_OF_CELLS) if of_cells else (SHARE, HIDDEN_PART)
    reasons = [degenerate_reason(raw) for raw in maps]
    good = [raw for raw, reason in zip(maps, reasons, strict=True) if reason is None]
    hiding = [*good, *random_maps(layer, RANDOM, seed)]
    gone = [hottest(importance(probe.upright(each), height, width), share) for each in hiding]
    nothing = np.zeros((height, width), np.float32)
    whole, *values = values_without(probe, number, np.stack([nothing, *gone]), fill).tolist()
    own, chance = iter(values[: len(good)]), tuple(values[len(good) :])
    return [
        Check(
            target,
            whole,
            next(own) if reason is None else float("nan"),
            chance,
            reason,
            part,
            of_values=probe.network.heads[0].is_of_values,
        )
        for reason in reasons
    ]
