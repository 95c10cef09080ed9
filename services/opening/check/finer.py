"""What matters less than scaling and colour: the resize filter, and whether EXIF notes are heeded.

Each value cuts the files anew, so they are read again; first those that the network gets wrong,
since only there another value can do better.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Mask
from services.media.medium import InputOption, Medium, alternatives
from services.opening.check.ruling import SURELY
from services.opening.check.trials import Bench, Trial
from services.work.progress import Progress


@dataclass(frozen=True, eq=False)
class Finer:
    """A value of an option that does better than the one before.

    Attributes:
        option: in question.
        value: of it.
        trial: with that value.
        usual: the trial with the value that is usual.
        is_taken: whether it is significantly better, so that it is taken.
    """

    option: InputOption
    value: str
    trial: Trial
    usual: Trial
    is_taken: bool


def finer(
    bench: Bench, chosen: Trial, told: Collection[str], progress: Progress
) -> tuple[Trial, tuple[Finer, ...]]:
    """Try the options that nobody told and that are not tried together with scaling and colour.

    Args:
        bench: on which the chosen way was tried.
        chosen: with the scaling and colour that are taken.
        told: words of options that are settled.
        progress: is told what is being done.

    Returns:
        The trial that is taken, and the values that do better than the usual ones.

    Raises:
        Cancelled: the person left.
    """
    better = list[Finer]()
    if chosen.grades.is_constant:
        return chosen, ()
    for option in chosen.medium.options:
        if option.tried or not option.values or option.word in told:
            continue
        progress.begin(f"Trying each {option.word}")
        trial = _best(bench, chosen, option)
        if trial is not None:
            is_taken = trial.grades.beats(chosen.grades) <= SURELY
            value = trial.medium.values[option.name]
            better.append(Finer(option, value, trial, chosen, is_taken))
            chosen = trial if is_taken else chosen
    return chosen, tuple(better)


def _best(bench: Bench, chosen: Trial, option: InputOption) -> Trial | None:
    """The trial with the value that does better than the chosen one, if any does."""
    is_wrong = chosen.grades.merits < chosen.grades.perfect
    best = chosen
    for way in alternatives(chosen.medium, option):
        if way == chosen.medium:
            continue
        trial = _tried(bench, way, is_wrong, chosen)
        if trial is None:  # as pictures that need no resizing are the same by any filter
            return None
        best = max(best, trial, key=lambda each: each.grades.mean)
    if best is chosen:
        return None
    whole = _tried(bench, best.medium, ~is_wrong, best) or best
    return whole if whole.grades.mean > chosen.grades.mean else None


def _tried(bench: Bench, way: Medium, some: Mask, before: Trial) -> Trial | None:
    """A way tried on some pictures; of the others stands what was said before.

    None where nothing about these pictures is another.
    """
    outputs, anew = before.outputs.copy(), bench.anew(way, np.flatnonzero(some))
    if anew is None:
        return None
    outputs[some] = anew
    return bench.graded(way, outputs)
