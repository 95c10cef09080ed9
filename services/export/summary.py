"""All batches of an export brought together: predictions, figures, means; no map is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradcam import Degenerate, degenerate_reason, divisor, normalize, resize_heat
from gradcam.arrays import Floats, Picture
from services.export.batches import Batch, as_predictions
from services.export.drawing import MINIATURE_SIDE
from services.export.plan import ExportPlan
from services.predictions.predictions import Predictions
from services.project import Project
from services.sample import LeftOut, Sample

MEANS = 20  # classes at most for which the report shows what they look at


@dataclass(frozen=True)
class GroupMean:
    """What some samples look like, and what the network looks at in them, on average.

    Attributes:
        picture: (48, 48, 3) uint8 RGB.
        heat: (48, 48) float32 in 0..1.
        count: of how many samples.
    """

    picture: Picture
    heat: Floats
    count: int


@dataclass(frozen=True)
class ExportSummary:
    """What an export found.

    Attributes:
        predictions: of the N readable samples.
        threshold: of verdicts; None where they have none.
        figures: (N, 5) peak's column and row, area, border's and boxes' share of the heat.
        blank: why a sample's map shows nothing, by its position.
        means: by group of the task and verdict.
        left_out: every file that takes no part.
        notes: what a sample's map should be read with, by its position.
    """

    predictions: Predictions
    threshold: float | None
    figures: NDArray[np.float64]
    blank: Mapping[int, Degenerate]
    means: Mapping[tuple[str, bool], GroupMean]
    left_out: tuple[LeftOut, ...]
    notes: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def correct(self) -> Floats:
        """(N,) 1, 0, or NaN where nobody said."""
        return self.predictions.correct(self.threshold)


class Gathering:
    """Takes batches in one after the other and remembers what the summary needs.

    Args:
        project: what is exported.
        plan: how.
        samples: all of them, to know the groups that matter.
    """

    def __init__(self, project: Project, plan: ExportPlan, samples: Sequence[Sample]) -> None:
        self._project = project
        self._plan = plan
        self._batches: list[Batch] = []
        self._figures: list[NDArray[np.float64]] = []
        self._blank: dict[int, Degenerate] = {}
        self._failed: dict[str, str] = {}
        self._notes: dict[int, str] = {}
        self._sums: dict[
            tuple[str, bool], tuple[NDArray[np.float64], NDArray[np.float64], int]
        ] = {}
        task = project.task
        count = dict.fromkeys(task.groups, 0)
        for sample in samples:
            for group in () if sample.label is None else task.groups_of(sample.label):
                count[group] += 1
        self._groups = set(sorted(count, key=lambda name: -count[name])[:MEANS])
        self._seen = 0

    def take(self, batch: Batch, figures: NDArray[np.float64], scale: float | None) -> None:
        """Take a batch in.

        Args:
            batch: with its maps, which are not kept.
            figures: (n, 5) of where its heat lies.
            scale: the shared one; None where each map has its own.
        """
        self._failed |= batch.failed
        if batch.samples:
            for index, raw in enumerate(batch.maps):
                if reason := degenerate_reason(raw):
                    self._blank[self._seen + index] = reason
            self._add(batch, scale)
        self._notes |= {self._seen + i: note for i, note in enumerate(batch.notes) if note}
        self._seen += len(batch.samples)
        self._figures.append(figures)
        few = np.zeros((0, 1, 1), np.float32)
        none = np.zeros((0, 1, 1, 3), np.uint8)
        self._batches.append(
            Batch(batch.samples, batch.outputs, few, batch.sizes, none, batch.failed)
        )

    def _add(self, batch: Batch, scale: float | None) -> None:
        """Take the verdict on each part in, under its group."""
        parts = batch.predictions(self._project).answers.parts(self._plan.filter.threshold)
        names = self._project.task.groups
        for index, group, correct in zip(parts.sample, parts.group, parts.correct, strict=True):
            if group < 0 or np.isnan(correct) or names[group] not in self._groups:
                continue
            seen, raw = batch.miniatures[index], batch.maps[index]
            own = scale_of(raw, self._plan) if scale is None else scale
            heat = resize_heat(normalize(raw, scale=own), MINIATURE_SIDE, MINIATURE_SIDE).astype(
                np.float64
            )
            key = names[group], bool(correct)
            none = np.zeros(seen.shape), np.zeros(heat.shape), 0
            pictures, heats, count = self._sums.get(key, none)
            self._sums[key] = pictures + seen, heats + heat, count + 1

    def summary(self) -> ExportSummary:
        """All of it."""
        predictions = as_predictions(self._project, self._batches)
        failed = tuple(LeftOut(name, reason) for name, reason in self._failed.items())
        return ExportSummary(
            predictions=predictions,
            threshold=self._plan.filter.threshold,
            figures=np.concatenate(self._figures),
            blank=self._blank,
            means={
                key: GroupMean(
                    np.rint(pictures / count).astype(np.uint8),
                    (heats / count).astype(np.float32),
                    count,
                )
                for key, (pictures, heats, count) in self._sums.items()
            },
            left_out=(*self._project.left_out, *failed),
            notes=self._notes,
        )


def scale_of(raw: Floats, plan: ExportPlan) -> float:
    """What a map is divided by on its own."""
    return divisor(raw, plan.recipe.normalization, plan.recipe.percentile)
