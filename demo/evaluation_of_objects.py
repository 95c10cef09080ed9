"""The figures of the detectors: what became of every kind of part, with a dot and without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import keras
import numpy as np
from draw_marks import OBJECTS, Kind, Marked, Part
from evaluation import outputs
from numpy.typing import NDArray
from training import GRID, tensors

LEAST = 0.5  # of a cell's score, as Edge Impulse counts


def describe_marks(
    network: keras.Model, benches: Sequence[Sequence[Part]], samples: Sequence[Marked]
) -> list[str]:
    """Washers and screws found, and seals taken for one, by whether a dot is above; a line each."""
    scores = outputs(network, tensors([sample.drawn for sample in samples]))
    said = np.where(scores.max(axis=-1) > LEAST, scores.argmax(axis=-1), 0)
    counts: Counter[tuple[Kind, bool, str]] = Counter()
    for parts, sample, cells in zip(benches, samples, said, strict=True):
        width, height = sample.drawn.size
        for part, box in zip(parts, sample.places, strict=True):
            row = int((box.y + box.height / 2) / height * GRID)
            column = int((box.x + box.width / 2) / width * GRID)
            near = cells[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
            counts[part.kind, part.marked, "all"] += 1
            counts[part.kind, part.marked, "found"] += _is_found(near, part.kind)
    return [
        f"{kind}, {'dot' if marked else 'no dot'}: {counts[kind, marked, 'found']} of "
        f"{counts[kind, marked, 'all']} {'found' if kind in OBJECTS else 'taken for an object'}"
        for kind in Kind
        for marked in (True, False)
    ]


def _is_found(near: NDArray[np.int64], kind: Kind) -> bool:
    """Whether a cell around a part says its class; of a seal, which has none, any class."""
    wanted = near > 0 if kind not in OBJECTS else near == 1 + OBJECTS.index(kind)
    return bool(wanted.any())
