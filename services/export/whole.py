"""What a report says of the whole test set, whichever part of it is exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from services.choices.browse import passing_samples
from services.choices.conditions import filter_said
from services.comparing.record import ComparisonRecord
from services.export.opinions import WhatIsSaid, what_is_said
from services.export.plan import ExportPlan
from services.findings.report import Report
from services.predictions.predictions import Predictions
from services.scan.scanning import Scan
from services.tasks.shown import Number


@dataclass(frozen=True)
class Whole:
    """What is true of the whole test set.

    Attributes:
        part: what the exported samples have in common, in words; "" where they are all.
        figure: how good the network is over the whole test set; None where the export has all.
        scan: what a scan of it with the export's layer found; None where none is kept.
        said: what people say of the exported samples; no part of what is equal, as it changes
            while people work and an export is made.
        compared: the network beside another one; None where none was asked for.
    """

    part: str = ""
    figure: Number | None = None
    scan: Report | None = None
    said: WhatIsSaid | None = field(default=None, compare=False)
    compared: ComparisonRecord | None = None

    @property
    def digest(self) -> str:
        """Tells whether two reports say the same; "" where nothing is said."""
        scan = "" if self.scan is None else self.scan.digest
        compared = "" if self.compared is None else f" {self.compared.digest}"
        return "" if self == Whole() else f"{self.part} {self.figure} {scan}{compared}"


def whole_of(predictions: Predictions, plan: ExportPlan) -> Whole:
    """What is true of a test set of which a plan exports a part, or all.

    Args:
        predictions: of all of it.
        plan: its filter says which part.
    """
    scan, said = _scan_of(predictions, plan), said_now(predictions, plan)
    if not plan.filter.narrows:
        return Whole(scan=scan, said=said)
    figure = headline(predictions, plan.filter.threshold)
    return Whole(filter_said(predictions, plan.filter), figure, scan, said)


def said_now(predictions: Predictions, plan: ExportPlan) -> WhatIsSaid:
    """What people say by now of the samples that a plan exports."""
    some: Sequence[int] = range(len(predictions))
    if plan.filter.narrows:
        some = sorted(passing_samples(predictions, plan.filter).tolist())
    return what_is_said(predictions, some, plan.filter.threshold)


def headline(predictions: Predictions, threshold: float | None) -> Number:
    """The one number that says how good the network is, and its name."""
    if np.isnan(predictions.correct(threshold)).all():
        return Number("no sample is labelled", "–")
    return predictions.answers.export.figure(threshold)


def _scan_of(predictions: Predictions, plan: ExportPlan) -> Report | None:
    """A kept scan; one that was made with the project's own threshold names none."""
    threshold = plan.filter.threshold
    own = None if threshold == predictions.project.task.limit(None) else threshold
    scans = (Scan(predictions, plan.recipe, each) for each in dict.fromkeys((own, threshold)))
    return next((report for scan in scans if (report := scan.found) is not None), None)
