"""The parameters that several methods of perturbed pictures share."""

from __future__ import annotations

from gradcam.baseline import Baseline
from gradcam.methods.method import Parameter
from gradcam.probe import Scale

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
    "What stands where a part is taken away: the mean, a blur, zero, each coefficient's lowest "
    "value (silence), or frames of the quietest tenth (low noise).",
    options=tuple(Baseline),
)
SEED = Parameter("seed", 0, "Another number draws anew.", 0, 10_000)
