"""Exports of the dashboard: made in the background, kept with all that is, found by content."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.export.batches import Read, explain_batch
from services.export.drawing import draw_overlay
from services.export.job import Exported, export_alone
from services.export.plan import ExportPlan
from services.export.record import read_counts
from services.export.summary import scale_of
from services.export.whole import Whole, whole_of
from services.export.work import FOLDER, remove_results, writing_alone
from services.keeping.bound import growing
from services.keeping.drawers import EXPORTS
from services.keeping.locks import hold, hold_made
from services.keeping.store import BoundedStore
from services.media.reading import read_all, readable
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import Sample, spread
from services.work.asked import BATCH, Asked
from services.work.progress import Progress

TRIED = 8  # samples that an estimate is made of

_estimates: BoundedStore[str, Estimate] = BoundedStore(64)


@dataclass(frozen=True)
class Estimate:
    """What an export will take.

    Attributes:
        seconds: of work.
        bytes: of the zip.
    """

    seconds: float
    bytes: float


@dataclass(frozen=True)
class Request(Asked[Exported]):
    """An export that somebody may want.

    Attributes:
        opened: the project.
        plan: how it is explained.
        samples: which, in the project's order.
        whole: what the report says of the whole test set.
    """

    opened: Opened
    plan: ExportPlan
    samples: tuple[Sample, ...]
    whole: Whole

    weight = BATCH

    @cached_property
    def digest(self) -> str:
        """Of all that; names the export."""
        source = str(self.opened.reference)
        return self.plan.digest(self.opened.project, self.samples, source, self.whole.digest)

    @property
    def folder(self) -> Path:
        """Where it is made and kept."""
        return EXPORTS.folder / self.digest

    @property
    def found(self) -> Exported | None:
        """The same export, if it was made before and is still kept."""
        if not (self.folder / "deploy.zip").is_file() or (self.folder / FOLDER).exists():
            return None
        try:
            held = hold(self.folder)
            return Exported(self.folder, read_counts(self.folder / "manifest.json"), held)
        except (OSError, ValueError, KeyError):  # thrown away just now
            return None

    def make(self, progress: Progress) -> Exported:
        """See `Asked.make`; goes on with what a stopped one left."""
        held = hold_made(self.folder)
        with growing(self.folder), writing_alone(self.folder, progress):
            return replace(self.found or self._made(progress), held=held)

    def _made(self, progress: Progress) -> Exported:
        if not (self.folder / FOLDER).exists():
            remove_results(self.folder)  # what is left of one that cannot be gone on with
        project, source = self.opened.project, str(self.opened.reference)
        return export_alone(
            project, self.plan, self.samples, self.folder, source, progress, self.whole
        )


def requested(opened: Opened, choices: Choices) -> Request:
    """The export that the choices on screen amount to.

    Raises:
        GradcamError: there is no such layer or target.
    """
    plan = ExportPlan.of(opened.project, choices)
    whole = whole_of(opened.predictions, plan)
    return Request(opened, plan, exported_samples(opened.predictions, plan), whole)


def exported_samples(predictions: Predictions, plan: ExportPlan) -> tuple[Sample, ...]:
    """The samples that a plan's filter leaves, in the project's order.

    Args:
        predictions: of the whole test set.
        plan: where its filter leaves none out, files that cannot be read are among them.
    """
    if not plan.filter.narrows:
        return predictions.project.samples
    positions = sorted(passing_samples(predictions, plan.filter).tolist())
    return tuple(predictions.samples[position] for position in positions)


def estimate(request: Request) -> Estimate:
    """What it will take, by doing it for a few samples.

    Raises:
        GradcamError: the layer does not lead to the output.
    """
    estimated = _estimates.get(request.digest)
    if estimated is None:
        estimated = _tried(request.opened.project, request.plan, request.samples)
        _estimates.put(request.digest, estimated)
    return estimated


def _tried(project: Project, plan: ExportPlan, samples: Sequence[Sample]) -> Estimate:
    few = spread(samples, 1 if plan.recipe.method.slow else TRIED)
    medium, files = project.medium, [sample.path for sample in few]
    if not plan.recipe.method.slow:
        # Traced now, so that it is not measured.
        explain_batch(project, plan, few, read_all(medium, files, Read.of))
    started = time.perf_counter()
    read = read_all(medium, files, Read.of)
    batch = explain_batch(project, plan, few, read)
    size = 0
    for (sample, one), raw in zip(readable(few, read), batch.maps, strict=True):
        picture = medium.read(sample.path).picture if one.picture is None else one.picture
        drawn = draw_overlay(sample, picture, one.seen, raw, scale_of(raw, plan), plan, medium)
        size += len(drawn.jpeg)
    scale = len(samples) / max(1, len(few))
    return Estimate((time.perf_counter() - started) * scale, size * scale)
