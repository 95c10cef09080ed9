"""What several methods of changed pictures share: parameters, and a picture through masks."""

from __future__ import annotations

from gradcam.arrays import Floats
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


def through(masks: Floats, picture: Floats, empty: Floats) -> Floats:
    r"""What is seen of a picture through each of M masks: \(X \odot M + B \odot (1 - M)\).

    Args:
        masks: (M, height, width) float32 in 0..1.
        picture: X, (height, width, channels) float32.
        empty: B, of the same shape: what stands where nothing is seen.

    Returns:
        (M, height, width, channels) float32.
    """
    seen = (picture - empty) * masks[..., None]
    seen += empty  # in place: the network waits for this, and new memory costs more than adding
    return seen
