"""Why did the network say that? Grad-CAM for Keras networks: numpy in, numpy out.

network = gradcam.load_network("model.h5")
result = gradcam.explain(network, batch)
heat = gradcam.normalize(result.maps[0])
picture = gradcam.overlay(image, heat, alpha=0.4, colormap="jet")
"""

from gradcam.abilities import Ability, Fit
from gradcam.arithmetic import Arithmetic
from gradcam.baseline import Baseline
from gradcam.box import Box
from gradcam.capture import capture, capture_layers
from gradcam.errors import GradcamError, NetworkError, NoLayerError, PictureError
from gradcam.explain import Explanation, explain
from gradcam.focus import Focus, focus, pointing
from gradcam.heatmap import (
    Degenerate,
    Normalization,
    degenerate_reason,
    divisor,
    normalize,
    resize_heat,
    shared_divisor,
)
from gradcam.input_spec import (
    Color,
    InputSpec,
    Placement,
    Resize,
    fitted,
    place,
    placement,
    scaled,
    to_tensor,
)
from gradcam.layers import Layer
from gradcam.loading import load_network
from gradcam.methods import (
    METHODS,
    Findings,
    Method,
    Need,
    Parameter,
    apply_method,
    compute_maps,
    find_method,
    fitting_methods,
)
from gradcam.methods.grad_cam import GRAD_CAM, Pooling
from gradcam.network import Capture, Network
from gradcam.overlay import Colormap, color_table, colorize, overlay
from gradcam.passes import passes_of
from gradcam.predicted import predicted_targets
from gradcam.probe import Probe, Scale
from gradcam.resizing import ResizeMethod
from gradcam.scaling import Scaling
from gradcam.scores import class_count, class_scores
from gradcam.targets import Target, TargetKind, target_values
from gradcam.usual import Usual, usual

__all__ = [
    "GRAD_CAM",
    "METHODS",
    "Ability",
    "Arithmetic",
    "Baseline",
    "Box",
    "Capture",
    "Color",
    "Colormap",
    "Degenerate",
    "Explanation",
    "Findings",
    "Fit",
    "Focus",
    "GradcamError",
    "InputSpec",
    "Layer",
    "Method",
    "Need",
    "Network",
    "NetworkError",
    "NoLayerError",
    "Normalization",
    "Parameter",
    "PictureError",
    "Placement",
    "Pooling",
    "Probe",
    "Resize",
    "ResizeMethod",
    "Scale",
    "Scaling",
    "Target",
    "TargetKind",
    "Usual",
    "apply_method",
    "capture",
    "capture_layers",
    "class_count",
    "class_scores",
    "color_table",
    "colorize",
    "compute_maps",
    "degenerate_reason",
    "divisor",
    "explain",
    "find_method",
    "fitted",
    "fitting_methods",
    "focus",
    "load_network",
    "normalize",
    "overlay",
    "passes_of",
    "place",
    "placement",
    "pointing",
    "predicted_targets",
    "resize_heat",
    "scaled",
    "shared_divisor",
    "target_values",
    "to_tensor",
    "usual",
]
