"""Precision, recall and F1 over all thresholds."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from services.tasks.facets import OverThresholds
from services.tasks.grid.counting import ObjectCounts, counted_objects
from services.tasks.grid.detection import detections
from services.tasks.grid.hits import judged_objects
from services.tasks.grid.verdicts import GridVerdicts

STEPS = np.round(np.arange(0.05, 1.0, 0.05), 2)
OVER_ALL = "all classes"
MOST = 2000  # samples that the curve is drawn of, evenly taken


def curves(answers: GridVerdicts) -> Mapping[str, OverThresholds]:
    """Of all classes together, then of each."""
    known = np.flatnonzero(answers.labelled)
    if len(known) > MOST:
        known = known[np.linspace(0, len(known) - 1, MOST).round().astype(int)]
    sums = np.zeros((len(STEPS), 4, len(answers.things)), np.int64)
    for position in known:
        scores = answers.scores[position]
        cells = scores[..., answers.first :].ravel()
        many = (cells[None] > STEPS[:, None]).sum(axis=1)  # as many as before are the same cells
        for first in np.flatnonzero(np.diff(many, prepend=-1)):
            said = detections(scores, float(STEPS[first]), answers.first)
            objects = judged_objects(answers.truths[position], said, answers.rule, answers.grid)
            counts = counted_objects(objects, len(answers.classes), answers.first)
            sums[many == many[first]] += counts.table
    figures = np.full((1 + len(answers.things), 3, len(STEPS)), np.nan)
    for at, table in enumerate(sums):
        counts = ObjectCounts(*table)
        figures[0, :, at] = counts.over_all
        each = counts.figures
        figures[1:, :, at] = np.stack([each.precision, each.recall, each.f1], axis=1)
    names = (OVER_ALL, *answers.things)
    return {name: OverThresholds(STEPS, *own) for name, own in zip(names, figures, strict=True)}
