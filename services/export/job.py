"""The whole job: every sample explained, drawn and sorted, then the table, the report, the zip.

Reading, the network, drawing and writing overlap. What a batch leaves is small and on disk, so
that memory does not grow with the number of samples and a broken job goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.comparing.record import flips_csv
from services.engines.maker import Maker, Makers, nobody_else
from services.errors import NothingExplainableError
from services.export.batches import Batch
from services.export.making import SIDES, UNLABELLED, Batches, Round
from services.export.pack import pack
from services.export.plan import ExportPlan
from services.export.record import read_counts, record_json
from services.export.report import report_html
from services.export.summary import ExportSummary, Gathering, scale_of
from services.export.table import parts_csv, predictions_csv
from services.export.whole import Whole
from services.export.work import COMPARED, PARTS_TABLE, RESULTS, Work, begin_work, writing_alone
from services.keeping.locks import Hold
from services.project import Project
from services.sample import Sample
from services.work.progress import Progress

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
    makers: Makers = nobody_else,
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
        makers: who makes the batches.

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
        return export_alone(project, plan, samples, output, source, progress, whole, makers)


def export_alone(
    project: Project,
    plan: ExportPlan,
    samples: Sequence[Sample],
    output: Path,
    source: str,
    progress: Progress,
    whole: Whole = ALL,
    makers: Makers = nobody_else,
) -> Exported:
    """What `export` does, for who is `writing_alone` already; raises OSError for OutputError."""
    _refuse_none(samples)
    plan.recipe.method.fits(project.network).required()
    work = begin_work(output, plan.digest(project, samples, source, whole.digest))
    project = plan.filter.judging(project)
    return _Export(project, plan, samples, work, progress, whole, makers).run(source)


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
        makers: Makers,
    ) -> None:
        self._project, self._plan, self._work, self._progress = project, plan, work, progress
        self._whole = whole
        self._samples = samples
        self._batches = Batches(project, plan, samples, work)
        self._maker: Maker = makers(work.folder) or self._batches

    def run(self, source: str) -> Exported:
        if not self._work.is_complete:
            self._make(source)
        self._work.publish()
        return Exported(self._work.output, read_counts(self._work.output / "manifest.json"))

    def _make(self, source: str) -> None:
        started, batches = datetime.now(UTC), self._batches
        batches.forget_damaged()
        for side in (*SIDES.values(), UNLABELLED):
            (self._work.results / "gradcam" / side).mkdir(parents=True, exist_ok=True)
        scale = None
        if self._plan.recipe.shared_scale:
            todo = [number for number in batches.numbers if not batches.is_explained(number)]
            self._go_through("Explaining", todo, Round(drawing=False))
            scale = self._shared_scale()
        todo = [number for number in batches.numbers if not batches.is_drawn(number)]
        self._go_through("Explaining and drawing", todo, Round(scale=scale))
        summary = self._summary(scale)
        if not len(summary.predictions):
            raise NothingExplainableError(f"None of the {len(self._samples)} samples can be read.")
        self._write(summary, source, started)

    def _go_through(self, words: str, todo: Sequence[int], what: Round) -> None:
        parts = self._batches.parts
        self._progress.begin(words, sum(len(parts[number]) for number in todo))
        with closing(self._maker.made(todo, what.said, self._progress)) as made:
            for number in made:
                self._progress.advance(len(parts[number]))

    def _all(self) -> Iterator[tuple[int, Batch]]:
        for number in self._batches.numbers:
            yield number, self._batches.explained(number)

    def _shared_scale(self) -> float:
        scales = [scale_of(raw, self._plan) for _, batch in self._all() for raw in batch.maps]
        return max(scales, default=0.0)

    def _summary(self, scale: float | None) -> ExportSummary:
        self._progress.begin("Writing the report")
        gathering = Gathering(self._project, self._plan, self._samples)
        for number, batch in self._all():
            gathering.take(batch, self._work.load_drawn(number), scale)
        return gathering.summary()

    def _write(self, summary: ExportSummary, source: str, started: datetime) -> None:
        results = self._work.results
        for half in (results / "gradcam").rglob(".*.part"):  # of a maker that was killed
            half.unlink()
        samples = summary.predictions.samples
        sides = [SIDES.get(float(each), UNLABELLED) for each in summary.correct]
        files = {
            sample.id: f"gradcam/{side}/{self._batches.names[sample.id]}"
            for sample, side in zip(samples, sides, strict=True)
        }
        if UNLABELLED not in sides:
            (results / "gradcam" / UNLABELLED).rmdir()
        with (results / "predictions.csv").open("w", encoding="utf-8") as table:
            table.writelines(predictions_csv(summary, files))
        if summary.predictions.answers.export.part_head:
            with (results / PARTS_TABLE).open("w", encoding="utf-8") as table:
                table.writelines(parts_csv(summary))
        if self._whole.compared is not None:
            flips = flips_csv(self._whole.compared)
            (results / COMPARED).write_text(flips, encoding="utf-8")
        report = report_html(summary, self._plan, files, results, started, self._whole)
        (results / "report.html").write_text(report, encoding="utf-8")
        record = record_json(
            summary,
            self._plan,
            len(self._samples),
            source,
            started,
            datetime.now(UTC),
            self._whole.compared,
        )
        (results / "manifest.json").write_text(record, encoding="utf-8")
        others = sum((results / name).is_file() for name in RESULTS)
        self._progress.begin("Packing the zip", len(files) + others)
        pack(results, results / "deploy.zip", self._progress)
