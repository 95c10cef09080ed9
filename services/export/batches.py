"""A batch of samples through the network: read, explained, ready to be drawn."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gradcam import explain
from gradcam.arrays import Floats, Picture
from gradcam.probe import Alone, Tell
from services.export.drawing import miniature
from services.export.plan import ExportPlan
from services.media.medium import Reading
from services.media.reading import Unreadable, readable, unreadable
from services.predictions.geometries import geometries
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import Sample

FEW = 4  # of a slow method: little is lost to who leaves, and progress is seen to move
LARGE = 1_000_000  # pixels: of so many pictures at once, larger ones would fill the memory


@dataclass(frozen=True)
class Batch:
    """What the network does with up to 32 samples.

    Attributes:
        samples: those that can be read.
        outputs: (n, K) float32.
        maps: (n, h, w) float32, raw and signed.
        sizes: (n, 2) int, width and height of the original pictures.
        miniatures: (n, 48, 48, 3) uint8, as the network sees them, or as they are shown where they
            have axes.
        failed: why others cannot be read, by id.
        notes: what each map should be read with, such as LIME's fit; "" for nothing.
    """

    samples: tuple[Sample, ...]
    outputs: Floats
    maps: Floats
    sizes: NDArray[np.int64]
    miniatures: NDArray[np.uint8]
    failed: dict[str, str]
    notes: tuple[str, ...] = ()

    def predictions(self, project: Project) -> Predictions:
        """The batch as predictions of a project."""
        return as_predictions(project, [self])

    def save(self, path: Path) -> None:
        """Write all but the samples themselves.

        Raises:
            OSError: the disk is full, or may not be written.
        """
        part = path.with_name(f".{path.name}.{os.getpid()}")  # two may make the same batch
        with part.open("wb") as file:
            np.savez(
                file,
                outputs=self.outputs,
                maps=self.maps,
                sizes=self.sizes,
                miniatures=self.miniatures,
                failed=np.array(json.dumps(self.failed)),
                notes=np.array(json.dumps(self.notes)),
            )
        part.replace(path)


def load_batch(path: Path, samples: Sequence[Sample]) -> Batch:
    """Read what `save` wrote.

    Args:
        path: where it is.
        samples: all samples of the batch, the unreadable ones too.

    Raises:
        OSError: it is not there.
        ValueError: it is damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            failed = json.loads(str(kept["failed"]))
            readable = tuple(sample for sample in samples if sample.id not in failed)
            batch = Batch(
                readable,
                kept["outputs"],
                kept["maps"],
                kept["sizes"],
                kept["miniatures"],
                failed,
                tuple(json.loads(str(kept["notes"]))),
            )
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} is damaged") from error
    if len(batch.outputs) != len(batch.samples):
        raise ValueError(f"{path.name} is of other samples")
    return batch


def as_predictions(project: Project, batches: Sequence[Batch]) -> Predictions:
    """Batches as predictions of a project; features are not among them."""
    samples = tuple(sample for batch in batches for sample in batch.samples)
    return Predictions(
        project=project,
        samples=samples,
        digests=("",) * len(samples),
        outputs=np.concatenate([batch.outputs for batch in batches]),
        features=np.zeros((len(samples), 1), np.float32),
        sizes=np.concatenate([batch.sizes for batch in batches]),
        left_out=project.left_out,
        computed=len(samples),
    )


@dataclass(frozen=True)
class Read:
    """A sample's picture, and what the network gets of it.

    Attributes:
        size: width and height of the original, in pixels.
        picture: the original; None if it is so large that it is rather read again to be drawn.
        seen: as the network sees it.
        tensor: what the network gets.
    """

    size: tuple[int, int]
    picture: Picture | None
    seen: Picture
    tensor: Floats

    @classmethod
    def of(cls, reading: Reading) -> Self:
        """What is kept of a sample while its batch is explained and drawn."""
        width, height = reading.size
        kept = reading.picture if height * width <= LARGE else None
        return cls((width, height), kept, reading.seen, reading.tensor)


def explain_batch(
    project: Project,
    plan: ExportPlan,
    samples: Sequence[Sample],
    read: Sequence[Read | Unreadable],
    tell: Tell | None = None,
    alone: Alone | None = None,
) -> Batch:
    """Outputs and maps of a batch; of a method that needs but a capture in one pass.

    Args:
        project: what is exported.
        plan: how it is explained.
        samples: of the batch.
        read: what was read of each, or why it was not.
        tell: gets the passes done and those in all, of a method that needs many; may raise.
        alone: whether nobody else waits for the machine, see `Probe`; None for always.

    Raises:
        GradcamError: the layer does not lead to the output.
    """
    good = readable(samples, read)
    failed = {sample.id: reason for sample, reason in unreadable(samples, read)}
    there = tuple(sample for sample, _ in good)
    if not good:
        return Batch(
            (), np.zeros((0, project.network.units), np.float32), np.zeros((0, 1, 1), np.float32),
            np.zeros((0, 2), np.int64), np.zeros((0, 1, 1, 3), np.uint8), failed,
        )  # fmt: skip
    tensors = np.stack([one.tensor for _, one in good])
    targets = plan.targets(project, there)
    if targets is None:
        sizes = np.array([one.size for _, one in good], np.int64)
        geometry = geometries(project.medium, sizes)
        outputs = project.network.predict(tensors)
        answers = project.task.read(project.network, there, outputs, geometry)
        targets = list(answers.targets(range(len(there)), plan.recipe.target, plan.recipe.against))
    along = project.medium.axes is not None
    result = explain(
        project.network,
        tensors,
        plan.recipe.layer,
        targets,
        plan.recipe.method,
        tell=tell,
        alone=alone,
        **plan.recipe.settings,
    )
    return Batch(
        there,
        result.outputs,
        result.maps,
        np.array([one.size for _, one in good], np.int64),
        np.stack(
            [
                miniature(one.picture if along and one.picture is not None else one.seen)
                for _, one in good
            ]
        ),
        failed,
        result.notes,
    )
