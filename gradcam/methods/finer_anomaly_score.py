"""The same mixture asked of smaller windows, at every cell of features."""

from __future__ import annotations

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.anomaly_score import SIDE, ScoreSide, drawn_side, score_notes
from gradcam.methods.method import Method, Need, Parameter
from gradcam.network import Capture
from gradcam.score_grid import ScoreGrid

WIDEST = 8  # cells


def finer_anomaly_score(capture: Capture, window: int = 2, side: str = ScoreSide.UNUSUAL) -> Floats:
    """The scores of windows of so many cells, one at every cell of features.

    Args:
        capture: of N pictures.
        window: cells along each side; the mixture's own where that is smaller.
        side: one of `ScoreSide`.

    Returns:
        (N, height, width) float32, at the resolution of the picture that the network gets.
    """
    return drawn_side(_grid(capture, window), side)


def _grid(capture: Capture, window: int) -> ScoreGrid:
    _, *finer = capture.scores
    return next((grid for grid in finer if grid.window <= window), finer[-1])


FINER_ANOMALY_SCORE = Method(
    name="finer-anomaly-score",
    title="Finer anomaly score",
    help="The mixture of the anomaly score asked of smaller windows: it points more sharply. The "
    "mixture was fitted to larger ones, so the numbers are not those that decide.",
    source="Edge Impulse, visual anomaly detection (GMM), its windows made smaller",
    year=2024,
    need=Need.CAPTURE,
    asks=frozenset({Ability.SCORES, Ability.FINER_SCORES}),
    function=finer_anomaly_score,
    parameters=(
        Parameter(
            "window", 2, "Cells of features in a score. 1 is noisier than the mixture knows.",
            1, WIDEST,
        ),
        SIDE,
    ),
    uses_layer=False,
    noted=score_notes,
    uncancelled=lambda capture: np.abs(capture.scores[1].drawn()),
    gridded=lambda capture, window, **_: _grid(capture, window).sides,
)  # fmt: skip
