"""EigenGrad-CAM: Eigen-CAM of what the channels do for the target."""

from __future__ import annotations

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.methods.eigen_cam import first_component, lengths
from gradcam.methods.method import Method, Need
from gradcam.network import Capture


def eigen_grad_cam(capture: Capture) -> Floats:
    r"""EigenGrad-CAM: first principal component of \(g \odot A\), turned to go with HiResCAM.

    As in the library pytorch-grad-cam, which names no paper.

    Args:
        capture: activations and gradients of N pictures.

    Returns:
        (N, h, w) float32, signed and unscaled.
    """
    return first_component(capture.gradients * capture.activations)


EIGEN_GRAD_CAM = Method(
    name="eigen-grad-cam",
    title="EigenGrad-CAM",
    help="Eigen-CAM that knows the class: of gradient times activation.",
    source="Gildenblat et al. 2021, pytorch-grad-cam",
    year=2021,
    need=Need.CAPTURE,
    asks=frozenset({Ability.LAYER_GRADIENTS}),
    function=eigen_grad_cam,
    uncancelled=lambda bare: lengths(bare.gradients * bare.activations),
)
