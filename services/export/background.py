"""Exports of the dashboard: made in the background, kept for a while, found again by content."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.choices.browse import select
from services.choices.choices import Choices, Scope
from services.export.batches import Read, explained
from services.export.drawing import draw
from services.export.job import Exported, export
from services.export.manifest import read_counts
from services.export.plan import ExportPlan
from services.export.summary import scale_of
from services.export.work import FOLDER
from services.keeping.store import BoundedStore
from services.media.reading import read_all, readable
from services.opening.opening import Opened
from services.project import Project
from services.sample import Sample, spread
from services.settings import settings
from services.work.jobs import Job, Jobs
from services.work.progress import Progress

KEPT = 10  # finished exports, of all people together
TRIED = 8  # samples that an estimate is made of

_jobs: Jobs[Exported] = Jobs(workers=1)  # one at a time: each uses all cores


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
class Request:
    """An export that somebody may want.

    Attributes:
        opened: the project.
        plan: how it is explained.
        samples: which, in the project's order.
        digest: of all that; names the export.
    """

    opened: Opened
    plan: ExportPlan
    samples: tuple[Sample, ...]
    digest: str

    @property
    def folder(self) -> Path:
        """Where it is made and kept."""
        return settings().cache / "exports" / self.digest


_estimates: BoundedStore[str, Estimate] = BoundedStore(64)


def requested(opened: Opened, choices: Choices) -> Request:
    """The export that the choices on screen amount to.

    Raises:
        GradcamError: there is no such layer or target.
    """
    project = opened.project
    samples = project.samples
    if choices.scope is Scope.FILTERED:
        positions = sorted(int(position) for position in select(opened.predictions, choices))
        samples = tuple(opened.predictions.samples[position] for position in positions)
    plan = ExportPlan.of(project, choices)
    digest = plan.digest(project, samples, str(opened.reference))
    return Request(opened, plan, samples, digest)


def start_export(request: Request) -> Job[Exported]:
    """Make it in the background, or join whoever is making the same."""
    return _jobs.start(request.digest, lambda progress: _make(request, progress))


def running_export(request: Request) -> Job[Exported] | None:
    """The same export, if somebody is having it made."""
    return _jobs.running(request.digest)


def finished_export(request: Request) -> Exported | None:
    """The same export, if it was made before and is still kept."""
    folder = request.folder
    if not (folder / "deploy.zip").is_file() or (folder / FOLDER).exists():
        return None
    try:
        return Exported(folder, read_counts(folder / "manifest.json"))
    except (OSError, ValueError, KeyError):  # thrown away just now
        return None


def estimate(request: Request) -> Estimate:
    """What it will take, by doing it for a few samples.

    Raises:
        GradcamError: the layer does not lead to the output.
    """
    found = _estimates.get(request.digest)
    if found is None:
        found = _tried(request.opened.project, request.plan, request.samples)
        _estimates.put(request.digest, found)
    return found


def _tried(project: Project, plan: ExportPlan, samples: Sequence[Sample]) -> Estimate:
    few = spread(samples, 1 if plan.method.slow else TRIED)
    medium, files = project.medium, [sample.path for sample in few]
    if not plan.method.slow:
        # Traced now, so that it is not measured.
        explained(project, plan, few, read_all(medium, files, Read.of))
    started = time.perf_counter()
    read = read_all(medium, files, Read.of)
    batch = explained(project, plan, few, read)
    size = 0
    for (sample, found), raw in zip(readable(few, read), batch.maps, strict=True):
        picture = medium.read(sample.path).picture if found.picture is None else found.picture
        drawn = draw(sample, picture, found.seen, raw, scale_of(raw, plan), plan, medium)
        size += len(drawn.jpeg)
    scale = len(samples) / max(1, len(few))
    return Estimate((time.perf_counter() - started) * scale, size * scale)


def _make(request: Request, progress: Progress) -> Exported:
    if finished_export(request) is None and not (request.folder / FOLDER).exists():
        _throw_away(request.folder)  # what is left of one that was half thrown away
    exported = export(
        request.opened.project,
        request.plan,
        request.samples,
        request.folder,
        str(request.opened.reference),
        progress,
    )
    _forget_old(request.folder)
    return exported


def _forget_old(but: Path) -> None:
    """Throw the oldest exports away, finished or not."""
    folders = [path for path in but.parent.iterdir() if path.is_dir() and path != but]
    folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in folders[KEPT - 1 :]:
        _throw_away(old)


def _throw_away(folder: Path) -> None:
    with suppress(OSError):
        # Renamed first: half of an export would be taken for somebody else's files.
        hidden = folder.name.startswith(".")
        shutil.rmtree(folder if hidden else folder.rename(folder.with_name(f".{folder.name}")))
