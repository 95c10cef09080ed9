"""The anomaly scores that the network itself gives, each where its window lies."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.method import Method, Need, Parameter
from gradcam.network import Capture
from gradcam.score_grid import ScoreGrid


class ScoreSide(StrEnum):
    """Which places are shown."""

    UNUSUAL = "unusual"  # less likely than what was learned
    ORDINARY = "too ordinary"  # more likely: the absolute score counts these too
    BOTH = "both"


SIDE = Parameter(
    "side",
    str(ScoreSide.UNUSUAL),
    "The score that decides is absolute, so a place that is far more ordinary than those learned "
    "counts as anomalous too.",
    options=tuple(str(side) for side in ScoreSide),
)


def anomaly_score(capture: Capture, side: str = ScoreSide.UNUSUAL) -> Floats:
    r"""The network's own grid of scores \(s\), \(-s\) or \(|s|\), drawn where each window lies.

    Args:
        capture: of N pictures.
        side: one of `ScoreSide`.

    Returns:
        (N, height, width) float32, at the resolution of the picture that the network gets.
    """
    return drawn_side(capture.scores[0], side)


def drawn_side(grid: ScoreGrid, side: str) -> Floats:
    """One side of a grid of scores on the picture: (N, height, width) float32."""
    match ScoreSide(side):
        case ScoreSide.UNUSUAL:
            return grid.drawn()
        case ScoreSide.ORDINARY:
            return -grid.drawn()
        case ScoreSide.BOTH:
            return np.abs(grid.drawn())


def score_notes(capture: Capture) -> tuple[str, ...]:
    """What the highest score of each picture is, on which side, and what makes it."""
    return tuple(_note(capture.scores[0].one(n)) for n in range(len(capture.outputs)))


def _note(grid: ScoreGrid) -> str:
    highest = float(grid.scores.ravel()[np.abs(grid.scores).argmax()])
    if highest < 0:
        return (
            f"The highest score, {-highest:.3g}, is of a place that is more ordinary than those "
            "learned; set its side to “too ordinary” to see it."
        )
    said = f"The highest score is {highest:.3g}"
    if grid.leading is not None and grid.scores.size:
        feature, share = grid.leading[0]
        said += f"; feature {int(feature)} holds {share:.0%} of its distance"
    return f"{said}."


ANOMALY_SCORE = Method(
    name="anomaly-score",
    title="Anomaly score",
    help="The grid of scores that decides, each score where its window lies. Every map has a "
    "hottest place, so read its score beside the map, or share the scale.",
    source="Edge Impulse, visual anomaly detection (GMM)",
    year=2023,
    need=Need.CAPTURE,
    asks=frozenset({Ability.SCORES}),
    function=anomaly_score,
    parameters=(SIDE,),
    uses_layer=False,
    noted=score_notes,
    uncancelled=lambda capture: np.abs(capture.scores[0].drawn()),
    gridded=lambda capture, **_: capture.scores[0].sides,
)
