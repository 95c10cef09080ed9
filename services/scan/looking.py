"""One pass over the test set: where the heat of each picture lies, and what the picture is like."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gradcam import GRAD_CAM, PictureError, capture, compute_maps, to_tensor
from gradcam.arrays import Floats
from gradcam.spray import heat_shares
from services.choices.browse import Positions
from services.choices.choices import Choices
from services.heatmaps.heatmaps import targets_of
from services.media.picture import read_picture
from services.media.properties import Properties, properties_of
from services.predictions.predictions import BATCH, DECODERS, Predictions
from services.work.progress import Progress

Read = tuple[Floats, Properties]


@dataclass(frozen=True)
class Looked:
    """What was seen of the M pictures that are still there.

    Attributes:
        positions: (M,) int, of the samples.
        shares: (M, h, w) float32, where the heat lies, see `heat_shares`.
        properties: of each picture.
    """

    positions: Positions
    shares: Floats
    properties: tuple[Properties, ...]


def look(predictions: Predictions, layer: str, progress: Progress) -> Looked:
    """Read, explain and look at every sample once.

    What is explained is the class that the network chose, by Grad-CAM; of a regression its value.

    Args:
        predictions: of the project.
        layer: which layer is explained.
        progress: is told how far it is.

    Raises:
        GradcamError: the layer does not lead to the output, or every picture is gone.
        Cancelled: the person left.
    """
    progress.begin("Looking at every picture", len(predictions))
    positions: list[int] = []
    shares: list[Floats] = []
    properties: list[Properties] = []
    for part, read in _read_ahead(predictions):
        good = [(p, r) for p, r in zip(part, read, strict=True) if r is not None]
        if good:
            there = [position for position, _ in good]
            captured = capture(
                predictions.project.network,
                np.stack([tensor for _, (tensor, _) in good]),
                layer,
                targets_of(predictions, there, Choices()),
            )
            positions += there
            shares.append(heat_shares(compute_maps(captured, GRAD_CAM)))
            properties += [seen for _, (_, seen) in good]
        progress.advance(len(part))
    if not positions:
        raise PictureError("None of the pictures is there any more.")
    return Looked(np.array(positions), np.concatenate(shares), tuple(properties))


def _read_ahead(predictions: Predictions) -> Iterator[tuple[Sequence[int], list[Read | None]]]:
    """Batches of positions with what was read, while the batch before is being explained."""
    coming: deque[tuple[Sequence[int], list[Future[Read | None]]]] = deque()
    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, len(predictions), BATCH):
            part: Sequence[int] = range(start, min(start + BATCH, len(predictions)))
            coming.append((part, [pool.submit(_read, predictions, p) for p in part]))
            if len(coming) > 1:
                before, futures = coming.popleft()
                yield before, [future.result() for future in futures]
        for part, futures in coming:
            yield part, [future.result() for future in futures]


def _read(predictions: Predictions, position: int) -> Read | None:
    try:
        picture = read_picture(predictions.samples[position].path)
    except PictureError:
        return None
    return to_tensor(picture, predictions.project.input_spec), properties_of(picture)
