"""The windows of one file together: what the network says of all of it, and how many agree."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gradcam.arrays import Mask
from services.predictions.predictions import Predictions
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
    mean = np.repeat(outputs.mean(axis=0, keepdims=True), len(positions), axis=0)
    project = predictions.project
    read, network = project.task.read, project.network
    agree = read(network, samples, outputs).answers_as(read(network, samples, mean))
    labels = {sample.label for sample in samples}
    label = labels.pop() if len(labels) == 1 else None
    whole = replace(samples[0], id=own.path.name, label=label, window=None)
    return Windows(positions, agree, read(network, (whole,), mean[:1]))
