"""Is this heatmap true? Figures that ask the network itself, and what they are read by.

probe = gradcam.Probe(network, batch)
result = gradcam.explain(network, batch)
check = truth.quick(probe, 0, result.maps[0])
print(check.sentence("car"))
"""

from gradcam.truth.confidence import Confidence, bare_heat, confidence
from gradcam.truth.controls import random_maps, uniform_control
from gradcam.truth.curves import Curve, deletion, insertion
from gradcam.truth.figures import ControlledFigures, MapFigures, controlled_figures, map_figures
from gradcam.truth.quick import Check, Outcome, quick
from gradcam.truth.randomization import Randomization, Sensitivity, ShuffleStep, randomization
from gradcam.truth.rank_correlation import rank_correlation
from gradcam.truth.recommendation import LayerReason, Recommendation, recommend
from gradcam.truth.removal import USUAL_FILL, hottest, importance, without

__all__ = [
    "USUAL_FILL",
    "Check",
    "Confidence",
    "ControlledFigures",
    "Curve",
    "LayerReason",
    "MapFigures",
    "Outcome",
    "Randomization",
    "Recommendation",
    "Sensitivity",
    "ShuffleStep",
    "bare_heat",
    "confidence",
    "controlled_figures",
    "deletion",
    "hottest",
    "importance",
    "insertion",
    "map_figures",
    "quick",
    "random_maps",
    "randomization",
    "rank_correlation",
    "recommend",
    "uniform_control",
    "without",
]
