"""The figures of the listeners: right and wrong with the hum and without, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
from evaluation import counted_right, outputs
from mfe import FILTERS, FRAMES
from record_words import CLASSES, HUMMED, Recorded

LOWEST = 9  # bands: all below 680 Hz


def describe_words(network: keras.Model, samples: Sequence[Recorded]) -> list[str]:
    """Accuracy by class and hum, over all, and without the lowest bands, a line each."""
    tensors = np.stack([sample.tensor for sample in samples])
    predicted = outputs(network, tensors).argmax(axis=1)
    truth = np.array([CLASSES.index(sample.label) for sample in samples])
    hummed = np.array([sample.facts["hum"] == "yes" for sample in samples])
    correct, stop = predicted == truth, CLASSES.index(HUMMED)
    lines = [
        counted_right(
            f"{name}, {'hum' if hum else 'no hum'}", correct[(truth == index) & (hummed == hum)]
        )
        for index, name in enumerate(CLASSES)
        for hum in (True, False)
    ]
    lines.append(counted_right("all", correct))
    low = tensors.reshape(-1, FRAMES, FILTERS).copy()
    low[:, :, :LOWEST] = 0.0
    without = outputs(network, low.reshape(tensors.shape)).argmax(axis=1)
    said = hummed & (predicted == stop)
    for title, group in (
        ("stop", said & (truth == stop)), ("no stop", said & (truth != stop)),
    ):  # fmt: skip
        lines.append(
            f"{title} with a hum, called stop: {(without[group] == stop).sum()} of {group.sum()} "
            "still are when the lowest bands are silent"
        )
    return lines
