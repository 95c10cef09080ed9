"""Can this heatmap be trusted? Figures that ask the network itself, and what they are read by.

probe = gradcam.Probe(network, batch)
result = gradcam.explain(network, batch)
check = truth.quick(probe, 0, result.maps[0])
print(check.sentence("car"))
"""

from gradcam.truth.confidence import Confidence, bare_heat, confidence
from gradcam.truth.controls import random_maps, uniform_control
from gradcam.truth.curves import Curve, deletion, insertion
from gradcam.truth.figures import (
    ControlledFigures,
    MapFigures,
    controlled_figures,
    figure_passes,
    map_figures,
)
from gradcam.truth.quick import Check, FiguresSaid, Outcome, PartAlone, quick, quick_each
from gradcam.truth.randomization import (
    Randomization,
    Sensitivity,
    ShuffleStep,
    randomization,
    shuffle_maps,
)
from gradcam.truth.rank_correlation import rank_correlation
from gradcam.truth.recommendation import (
    Candidate,
    Grounds,
    Recommendation,
    Tried,
    candidates,
    confirmed,
    is_poor,
    recommend,
    try_out,
)
from gradcam.truth.removal import USUAL_FILL, hottest, importance, values_without

__all__ = [
    "USUAL_FILL",
    "Candidate",
    "Check",
    "Confidence",
    "ControlledFigures",
    "Curve",
    "FiguresSaid",
    "Grounds",
    "MapFigures",
    "Outcome",
    "PartAlone",
    "Randomization",
    "Recommendation",
    "Sensitivity",
    "ShuffleStep",
    "Tried",
    "bare_heat",
    "candidates",
    "confidence",
    "confirmed",
    "controlled_figures",
    "deletion",
    "figure_passes",
    "hottest",
    "importance",
    "insertion",
    "is_poor",
    "map_figures",
    "quick",
    "quick_each",
    "random_maps",
    "randomization",
    "rank_correlation",
    "recommend",
    "shuffle_maps",
    "try_out",
    "uniform_control",
    "values_without",
]
