"""The networks that can be set beside the one that is looked at, and what was computed of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcam.arrays import Mask
from services.alternative import NETWORK_FILE
from services.keeping.derived import Derived
from services.keeping.digests import context_of
from services.keeping.store import BoundedStore
from services.predictions.both_arithmetics import other_arithmetic
from services.predictions.comparison import NetworkComparison, network_comparison
from services.predictions.predictions import Predictions
from services.project import Project
from services.settings import settings
from services.tasks.flips import Flip
from services.tasks.shown import Positions

OTHER_ARITHMETIC = "arithmetic"  # the same file in its other arithmetic
FILE = "file"  # another network file of the same project
GIVEN = "given"  # a network that a terminal names

# As they are kept in memory; what they are made of lies on disk as all predictions do.
_beside: BoundedStore[str, Predictions] = BoundedStore(settings().projects)
# By which predictions they are of; who is in it lives, so that no other gets its number.
_joined: BoundedStore[tuple[int, int, float | None], NetworkComparison] = BoundedStore(
    settings().projects
)


@dataclass(frozen=True)
class Judging:
    """How answers are judged, see `Task.at`."""

    threshold: float | None = None
    uncertain: bool = False
    rule: str = ""

    def of(self, predictions: Predictions) -> Predictions:
        """The same, judged so."""
        return predictions.at(self.threshold, uncertain=self.uncertain, rule=self.rule)


@dataclass(frozen=True, eq=False)
class Becomes:
    """What becomes of the N samples that are looked at, and of their P parts.

    Attributes:
        flips: (N,) which have each flip; a sample that the other network does not know has none.
        both_right: (N,) which are right in both.
        rows: (n,) positions of the samples that both know, in the order of the comparison.
        parts: (P,) which have each flip; None where a sample is its only part.
    """

    flips: Mapping[Flip, Mask]
    both_right: Mask
    rows: Positions
    parts: Mapping[Flip, Mask] | None


_becomes: Derived[tuple[str, Judging], Becomes] = Derived(4)


def others_of(project: Project) -> Mapping[str, str]:
    """The networks that can be set beside the one that is looked at: their words for the page.

    Args:
        project: what is looked at.
    """
    network = project.network
    told: dict[str, str] = {}
    for choice in project.alternatives:
        if choice.name == NETWORK_FILE:
            files = choice.values.items()
            told |= {f"{FILE}:{name}": words for name, words in files if name != choice.taken}
    other = other_arithmetic(network)
    if other is not None:
        told[OTHER_ARITHMETIC] = f"{network.name}, {other.said}"
    return told


def chosen_beside(project: Project, word: str) -> str:
    """Which of them is meant: the one that was chosen, or the first; "" where there is none."""
    others = others_of(project)
    known = word in others or word.startswith(f"{GIVEN}:")
    return word if known else next(iter(others), word)


def beside_digest(predictions: Predictions, word: str) -> str:
    """What the answers of another network to the same samples are kept under.

    Args:
        predictions: that are looked at.
        word: one of `others_of`, or whatever names a network that was given otherwise.
    """
    project = predictions.project
    names, _ = project.task.kept_as
    told = f"{project.source} {word} {context_of(project.network, project.medium)} {names}"
    return hashlib.sha256(f"{told} {predictions.digest_of_files}".encode()).hexdigest()


def keep_beside(predictions: Predictions, word: str, made: Predictions) -> None:
    """Keep what another network answers.

    Args:
        predictions: that are looked at.
        word: names the network.
        made: its answers, judged as nobody chose.
    """
    _beside.put(beside_digest(predictions, word), made)


def answers_beside(predictions: Predictions, word: str) -> Predictions | None:
    """What another network answers; None as long as nobody had it computed.

    Args:
        predictions: that are looked at.
        word: names the network.
    """
    made = _beside.get(beside_digest(predictions, word))
    if made is None or word != OTHER_ARITHMETIC:
        return made
    task = predictions.project.task  # one file has one task, judged by the same threshold
    return replace(made, project=replace(made.project, task=task))


def comparison_beside(
    predictions: Predictions, word: str, judging: Judging
) -> NetworkComparison | None:
    """Both networks on the samples that both know; None as long as nobody had it computed.

    Args:
        predictions: that are looked at, judged already.
        word: of the network beside them; an unknown one means the first.
        judging: how its answers are judged.
    """
    there = answers_beside(predictions, chosen_beside(predictions.project, word))
    if there is None:
        return None
    return joined(predictions, judging.of(there), judging.threshold)


def joined(here: Predictions, there: Predictions, threshold: float | None) -> NetworkComparison:
    """What `network_comparison` gives, worked out once for all who look at it.

    Args:
        here: the answers that are looked at.
        there: those beside them.
        threshold: the live one; None for each task's own.
    """
    key = id(here), id(there), threshold
    kept = _joined.get(key)
    if kept is None:
        kept = network_comparison(here, there, threshold)
        _joined.put(key, kept)
    return kept


def seeds_of(project: Project, beside: str) -> Mapping[str, str]:
    """The networks that may be another seed of the one that is looked at: their words for the page.

    Args:
        project: what is looked at.
        beside: the network that it is compared with already.
    """
    files = f"{FILE}:"
    others = others_of(project).items()
    return {name: words for name, words in others if name.startswith(files) and name != beside}


def becomes_beside(predictions: Predictions, word: str, judging: Judging) -> Becomes | None:
    """What becomes of each sample; None as long as nobody had it computed.

    Args:
        predictions: that are looked at, judged already.
        word: of the network beside them; an unknown one means the first.
        judging: how its answers are judged.
    """
    word = chosen_beside(predictions.project, word)
    there = answers_beside(predictions, word)
    if there is None:
        return None

    def made() -> Becomes:
        return _worked_out(network_comparison(predictions, judging.of(there), judging.threshold))

    return _becomes.of(predictions, (beside_digest(predictions, word), judging), made)


def _worked_out(both: NetworkComparison) -> Becomes:
    count, at = len(both.here), both.positions
    flips = {flip: np.zeros(count, bool) for flip in Flip}
    for position, flip in zip(at.tolist(), both.flips, strict=True):
        flips[flip][position] = True
    both_right = np.zeros(count, bool)
    here, there = both.correct
    both_right[at] = (here == 1) & (there == 1)
    return Becomes(flips, both_right, at, _of_parts(both))


def _of_parts(both: NetworkComparison) -> Mapping[Flip, Mask] | None:
    if both.parts is None:
        return None
    first = np.searchsorted(
        sample := both.here.answers.parts(both.threshold).sample, both.positions
    )
    begins = dict(zip(both.positions.tolist(), first.tolist(), strict=True))
    parts = {flip: np.zeros(len(sample), bool) for flip in Flip}
    for part in both.parts.parts:
        if part.here is not None:
            parts[part.flip][begins[part.sample] + part.here] = True
    return parts
