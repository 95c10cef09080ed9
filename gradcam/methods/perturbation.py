"""Parameters that several methods of changed pictures share."""

from __future__ import annotations

from dataclasses import replace

from gradcam.methods.method import Parameter
from gradcam.probe import Baseline, Scale

SCALE = Parameter(
    "scale",
    "score",
    "Which number is watched: the score between 0 and 1, or the logit, which still moves where "
    "the network is sure.",
    options=tuple(Scale),
)
FILL = Parameter(
    "fill",
    "mean",
    "What stands where a part is taken away: the picture's mean colour, the picture blurred, or "
    "zero in the network's scaling.",
    options=tuple(Baseline),
)
ZERO_FILL = replace(FILL, default="zero")
SEED = Parameter("seed", 0, "Another number draws anew.", 0, 10_000)
