"""A picture of one's own as the only sample of a project like the open one; a sound has windows.

Everything that explains a sample explains it too; figures, exports and scans of the project never
see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

from gradcam import PictureError
from services.keeping.digests import context_of
from services.keeping.known import window_digest
from services.keeping.store import BoundedStore
from services.media.medium import Medium, Reading
from services.opening.opening import Opened
from services.own.pictures import OwnPicture, read_own
from services.predictions.predicting import condensed
from services.predictions.predictions import Predictions
from services.sample import Window
from services.tasks.likeness import most_alike


@dataclass(frozen=True)
class _Held:
    """A medium whose files are in memory, read already."""

    medium: Medium
    readings: Mapping[tuple[Path, Window | None], Reading] = field(compare=False, repr=False)

    def __str__(self) -> str:  # what is made of a file depends on no more than the medium
        return str(self.medium)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the medium has
        return getattr(self.medium, name)

    def read(self, path: Path, window: Window | None = None) -> Reading:
        """The reading that is held."""
        if (path, window) not in self.readings:
            raise PictureError("the file is missing")
        return self.readings[path, window]


_predicted: BoundedStore[tuple[str, str], Predictions] = BoundedStore(
    256_000_000, lambda one: 3 * int(one.sizes.prod(axis=1).sum())
)


def with_own(opened: Opened, picture: OwnPicture) -> Opened:
    """The project with a picture of one's own in place of its samples, unlabelled.

    Raises:
        PictureError: the picture does not fit this project's network.
    """
    predictions = _predictions(opened.predictions, picture)
    return replace(opened, project=predictions.project, predictions=predictions)


def nearest_samples(predictions: Predictions, own: Predictions, count: int) -> list[int]:
    """The samples whose features are most like those of one's own picture, by their cosine.

    Args:
        predictions: of the project.
        own: of the picture.
        count: at most so many.
    """
    features = own.features[0]
    alike = predictions.features @ features
    alike /= np.maximum(predictions.norms * np.linalg.norm(features), 1e-12)
    return most_alike(alike, count).tolist()


def _predictions(beside: Predictions, picture: OwnPicture) -> Predictions:
    project = beside.project
    key = context_of(project.network, project.medium), picture.id
    kept = _predicted.get(key)
    if kept is None:
        both = read_own(picture, project.medium)
        samples, readings = zip(*both, strict=True)
        forward = project.network.run(np.stack([reading.tensor for reading in readings]))
        held = {(sample.path, sample.window): reading for sample, reading in both}
        medium = cast("Medium", _Held(project.medium, held))
        kept = Predictions(
            project=replace(project, medium=medium, samples=samples, left_out=()),
            samples=samples,
            digests=tuple(window_digest(picture.digest, each.window) for each in samples),
            outputs=forward.outputs,
            features=condensed(forward.features),
            sizes=np.array([reading.size for reading in readings], np.int64),
            left_out=(),
            computed=len(samples),
        )
        _predicted.put(key, kept)
    # What is read of the answers depends on the task as it is now, with its live threshold.
    return replace(kept, project=replace(kept.project, task=project.task, name=project.name))
