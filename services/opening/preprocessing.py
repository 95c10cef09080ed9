"""Finding out how pictures have to be scaled, by trying: the commonest silent fault there is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam import Network
from services.keeping.known import sample_digests
from services.keeping.store import BoundedStore
from services.media.medium import Medium, Reading
from services.media.reading import read_all, readable
from services.sample import Sample, spread
from services.tasks.task import Measure, Task
from services.work.progress import Progress

SAMPLES = 64

_checks: BoundedStore[Hashable, PreprocessingCheck] = BoundedStore(64)


@dataclass(frozen=True)
class Trial:
    """How well the network does with one preprocessing.

    Attributes:
        medium: what was tried.
        score: the task's measure, such as the accuracy.
        certainty: how sure the network is of what is true; it decides between equals.
    """

    medium: Medium
    score: float
    certainty: float


@dataclass(frozen=True)
class PreprocessingCheck:
    """All trials on the same samples, best first.

    Attributes:
        trials: best first.
        samples: on how many samples.
        measure: what the score is.
    """

    trials: tuple[Trial, ...]
    samples: int
    measure: Measure

    @property
    def best(self) -> Trial:
        """The one to take."""
        return self.trials[0]

    @property
    def tells(self) -> bool:
        """Whether any trial does better than another."""
        return len({round(trial.score, 6) for trial in self.trials}) > 1


def check_preprocessing(
    network: Network,
    medium: Medium,
    samples: Sequence[Sample],
    task: Task,
    progress: Progress,
) -> PreprocessingCheck | None:
    """Try every variant of a medium on up to 64 labelled samples; once for the same files.

    Among trials with the same score RGB comes before BGR, then the one whose true classes have
    the higher scores.

    Returns:
        The check, or None where no labelled sample can be read.
    """
    labelled = [sample for sample in samples if sample.label is not None]
    chosen = spread(labelled, SAMPLES)
    # All that a check depends on: whoever comes back need not wait for it again.
    key = (network.digest, medium, task, _shown(chosen))
    if network.digest and (kept := _checks.get(key)) is not None:
        return kept
    variants = medium.variants()
    progress.begin("Checking how pictures are scaled", len(variants))
    cuts, readable = _read(chosen, medium)
    if not readable:
        return None
    labels = [sample.label or "" for sample in readable]
    trials = []
    for variant in variants:
        outputs = network.predict(variant.tensors(cuts))
        trials.append(Trial(variant, *task.trial(network, outputs, labels)))
        progress.advance()
    sign = -1.0 if task.measure.higher_is_better else 1.0
    trials.sort(key=lambda t: (sign * round(t.score, 6), t.medium.blue_first, -t.certainty))
    checked = PreprocessingCheck(tuple(trials), len(readable), task.measure)
    _checks.put(key, checked)
    return checked


def _shown(samples: Sequence[Sample]) -> tuple[tuple[str | None, str | None], ...]:
    digests = sample_digests(sample.path for sample in samples)
    return tuple((digests.get(sample.path), sample.label) for sample in samples)


def _read(samples: Sequence[Sample], medium: Medium) -> tuple[NDArray[Any], list[Sample]]:
    """What the network gets of those that can be read."""
    pictures = read_all(medium, [sample.path for sample in samples], _cut)
    read = readable(samples, pictures)  # the others are told when the whole set is predicted
    cuts = np.stack([cut for _, cut in read]) if read else np.zeros(0)
    return cuts, [sample for sample, _ in read]


def _cut(reading: Reading) -> NDArray[Any]:
    return reading.cut
