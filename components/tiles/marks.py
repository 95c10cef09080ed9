"""What lies on a sample's picture, as marks of its tile."""

from __future__ import annotations

from components.board.tile import DrawnMark
from components.tiles.said import MARK_GLYPHS
from services.choices.choices import Choices
from services.predictions.predictions import Predictions
from services.tasks.parts import Address, Place, sample_of


def drawn_marks(
    predictions: Predictions, address: Address, choices: Choices, *, clickable: bool = False
) -> tuple[DrawnMark, ...]:
    """The marks of a sample; of a part's tile its own are set apart.

    Args:
        predictions: of the project.
        address: of the sample, or of one of its parts.
        choices: for the live threshold.
        clickable: whether a click on one gives the number of its part.
    """
    chosen = address.part if isinstance(address, Place) else None
    marks = predictions.answers.pages.marks(sample_of(address), choices.filter.threshold)
    return tuple(
        DrawnMark(
            round(mark.x, 4),
            round(mark.y, 4),
            f"{mark.verdict}: {mark.label}",
            mark.verdict.replace(" ", "-"),
            MARK_GLYPHS[mark.verdict],
            str(mark.part) if clickable and mark.part is not None else "",
            chosen is not None and mark.part == chosen,
        )
        for mark in marks
    )
