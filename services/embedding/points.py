"""Which samples are drawn, and what the network makes of them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats
from services.engines.maker import Makers, nobody_else
from services.engines.passes import Pass, as_told, batches_of, samples_told
from services.heatmaps.heatmaps import tensors
from services.keeping.kept import Arrays
from services.media.reading import BATCH_SIZE, in_parts, readable, reading_ahead
from services.predictions.predicting import FEATURES
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import Sample
from services.work.progress import Progress

LAST_DENSE = ""  # the choice of the last dense layer's input


def feature_layer(predictions: Predictions, wanted: str) -> str:
    """The layer whose features are wanted; `LAST_DENSE` for the input of the last dense layer.

    A network without a dense layer decides by its last map.
    """
    network = predictions.project.network
    if wanted in {layer.name for layer in network.layers}:
        return wanted
    return LAST_DENSE if network.has_dense else network.last_layer.name


def stratified(predictions: Predictions, most: int) -> NDArray[np.int64]:
    """At most so many samples in the proportions of the task's strata, in the project's order.

    Each stratum has one at least; those of one are taken evenly.

    Args:
        predictions: of the project.
        most: how many, at least the number of strata.
    """
    if len(predictions) <= most:
        return np.arange(len(predictions))
    groups = predictions.answers.likeness.strata
    counts = _shares([len(group) for group in groups], most)
    taken = [group[_evenly(len(group), count)] for group, count in zip(groups, counts, strict=True)]
    return np.sort(np.concatenate(taken))


def _evenly(of: int, count: int) -> NDArray[np.int64]:
    return np.round(np.linspace(0, of - 1, count)).astype(np.int64)


def _shares(sizes: list[int], most: int) -> list[int]:
    """Parts of `most` by size, one each at least; the largest remainders get what is left over."""
    exact = np.array(sizes) * most / sum(sizes)
    counts = np.maximum(np.floor(exact), 1).astype(int)
    for group in np.argsort(counts - exact, kind="stable")[: max(0, most - counts.sum())]:
        counts[group] += 1
    while counts.sum() > most and counts.max() > 1:  # the ones at least were more than their share
        counts[counts.argmax()] -= 1
    return [int(count) for count in counts]


@dataclass(frozen=True)
class Featuring(Pass):
    """The means of a layer's channels, of samples.

    Attributes:
        project: whose network is asked.
        samples: which.
        layer: its name.
    """

    project: Project
    samples: Sequence[Sample]
    layer: str

    name = "features"

    @cached_property
    def parts(self) -> list[Sequence[int]]:
        """The rows of each batch, among the samples."""
        return in_parts(range(len(self.samples)), BATCH_SIZE)

    @property
    def count(self) -> int:
        """See `Pass.count`."""
        return len(self.parts)

    @property
    def told(self) -> Arrays:
        """See `Pass.told`."""
        return {"layer": self.layer, "samples": as_told(self.samples)}

    @classmethod
    def again(cls, project: Project, told: Arrays) -> Self:
        """See `Pass.again`."""
        return cls(project, samples_told(project, told["samples"]), str(told["layer"]))

    def made(
        self,
        numbers: Sequence[int],
        progress: Progress,  # noqa: ARG002 - one at a time, however many may be under way
    ) -> Generator[tuple[int, Arrays], None, None]:
        """See `Pass.made`."""
        parts = [self.parts[number] for number in numbers]
        samples = ([self.samples[row] for row in part] for part in parts)
        with reading_ahead(self.project.medium, samples, lambda read: read.tensor) as coming:
            for number, part, read in zip(numbers, parts, coming, strict=True):
                good = readable(part, read)
                means = np.zeros((0, 0), np.float32)
                if good:
                    batch = np.stack([tensor for _, tensor in good])
                    means = self.project.network.channel_means(batch, self.layer)
                rows = np.array([row for row, _ in good], np.int64)
                yield number, {"rows": rows, "means": means}


def features_of(
    predictions: Predictions,
    positions: NDArray[np.int64],
    layer: str,
    progress: Progress,
    makers: Makers = nobody_else,
) -> Floats:
    """(n, F) float32, NaN where a picture is gone since it was predicted.

    The input of the last dense layer was kept when the samples were predicted, condensed to
    `FEATURES` numbers where it is wider. Of another layer the network is run again.

    Raises:
        Cancelled: the person left.
    """
    if layer == LAST_DENSE:
        return predictions.features[positions]
    project = predictions.project
    features = np.full((len(positions), project.network.layer(layer).channels), np.nan, np.float32)
    progress.begin("Features", len(positions))
    work = Featuring(project, [predictions.samples[position] for position in positions], layer)
    with closing(batches_of(work, makers, progress)) as batches:
        for number, arrays in batches:
            if len(arrays["rows"]):
                features[arrays["rows"]] = arrays["means"]
            progress.advance(len(work.parts[number]))
    return features


def own_width(predictions: Predictions, layer: str) -> int:
    """How many features a sample has in the network, before they were condensed.

    Raises:
        PictureError: the first picture is gone.
    """
    network = predictions.project.network
    if layer != LAST_DENSE:
        return network.layer(layer).channels
    kept = predictions.features.shape[1]
    if kept != FEATURES:
        return int(kept)
    return network.run(tensors(predictions, [0])).features.shape[1]
