"""Is this heatmap true? Figures that ask the network itself, and what they are read by.

probe = gradcam.Probe(network, batch)
found = gradcam.explain(network, batch)
check = truth.quick(probe, 0, found.maps[0])
print(check.sentence("car"))
"""

from gradcam.truth.confidence import Confidence, bare_heat, confidence
from gradcam.truth.controls import random_maps, uniform_map
from gradcam.truth.curves import Curve, deletion, insertion
from gradcam.truth.figures import Comparison, Figures, compare, figures
from gradcam.truth.quick import Check, Verdict, quick
from gradcam.truth.randomization import Randomization, Sensitivity, Step, randomization
from gradcam.truth.rank_correlation import rank_correlation
from gradcam.truth.recommendation import Reason, Recommendation, recommend
from gradcam.truth.removal import FILL, hottest, importance, without

__all__ = [
    "FILL",
    "Check",
    "Comparison",
    "Confidence",
    "Curve",
    "Figures",
    "Randomization",
    "Reason",
    "Recommendation",
    "Sensitivity",
    "Step",
    "Verdict",
    "bare_heat",
    "compare",
    "confidence",
    "deletion",
    "figures",
    "hottest",
    "importance",
    "insertion",
    "quick",
    "random_maps",
    "randomization",
    "rank_correlation",
    "recommend",
    "uniform_map",
    "without",
]
