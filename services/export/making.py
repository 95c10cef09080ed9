"""The batches of an export, each made into the working folder: read, explained, drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Final, Self

import numpy as np

from gradcam import Focus
from gradcam.arrays import Floats
from services.engines.maker import Maker, What
from services.errors import Cancelled
from services.export.batches import FEW, Batch, Read, explain_batch, load_batch
from services.export.drawing import draw_overlay, overlay_ending
from services.export.naming import overlay_names
from services.export.plan import ExportPlan
from services.export.sounds import hot_sound, sound_beside
from services.export.summary import scale_of
from services.export.work import Work
from services.keeping.files import write_whole
from services.media.reading import BATCH_SIZE, Unreadable, in_parts, readable, reading_ahead
from services.project import Project
from services.sample import Sample
from services.tasks.marks import Mark
from services.work.progress import Progress

DRAWING_THREADS = 2  # threads
SIDES: Final = {1.0: "correct", 0.0: "incorrect"}  # any other: nobody said
UNLABELLED = "unlabelled"


@dataclass(frozen=True)
class Round:
    """What is made of each batch.

    Attributes:
        drawing: whether its overlays are drawn as well.
        scale: the divisor of all maps; None where each has its own.
    """

    drawing: bool = True
    scale: float | None = None

    @property
    def said(self) -> What:
        """As it travels."""
        return asdict(self)

    @classmethod
    def of(cls, what: What) -> Self:
        """What `said` gave."""
        return cls(**what)  # type: ignore[arg-type]


def batch_size(plan: ExportPlan) -> int:
    """Samples in each batch of an export, so that a broken one is gone on with alike."""
    return FEW if plan.recipe.method.slow else BATCH_SIZE


class Batches(Maker):
    """All batches of an export, made by this process: the next is read while the last is drawn.

    Args:
        project: whose samples, at the plan's threshold.
        plan: how they are explained and drawn.
        samples: in a stable order.
        work: where all of it is kept.
    """

    def __init__(
        self, project: Project, plan: ExportPlan, samples: Sequence[Sample], work: Work
    ) -> None:
        self._project, self._plan, self._work = project, plan, work
        self.parts = in_parts(samples, batch_size(plan))
        ending = overlay_ending(plan, project.medium)
        self.names = overlay_names((sample.id for sample in samples), ending)

    @property
    def numbers(self) -> range:
        """Of all batches."""
        return range(len(self.parts))

    def is_explained(self, number: int) -> bool:
        """Whether the network need not be asked for a batch any more."""
        return self._work.batch(number).exists()

    def is_drawn(self, number: int) -> bool:
        """Whether nothing is left to be made of a batch."""
        return self._work.drawn(number).exists()

    def explained(self, number: int) -> Batch:
        """What the network did with a batch.

        Raises:
            OSError: it is not there.
            ValueError: it is damaged.
        """
        return load_batch(self._work.batch(number), self.parts[number])

    def forget_damaged(self) -> None:
        """What broke an earlier attempt may have damaged its files: make those batches again."""
        for number in self.numbers:
            try:
                if self.is_explained(number):
                    batch = self.explained(number)
                    if self.is_drawn(number):
                        figures = self._work.load_drawn(number)
                        if figures.shape != (len(batch.samples), 5):
                            raise ValueError("figures of other samples")
                else:
                    self._work.forget(number)
            except (OSError, ValueError, EOFError):
                self._work.forget(number)

    def made(
        self, numbers: Sequence[int], what: What, progress: Progress
    ) -> Generator[int, None, None]:
        """See `Maker.made`; a `Round`, in the order of the numbers."""
        this = Round.of(what)
        samples = (self.parts[number] for number in numbers)
        being_drawn: deque[tuple[int, Batch, list[Future[Focus]]]] = deque()
        with (
            reading_ahead(self._project.medium, samples, Read.of) as coming,
            ThreadPoolExecutor(DRAWING_THREADS) as drawers,
        ):
            try:
                for number, read in zip(numbers, coming, strict=True):
                    progress.check()  # where others go first, it is between two batches
                    batch = self._explained(number, read, progress)
                    if not this.drawing:
                        batch.save(self._work.batch(number))
                        yield number
                        continue
                    drawn = self._draw(number, batch, read, this.scale, drawers)
                    being_drawn.append((number, batch, drawn))
                    if len(being_drawn) > 1:
                        yield self._keep(*being_drawn.popleft())
                while being_drawn:
                    yield self._keep(*being_drawn.popleft())
            except (Cancelled, GeneratorExit):
                for left in being_drawn:  # explained already: who goes on need not do it again
                    self._keep(*left)
                raise

    def _explained(
        self, number: int, read: Sequence[Read | Unreadable], progress: Progress
    ) -> Batch:
        if self.is_explained(number):
            return self.explained(number)
        return explain_batch(
            self._project,
            self._plan,
            self.parts[number],
            read,
            lambda _done, _total: progress.advance(0),  # raises once the person has left
            progress.alone,
        )

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
        good, threshold = readable(self.parts[number], read), self._plan.filter.threshold
        predictions = batch.predictions(self._project)
        sides = [SIDES.get(float(each), UNLABELLED) for each in predictions.correct(threshold)]
        pages = predictions.answers.pages
        marks = [pages.marks(position, threshold) for position in range(len(good))]
        return [
            drawers.submit(self._draw_one, sample, one, raw, scale, side, own)
            for (sample, one), raw, side, own in zip(good, batch.maps, sides, marks, strict=True)
        ]

    def _draw_one(
        self,
        sample: Sample,
        read: Read,
        raw: Floats,
        scale: float | None,
        side: str,
        marks: Sequence[Mark],
    ) -> Focus:
        medium, picture, start = self._project.medium, read.picture, 0.0
        overlay = self._work.results / "gradcam" / side / self.names[sample.id]
        if picture is None or medium.axes is not None:
            again = medium.read(sample.path, sample.window)
            picture, heard = again.picture, again.heard
            start = 0.0 if heard is None else heard.start / heard.rate
            if (sound := hot_sound(again, raw, self._plan)) is not None:
                write_whole(sound_beside(overlay), sound)
        own = scale_of(raw, self._plan) if scale is None else scale
        drawn = draw_overlay(sample, picture, read.seen, raw, own, self._plan, medium, marks, start)
        write_whole(overlay, drawn.content)
        return drawn.focus

    def _keep(self, number: int, batch: Batch, drawing: Sequence[Future[Focus]]) -> int:
        figures = [future.result() for future in drawing]
        rows = [(f.x, f.y, f.area, f.border, f.boxes) for f in figures]
        batch.save(self._work.batch(number))
        self._work.save_drawn(number, np.array(rows, np.float64).reshape(-1, 5))
        return number
