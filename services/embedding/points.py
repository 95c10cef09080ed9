"""Which samples are drawn, and what the network makes of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gradcam import PictureError
from gradcam.arrays import Floats
from services.heatmaps.heatmaps import tensors
from services.media.reading import BATCH_SIZE
from services.predictions.predictions import FEATURES, Predictions
from services.work.progress import Progress

LAST_DENSE = ""  # the choice of the last dense layer's input


def feature_layer(predictions: Predictions, wanted: str) -> str:
    """The layer whose features are wanted; `LAST_DENSE` for the input of the last dense layer.

    A network without a dense layer decides by its last map.
    """
    network = predictions.project.network
    if wanted in {layer.name for layer in network.layers}:
        return wanted
    return LAST_DENSE if network.has_dense else network.default_layer.name


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


def features_of(
    predictions: Predictions, positions: NDArray[np.int64], layer: str, progress: Progress
) -> Floats:
    """(n, F) float32, NaN where a picture is gone since it was predicted.

    The input of the last dense layer was kept when the samples were predicted, condensed to
    `FEATURES` numbers where it is wider. Of another layer the network is run again.

    Raises:
        Cancelled: the person left.
    """
    if layer == LAST_DENSE:
        return predictions.features[positions]
    network = predictions.project.network
    features = np.full((len(positions), network.layer(layer).channels), np.nan, np.float32)
    progress.begin("Features", len(positions))
    for start in range(0, len(positions), BATCH_SIZE):
        part = slice(start, start + BATCH_SIZE)
        rows, batch = _readable(predictions, positions[part])
        if rows:
            features[part][rows] = network.channel_means(batch, layer)
        progress.advance(len(positions[part]))
    return features


def _readable(predictions: Predictions, positions: NDArray[np.int64]) -> tuple[list[int], Floats]:
    rows, read = [], []
    for row, position in enumerate(positions):
        try:
            read.append(tensors(predictions, [int(position)]))
            rows.append(row)
        except PictureError:
            continue
    return rows, np.concatenate(read) if read else np.zeros((0,), np.float32)


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
