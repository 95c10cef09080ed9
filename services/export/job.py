"""The whole job: every sample explained, drawn and sorted, then the table, the report, the zip.

Reading, the network, drawing and writing overlap. What a batch leaves is small and on disk, so
that memory does not grow with the number of samples and a broken job goes on where it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from gradcam import Focus
from gradcam.arrays import Floats
from services.errors import Cancelled, NothingExplainableError
from services.export.batches import FEW, Batch, Read, explain_batch, load_batch
from services.export.drawing import draw_overlay
from services.export.naming import overlay_names
from services.export.pack import pack
from services.export.plan import ExportPlan
from services.export.record import read_counts, record_json
from services.export.report import report_html
from services.export.summary import ExportSummary, Gathering, scale_of
from services.export.table import predictions_csv
from services.export.whole import Whole
from services.export.work import RESULTS, Work, begin_work, writing_alone
from services.keeping.locks import Hold
from services.media.reading import BATCH_SIZE, Unreadable, in_parts, readable, reading_ahead
from services.project import Project
from services.sample import Sample
from services.work.progress import Progress

DRAWING_THREADS = 2  # threads
SIDES: Final = {1.0: "correct", 0.0: "incorrect"}  # any other: nobody said
UNLABELLED = "unlabelled"
ALL: Final = Whole()


@dataclass(frozen=True)
class Exported:
    """A finished export.

    Attributes:
        output: the folder that holds it.
        counts: how many samples are what, see `record.counts_of`.
        held: the folder, where it lies in the server's cache: it stays as long as this.
    """

    output: Path
    counts: Mapping[str, int]
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def zip(self) -> Path:
        """All of it in one file."""
        return self.output / "deploy.zip"


def export(
    project: Project,
    plan: ExportPlan,
    samples: Sequence[Sample],
    output: Path,
    source: str,
    progress: Progress | None = None,
    whole: Whole = ALL,
) -> Exported:
    """Explain samples and leave overlays by verdict, table, report, record and zip in a folder.

    Args:
        project: whose samples.
        plan: how they are explained and drawn.
        samples: in a stable order.
        output: the folder; an earlier export in it is replaced once this one is whole.
        source: where the project comes from, for the record; never a key.
        progress: is told what is being done.
        whole: what the report says of the whole test set.

    Raises:
        NothingExplainableError: there is no sample, or none can be read.
        OutputError: the output cannot be written.
        GradcamError: the layer does not lead to the output, or the network does not give what the
            method asks for.
        Cancelled: the person left; the next attempt goes on from there.
    """
    progress = progress or Progress()
    _refuse_none(samples)
    with writing_alone(output, progress):
        return export_alone(project, plan, samples, output, source, progress, whole)


def export_alone(
    project: Project,
    plan: ExportPlan,
    samples: Sequence[Sample],
    output: Path,
    source: str,
    progress: Progress,
    whole: Whole = ALL,
) -> Exported:
    """What `export` does, for who is `writing_alone` already; raises OSError for OutputError."""
    _refuse_none(samples)
    plan.recipe.method.fits(project.network).required()
    work = begin_work(output, plan.digest(project, samples, source, whole.digest))
    project = project.at(plan.filter.threshold, uncertain=plan.filter.uncertain)
    return _Export(project, plan, samples, work, progress, whole).run(source)


def _refuse_none(samples: Sequence[Sample]) -> None:
    if not samples:
        raise NothingExplainableError("There is no sample to explain; choose others.")


class _Export:
    def __init__(
        self,
        project: Project,
        plan: ExportPlan,
        samples: Sequence[Sample],
        work: Work,
        progress: Progress,
        whole: Whole,
    ) -> None:
        self._project, self._plan, self._work, self._progress = project, plan, work, progress
        self._whole = whole
        self._samples = samples
        self._parts = in_parts(samples, FEW if plan.recipe.method.slow else BATCH_SIZE)
        self._names = overlay_names(sample.id for sample in samples)

    def run(self, source: str) -> Exported:
        if not self._work.is_complete:
            self._make(source)
        self._work.publish()
        return Exported(self._work.output, read_counts(self._work.output / "manifest.json"))

    def _make(self, source: str) -> None:
        started = datetime.now(UTC)
        self._forget_damaged()
        for side in (*SIDES.values(), UNLABELLED):
            (self._work.results / "gradcam" / side).mkdir(parents=True, exist_ok=True)
        scale = None
        if self._plan.recipe.shared_scale:
            self._go_through("Explaining", [n for n in self._all if not self._is_explained(n)])
            scale = self._shared_scale()
        todo = [n for n in self._all if not self._work.drawn(n).exists()]
        self._go_through("Explaining and drawing", todo, scale, drawing=True)
        summary = self._summary(scale)
        if not len(summary.predictions):
            raise NothingExplainableError(f"None of the {len(self._samples)} pictures can be read.")
        self._write(summary, source, started)

    @property
    def _all(self) -> range:
        return range(len(self._parts))

    def _is_explained(self, number: int) -> bool:
        return self._work.batch(number).exists()

    def _go_through(
        self, what: str, todo: Sequence[int], scale: float | None = None, *, drawing: bool = False
    ) -> None:
        """Read, explain and draw batches, the next one being read while the last is drawn."""
        self._progress.begin(what, sum(len(self._parts[number]) for number in todo))
        files = ([sample.path for sample in self._parts[number]] for number in todo)
        being_drawn: deque[tuple[int, Batch, list[Future[Focus]]]] = deque()
        with (
            reading_ahead(self._project.medium, files, Read.of) as coming,
            ThreadPoolExecutor(DRAWING_THREADS) as drawers,
        ):
            try:
                for number, read in zip(todo, coming, strict=True):
                    self._progress.check()  # where others go first, it is between two batches
                    batch = self._explained(number, read)
                    if not drawing:
                        batch.save(self._work.batch(number))
                        self._progress.advance(len(read))
                        continue
                    drawn = self._draw(number, batch, read, scale, drawers)
                    being_drawn.append((number, batch, drawn))
                    if len(being_drawn) > 1:
                        self._finish(*being_drawn.popleft())
                while being_drawn:
                    self._finish(*being_drawn.popleft())
            except Cancelled:
                for left in being_drawn:  # explained already: who goes on need not do it again
                    self._keep(*left)
                raise

    def _forget_damaged(self) -> None:
        """What broke an earlier attempt may have damaged its files: make those batches again."""
        for number in self._all:
            try:
                if self._is_explained(number):
                    batch = load_batch(self._work.batch(number), self._parts[number])
                    if self._work.drawn(number).exists():
                        figures = self._work.load_drawn(number)
                        if figures.shape != (len(batch.samples), 5):
                            raise ValueError("figures of other samples")
                else:
                    self._work.forget(number)
            except (OSError, ValueError, EOFError):
                self._work.forget(number)

    def _explained(self, number: int, read: Sequence[Read | Unreadable]) -> Batch:
        if self._is_explained(number):
            return load_batch(self._work.batch(number), self._parts[number])
        return explain_batch(
            self._project,
            self._plan,
            self._parts[number],
            read,
            self._still_wanted,
            self._progress.alone,
        )

    def _still_wanted(self, _done: int, _total: int) -> None:
        self._progress.advance(0)  # raises once the person has left

    def _draw(
        self,
        number: int,
        batch: Batch,
        read: Sequence[Read | Unreadable],
        scale: float | None,
        drawers: ThreadPoolExecutor,
    ) -> list[Future[Focus]]:
        if not batch.samples:
            return []
        good, sides = readable(self._parts[number], read), self._sides(batch)
        return [
            drawers.submit(self._draw_one, sample, one, raw, scale, side)
            for (sample, one), raw, side in zip(good, batch.maps, sides, strict=True)
        ]

    def _draw_one(
        self,
        sample: Sample,
        read: Read,
        raw: Floats,
        scale: float | None,
        side: str,
    ) -> Focus:
        medium = self._project.medium
        picture = medium.read(sample.path).picture if read.picture is None else read.picture
        own = scale_of(raw, self._plan) if scale is None else scale
        drawn = draw_overlay(sample, picture, read.seen, raw, own, self._plan, medium)
        (self._work.results / "gradcam" / side / self._names[sample.id]).write_bytes(drawn.jpeg)
        return drawn.focus

    def _sides(self, batch: Batch) -> list[str]:
        correct = batch.predictions(self._project).correct(self._plan.filter.threshold)
        return [SIDES.get(float(each), UNLABELLED) for each in correct]

    def _finish(self, number: int, batch: Batch, drawing: Sequence[Future[Focus]]) -> None:
        self._keep(number, batch, drawing)
        self._progress.advance(len(self._parts[number]))

    def _keep(self, number: int, batch: Batch, drawing: Sequence[Future[Focus]]) -> None:
        figures = [future.result() for future in drawing]
        rows = [(f.x, f.y, f.area, f.border, f.boxes) for f in figures]
        batch.save(self._work.batch(number))
        self._work.save_drawn(number, np.array(rows, np.float64).reshape(-1, 5))

    def _batches(self) -> Iterator[tuple[int, Batch]]:
        for number, part in enumerate(self._parts):
            yield number, load_batch(self._work.batch(number), part)

    def _shared_scale(self) -> float:
        scales = [scale_of(raw, self._plan) for _, batch in self._batches() for raw in batch.maps]
        return max(scales, default=0.0)

    def _summary(self, scale: float | None) -> ExportSummary:
        self._progress.begin("Writing the report")
        gathering = Gathering(self._project, self._plan, self._samples)
        for number, batch in self._batches():
            gathering.take(batch, self._work.load_drawn(number), scale)
        return gathering.summary()

    def _write(self, summary: ExportSummary, source: str, started: datetime) -> None:
        results = self._work.results
        samples = summary.predictions.samples
        sides = [SIDES.get(float(each), UNLABELLED) for each in summary.correct]
        files = {
            sample.id: f"gradcam/{side}/{self._names[sample.id]}"
            for sample, side in zip(samples, sides, strict=True)
        }
        if UNLABELLED not in sides:
            (results / "gradcam" / UNLABELLED).rmdir()
        (results / "predictions.csv").write_text(predictions_csv(summary, files), encoding="utf-8")
        report = report_html(summary, self._plan, files, results, started, self._whole)
        (results / "report.html").write_text(report, encoding="utf-8")
        record = record_json(
            summary, self._plan, len(self._samples), source, started, datetime.now(UTC)
        )
        (results / "manifest.json").write_text(record, encoding="utf-8")
        self._progress.begin("Packing the zip", len(files) + len(RESULTS) - 2)
        pack(results, results / "deploy.zip", self._progress)
