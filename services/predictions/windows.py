"""The windows of one file together: what the network says of all of it, and how many agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradcam.arrays import Floats, Mask
from services.keeping.derived import Derived
from services.keeping.known import file_digests
from services.predictions.predictions import Predictions, with_outputs
from services.sample import Sample
from services.tasks.answers import Answers


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of one file.

    Attributes:
        positions: of each, from its beginning to its end.
        agree: (n,) which of them say what the whole file does.
        whole: what the mean of their outputs says, of one sample: labelled where all windows have
            the same label.
    """

    positions: tuple[int, ...]
    agree: Mask
    whole: Answers


@dataclass(frozen=True, eq=False)
class WholeFiles:
    """The files of all samples, each as one sample that is judged by the mean of its windows.

    Attributes:
        predictions: of the files; a file that is one sample is as it was.
        windows: of each file the positions of its samples, from its beginning to its end.
    """

    predictions: Predictions
    windows: tuple[tuple[int, ...], ...]


# Each look at a comparison asks; what is made holds no predictions of windows.
_whole: Derived[str, WholeFiles] = Derived(1)


def windows_of(predictions: Predictions, position: int) -> Windows | None:
    """The windows of a sample's file; None where the file is one sample."""
    own = predictions.samples[position]
    if own.window is None or own.window.count < 2:
        return None
    several = [
        (sample.window.start, at)
        for at, sample in enumerate(predictions.samples)
        if sample.path == own.path and sample.window is not None
    ]
    positions = tuple(at for _, at in sorted(several))
    samples = tuple(predictions.samples[at] for at in positions)
    outputs = predictions.outputs[list(positions)]
    mean = np.repeat(_mean(outputs), len(positions), axis=0)
    project = predictions.project
    read, network = project.task.read, project.network
    agree = read(network, samples, outputs).answers_as(read(network, samples, mean))
    return Windows(positions, agree, read(network, (_joined(samples),), mean[:1]))


def whole_files(predictions: Predictions) -> WholeFiles | None:
    """All files, each judged as its page judges it; None where each is one sample anyway."""
    if all(each.window is None or each.window.count < 2 for each in predictions.samples):
        return None
    return _whole.of(predictions, "", lambda: _by_file(predictions))


def _by_file(predictions: Predictions) -> WholeFiles:
    of: dict[object, list[int]] = {}
    for at, sample in enumerate(predictions.samples):
        of.setdefault(sample.path, []).append(at)
    start = partial(_start, predictions.samples)
    windows = tuple(tuple(sorted(own, key=start)) for own in of.values())
    samples, outputs, digests = [], [], []
    files = file_digests(predictions.samples[own[0]].path for own in windows)
    for own in windows:
        parts = tuple(predictions.samples[at] for at in own)
        samples.append(_joined(parts))
        outputs.append(_mean(predictions.outputs[list(own)])[0])
        digests.append(files.get(parts[0].path, parts[0].id))
    read = with_outputs(predictions.project, tuple(samples), np.stack(outputs))
    return WholeFiles(replace(read, digests=tuple(digests)), windows)


def _start(samples: Sequence[Sample], at: int) -> int:
    window = samples[at].window
    return 0 if window is None else window.start


def _mean(outputs: Floats) -> Floats:
    """(1, K) of (n, K)."""
    return outputs.mean(axis=0, keepdims=True)


def _joined(windows: Sequence[Sample]) -> Sample:
    """A file as one sample."""
    first = windows[0]
    labels = {each.label for each in windows}
    label = labels.pop() if len(labels) == 1 else None
    # A medium names a window by its file's sample, an @ and where it starts.
    name = first.id if first.window is None else first.id.rpartition("@")[0]
    return replace(first, id=name, label=label, window=None)
