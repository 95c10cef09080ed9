"""Finding out how pictures have to be scaled, by trying: the commonest silent fault there is."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcam import Color, InputSpec, Network, PictureError, Scaling, class_scores, fitted, scaled
from gradcam.arrays import Floats, Picture
from services.keeping.known import sample_digests
from services.keeping.store import BoundedStore
from services.media.picture import read_picture
from services.project import Regression, Task
from services.sample import Sample, spread
from services.work.progress import Progress

SAMPLES = 64

_checks: BoundedStore[Hashable, PreprocessingCheck] = BoundedStore(64)


@dataclass(frozen=True)
class Trial:
    """How well the network does with one preprocessing.

    Attributes:
        scaling, color: what was tried.
        score: accuracy, or for regression the mean absolute error.
        certainty: mean logarithm of the true class's score; for regression minus the error.
    """

    scaling: Scaling
    color: Color
    score: float
    certainty: float


@dataclass(frozen=True)
class PreprocessingCheck:
    """All trials on the same samples, best first.

    Attributes:
        trials: best first.
        samples: on how many samples.
        task: says what the score is.
    """

    trials: tuple[Trial, ...]
    samples: int
    task: Task

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
    spec: InputSpec,
    samples: Sequence[Sample],
    task: Task,
    classes: Sequence[str],
    regression: Regression,
    progress: Progress,
) -> PreprocessingCheck | None:
    """Try every scaling with RGB and BGR on up to 64 labelled samples; once for the same files.

    Among trials with the same score RGB comes before BGR, then the one whose true classes have
    the higher scores.

    Returns:
        The check, or None where no labelled sample can be read.
    """
    labelled = [sample for sample in samples if sample.label is not None]
    chosen = spread(labelled, SAMPLES)
    # All that a check depends on: whoever comes back need not wait for it again.
    key = (network.digest, spec, task, tuple(classes), regression, _shown(chosen))
    if network.digest and (kept := _checks.get(key)) is not None:
        return kept
    options = _options(spec)
    progress.begin("Checking how pictures are scaled", len(options))
    pictures, readable = _read(chosen, spec)
    if not readable:
        return None
    trials = []
    for scaling, color in options:
        tried = replace(spec, scaling=scaling, color=color)
        outputs = network.predict(scaled(pictures, tried))
        if task is Task.REGRESSION:
            trials.append(_regression_trial(scaling, color, outputs, readable, regression))
        else:
            scores = class_scores(network, outputs)
            trials.append(_classification_trial(scaling, color, scores, readable, classes))
        progress.advance()
    sign = 1.0 if task is Task.REGRESSION else -1.0
    trials.sort(key=lambda t: (sign * round(t.score, 6), t.color is Color.BGR, -t.certainty))
    found = PreprocessingCheck(tuple(trials), len(readable), task)
    _checks.put(key, found)
    return found


def _shown(samples: Sequence[Sample]) -> tuple[tuple[str | None, str | None], ...]:
    digests = sample_digests(sample.path for sample in samples)
    return tuple((digests.get(sample.path), sample.label) for sample in samples)


def _options(spec: InputSpec) -> list[tuple[Scaling, Color]]:
    if spec.color is Color.GRAYSCALE:
        return [(scaling, Color.GRAYSCALE) for scaling in Scaling]
    colors = (Color.RGB, Color.BGR)
    return [(scaling, color) for color in colors for scaling in Scaling]


def _read(samples: Sequence[Sample], spec: InputSpec) -> tuple[Picture, list[Sample]]:
    pictures, readable = [], []
    for sample in samples:
        try:
            pictures.append(fitted(read_picture(sample.path), spec))
        except PictureError:
            continue  # listed with its reason when the whole set is predicted
        readable.append(sample)
    return np.stack(pictures) if pictures else np.zeros((0, 1, 1, 3), np.uint8), readable


def _classification_trial(
    scaling: Scaling,
    color: Color,
    scores: Floats,
    samples: Sequence[Sample],
    classes: Sequence[str],
) -> Trial:
    true = np.array([classes.index(sample.label or "") for sample in samples])
    right = scores.argmax(axis=1) == true
    of_truth = np.nan_to_num(scores[np.arange(len(true)), true], nan=0.0)
    certainty = float(np.log(np.clip(of_truth, 1e-9, None)).mean())
    return Trial(scaling, color, float(right.mean()), certainty)


def _regression_trial(
    scaling: Scaling,
    color: Color,
    outputs: Floats,
    samples: Sequence[Sample],
    regression: Regression,
) -> Trial:
    true = np.array([float(sample.label or "nan") for sample in samples])
    error = float(np.abs(outputs[:, regression.output] - true).mean())
    error = error if np.isfinite(error) else float("inf")
    return Trial(scaling, color, error, -error)
