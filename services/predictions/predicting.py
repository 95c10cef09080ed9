"""The network run on samples that it has not seen, in numbered batches."""

from __future__ import annotations

import json
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from gradcam.arrays import Floats
from services.engines.passes import Pass, as_told, samples_told
from services.keeping.kept import Arrays
from services.media.medium import Reading
from services.media.reading import (
    BATCH_SIZE,
    Unreadable,
    in_parts,
    readable,
    reading_ahead,
    unreadable,
)
from services.project import Project
from services.sample import Sample
from services.work.pace import note_pace
from services.work.progress import Progress

FEATURES = 512  # at most so many numbers a sample are kept for finding neighbours
PREDICTING = "predictions"  # work whose time is measured
Needed = tuple[Floats, tuple[int, int]]  # a sample's tensor, and its picture's width and height


@dataclass(frozen=True)
class Predicted:
    """What the network says of a batch.

    Attributes:
        readable: the samples that can be read.
        outputs: (n, K) float32.
        features: (n, F) float32, condensed.
        sizes: (n, 2) int, width and height of the original pictures.
        failed: why others cannot be read, by id.
    """

    readable: tuple[Sample, ...]
    outputs: Floats
    features: Floats
    sizes: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    failed: dict[str, str]


@dataclass(frozen=True)
class Predicting(Pass):
    """Outputs and features of samples.

    Attributes:
        project: whose network is asked.
        samples: which.
    """

    project: Project
    samples: Sequence[Sample]

    name = "predictions"

    @cached_property
    def parts(self) -> list[Sequence[Sample]]:
        """The samples of each batch."""
        return in_parts(self.samples, BATCH_SIZE)

    @property
    def count(self) -> int:
        """See `Pass.count`."""
        return len(self.parts)

    @property
    def told(self) -> Arrays:
        """See `Pass.told`."""
        return {"samples": as_told(self.samples)}

    @classmethod
    def again(cls, project: Project, told: Arrays) -> Self:
        """See `Pass.again`."""
        return cls(project, samples_told(project, told["samples"]))

    def made(
        self,
        numbers: Sequence[int],
        progress: Progress,  # noqa: ARG002 - one at a time, however many may be under way
    ) -> Generator[tuple[int, Arrays], None, None]:
        """See `Pass.made`."""
        samples = (self.parts[number] for number in numbers)
        with reading_ahead(self.project.medium, samples, _needed) as coming:
            for number, read in zip(numbers, coming, strict=True):
                yield number, self._run(self.parts[number], read)

    def predicted(self, number: int, arrays: Arrays) -> Predicted:
        """What a batch gave, in words of samples."""
        failed = json.loads(str(arrays["failed"]))
        there = tuple(sample for sample in self.parts[number] if sample.id not in failed)
        return Predicted(there, arrays["outputs"], arrays["features"], arrays["sizes"], failed)

    def _run(self, part: Sequence[Sample], read: Sequence[Needed | Unreadable]) -> Arrays:
        good = readable(part, read)
        failed = {sample.id: reason for sample, reason in unreadable(part, read)}
        network, said = self.project.network, {"failed": np.array(json.dumps(failed))}
        if not good:
            none = np.zeros((0, 1), np.float32)
            return {"outputs": none, "features": none, "sizes": np.zeros((0, 2), np.int64), **said}
        batch = np.stack([tensor for _, (tensor, _) in good])
        started = time.perf_counter()
        forward = network.run(batch)
        seconds = time.perf_counter() - started
        note_pace(self.project.work(PREDICTING), len(good), seconds, traces=True)
        return {
            "outputs": forward.outputs,
            "features": condensed(forward.features),
            "sizes": np.array([size for _, (_, size) in good], np.int64),
            **said,
        }


def _needed(reading: Reading) -> Needed:
    return reading.tensor, reading.size


def condensed(features: Floats) -> Floats:
    """At most `FEATURES` numbers a sample, by a fixed random projection that keeps distances.

    Johnson and Lindenstrauss 1984: distances survive up to a few per cent.

    Args:
        features: (N, F) float32.
    """
    if features.shape[1] <= FEATURES:
        return features
    rng = np.random.default_rng(0)
    matrix = rng.standard_normal((features.shape[1], FEATURES), np.float32)
    return features @ (matrix / np.float32(np.sqrt(FEATURES)))
