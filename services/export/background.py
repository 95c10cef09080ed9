"""Exports of the dashboard: made in the background, kept with all that is, found by content."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from gradcam import Fit
from services.choices.browse import passing_samples
from services.choices.choices import Choices
from services.export.batches import Read, explain_batch
from services.export.drawing import draw_overlay
from services.export.job import Exported, export_alone
from services.export.making import batch_size
from services.export.opinions import with_said
from services.export.plan import ExportPlan, version_of
from services.export.record import read_counts
from services.export.sounds import hot_sound
from services.export.summary import scale_of
from services.export.whole import Whole, said_now, whole_of
from services.export.work import FOLDER, remove_results, writing_alone
from services.keeping.bound import growing
from services.keeping.derived import Derived
from services.keeping.drawers import EXPORTS
from services.keeping.locks import hold, hold_made
from services.keeping.store import BoundedStore
from services.media.reading import read_all, readable
from services.opening.opening import Opened
from services.people.person import NOBODY_ELSE, Action, Person, may
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import Sample, spread
from services.settings import settings
from services.work.asked import BATCH, Asked
from services.work.pace import note_pace
from services.work.price import Price
from services.work.progress import Progress

TRIED = 8  # samples that an estimate is made of

# Of files as they were when somebody first asked: looking at each at every step of a page is slow.
_versions: Derived[str, Mapping[str, str]] = Derived(1)
_digests: Derived[str, str] = Derived(32)
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
        most: at most so many samples; 0 for any number.
        owner: `Person.id` of who wants it.
    """

    opened: Opened
    plan: ExportPlan
    samples: tuple[Sample, ...]
    whole: Whole
    most: int = field(default=0, compare=False)
    owner: str = field(default="", compare=False)

    words = "export"
    weight = BATCH

    @cached_property
    def digest(self) -> str:
        """Of all that; names the export."""
        opened = self.opened
        if self.samples is not opened.predictions.project.samples:
            return self._digest()
        asked = f"{self.plan} {opened.reference} {self.whole.digest}"
        return _digests.of(opened.predictions, asked, self._digest)

    def _digest(self) -> str:
        opened, source = self.opened, str(self.opened.reference)
        every = opened.predictions.project.samples
        known = _versions.of(opened.predictions, "", lambda: _versions_now(every))

        def version(sample: Sample) -> str:
            return known.get(sample.id) or version_of(sample)

        return self.plan.digest(opened.project, self.samples, source, self.whole.digest, version)

    @property
    def folder(self) -> Path:
        """Where it is made and kept."""
        return EXPORTS.folder / self.digest

    def first(self, count: int) -> list[int]:
        """Positions of the first `count` of its samples that can be read."""
        where = self.opened.predictions.positions
        there = (where[sample.id] for sample in self.samples if sample.id in where)
        return list(islice(there, count))

    @property
    def fit(self) -> Fit:
        """Whether it is as small as this server asks."""
        count, most = len(self.samples), self.most
        if not most or count <= most:
            return Fit()
        asked = f"An export may have {most:,} samples here, and this one has {count:,}"
        return Fit(f"{asked}; set a filter on Samples, or ask an admin to make it.")

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

    @property
    def price(self) -> Price:
        """See `Asked.price`; batches that an earlier attempt left are not paid for again."""
        left = sum(1 for _ in (self.folder / FOLDER).glob("*/drawn-*.npy"))
        count = max(1, len(self.samples) - left * batch_size(self.plan))
        return Price(count, "sample", self._pace)

    @property
    def _pace(self) -> str:
        recipe, size = self.plan.recipe, self.plan.overlay_size
        return self.opened.project.work(f"export {recipe.method} {recipe.settings} {size}")

    def make(self, progress: Progress) -> Exported:
        """See `Asked.make`; goes on with what a stopped one left."""
        held = hold_made(self.folder)
        with growing(self.folder), writing_alone(self.folder, progress):
            EXPORTS.note_owner(self.folder, self.owner)
            return replace(self.found or self._made(progress), held=held)

    def _made(self, progress: Progress) -> Exported:
        if not (self.folder / FOLDER).exists():
            remove_results(self.folder)  # what is left of one that cannot be gone on with
        project, source = self.opened.project, str(self.opened.reference)
        return export_alone(
            project, self.plan, self.samples, self.folder, source, progress, self.whole
        )


def _versions_now(samples: Sequence[Sample]) -> Mapping[str, str]:
    return {sample.id: version_of(sample) for sample in samples}


def requested(opened: Opened, choices: Choices, person: Person = NOBODY_ELSE) -> Request:
    """The export that the choices on screen amount to.

    Args:
        opened: the project.
        choices: of the view.
        person: who wants it.

    Raises:
        GradcamError: there is no such layer or target.
    """
    plan = ExportPlan.of(opened.project, choices)
    whole = whole_of(opened.predictions, plan)
    most = 0 if may(person, Action.ADMINISTER) else settings().export_samples
    return Request(opened, plan, exported_samples(opened.predictions, plan), whole, most, person.id)


def report_now(made: Exported, request: Request) -> str:
    """The report of a finished export, with what people say by now."""
    report = (made.output / "report.html").read_text(encoding="utf-8")
    return with_said(report, said_now(request.opened.predictions, request.plan))


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
        note_pace(request.price.work, len(request.samples), estimated.seconds)
        _estimates.put(request.digest, estimated)
    return estimated


def _tried(project: Project, plan: ExportPlan, samples: Sequence[Sample]) -> Estimate:
    few = spread(samples, 1 if plan.recipe.method.slow else TRIED)
    medium = project.medium
    if not plan.recipe.method.slow:
        # Traced now, so that it is not measured.
        explain_batch(project, plan, few, read_all(medium, few, Read.of))
    started = time.perf_counter()
    read = read_all(medium, few, Read.of)
    batch = explain_batch(project, plan, few, read)
    size = 0
    for (sample, one), raw in zip(readable(few, read), batch.maps, strict=True):
        picture = one.picture
        if picture is None or medium.axes is not None:
            again = medium.read(sample.path, sample.window)
            picture = again.picture
            size += len(hot_sound(again, raw, plan) or b"")
        drawn = draw_overlay(sample, picture, one.seen, raw, scale_of(raw, plan), plan, medium)
        size += len(drawn.content)
    scale = len(samples) / max(1, len(few))
    return Estimate((time.perf_counter() - started) * scale, size * scale)
