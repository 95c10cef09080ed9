"""The parameters that several methods of perturbed pictures share."""

from __future__ import annotations

from gradcam.methods.method import Parameter
from gradcam.probe import Baseline, Scale

SCALE = Parameter(
    "scale",
    "score",
    "Which number is watched: the score between 0 and 1, or the logit, which still moves where "
    "the network is sure.",
    options=tuple(Scale),
)
# Not zero, where a network may see something: a black picture is a car to the demo's. In papers
# zero is the mean colour of all pictures, since theirs are standardised.
FILL = Parameter(
    "fill",
    "mean",
    "What stands where a part is taken away: the picture's mean colour, the picture blurred, or "
    "zero in the network's scaling.",
    options=tuple(Baseline),
)
SEED = Parameter("seed", 0, "Another number draws anew.", 0, 10_000)
