"""What a table and a report hold of objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gradcam.arrays import Floats
from services.numbers import percent
from services.tasks.export import Export, Section, score, verdict
from services.tasks.grid.detection import centre_of
from services.tasks.grid.pages import GridPages
from services.tasks.grid.verdicts import VERDICTS, GridVerdicts
from services.tasks.parts import Place
from services.tasks.shown import Matrix, Number

_COLUMNS = {each: str(each).replace(" ", "_") for each in VERDICTS}


@dataclass(frozen=True)
class GridExport(Export):
    """What is written of N samples."""

    answers: GridVerdicts

    worst_first = "Those with most objects wrong"

    @property
    def head(self) -> list[str]:
        """What is detected, whether all is right, and how many objects became what."""
        return ["labelled", "detected", "correct", *_COLUMNS.values(), "best_score"]

    def rows(self, threshold: float | None) -> Iterator[list[str]]:
        """See `Export.rows`."""
        answers = self.answers
        best = answers.scores[..., answers.first :].max(axis=(1, 2, 3))
        correct = answers.correct(threshold)
        for position, own in enumerate(answers.objects(threshold)):
            many = Counter(one.verdict for one in own)
            names = (answers.name(one.said) for one in own if one.said is not None)
            true = answers.true_said(position)
            yield [
                "" if true == "?" else true,
                answers.counted_names(names),
                verdict(correct[position]),
                *(str(many[each]) for each in _COLUMNS),
                score(float(best[position])),
            ]

    @property
    def part_head(self) -> list[str]:
        """Of an object its verdict, classes, score, and where it lies."""
        return [
            "verdict", "labelled", "detected", "score",
            "x", "y", "width", "height", "centre_x", "centre_y", "cells",
        ]  # fmt: skip

    def part_rows(self, threshold: float | None) -> Iterator[tuple[Place, list[str]]]:
        """See `Export.part_rows`; lengths are in pixels of the picture, cells `row:column`."""
        answers, pages = self.answers, GridPages(self.answers)
        for position, own in enumerate(answers.objects(threshold)):
            geometry = None if answers.geometry is None else answers.geometry(position)
            for part, one in enumerate(own):
                where = [""] * 6
                if geometry is not None:
                    box = geometry.onto_picture(one.box).scaled(*geometry.picture)
                    said = one.detections[0].box if one.detections else one.box
                    centre = geometry.onto_picture(said).scaled(*geometry.picture)
                    where = [f"{length:.1f}" for length in (*box, *centre_of(centre))]
                yield (
                    Place(position, part),
                    [
                        str(one.verdict),
                        "" if one.true is None else answers.name(one.true),
                        "" if one.said is None else answers.name(one.said),
                        score(pages.score(position, one)),
                        *where,
                        " ".join(f"{row}:{column}" for row, column in one.cells(answers.grid)),
                    ],
                )

    def figure(self, threshold: float | None) -> Number:
        """The F1 of all objects."""
        precision, recall, f1 = self.answers.counts(threshold).over_all
        note = f"precision {percent(precision, 1)}, recall {percent(recall, 1)}"
        return Number("is the F1 of all objects", percent(f1, 1), note)

    def sections(self, threshold: float | None) -> tuple[Section, ...]:
        """What is taken for what, with the background, and each class."""
        answers = self.answers
        names = (answers.background, *answers.things)
        return Matrix(names, answers.confusion(threshold)), GridPages(answers).table(threshold)

    @property
    def badness(self) -> Floats:
        """(N,) how many objects are wrong."""
        return self.answers.wrong().astype(np.float32)

    def mistaken(self, position: int) -> str:
        """`box|cross, detected 1 cross`."""
        answers = self.answers
        return f"{answers.samples[position].label}, detected {answers.answer_said(position)}"
