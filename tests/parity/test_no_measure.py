"""Where a peer means something else by a name, and so is no measure of ours.

- Grad-CAM++: the two below; torch-cam divides a copy, and so not at all. pytorch-grad-cam has the
  paper's equation, with an ε: test_pytorch_grad_cam.
- Score-CAM: tf-keras-vis sends what is a softmax already through another one; pytorch-grad-cam
  sends the weights of all channels through one, so that a single channel takes nearly all.
- Masks of RISE, overlapping patches of occlusion, steps and colours of integrated gradients:
  test_xplique.
- LIME: xplique has its own, with other kernels and a grey fill; ours is by the authors' package.
- Heatmaps at the picture's size: tf-keras-vis enlarges corner to corner, xplique with overshoot.
"""

import warnings

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.grad_cam import weighted_sum
from gradcam.methods.grad_cam_plus_plus import plus_plus_weights
from tests.gradcam.networks import relative
from tests.parity import ported

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from tf_keras_vis.gradcam_plus_plus import GradcamPlusPlus
    from tf_keras_vis.utils.scores import CategoricalScore
    from xplique.attributions import GradCAMPP

LAYER, CLASS = "first_relu", 0


@pytest.fixture(scope="module")
def model():
    return ported.flattened(keras)


@pytest.fixture(scope="module")
def batch():
    return ported.pictures()


@pytest.fixture(scope="module")
def seen(model, batch):
    network = KerasNetwork(model)
    return gradcam.capture(network, batch, LAYER, gradcam.Target.for_class(CLASS))


def test_grad_cam_plus_plus_of_xplique_takes_means_for_sums(seen):
    """Of the activations in the denominator and of the weights: ours with A / Z, divided by Z."""
    activations, gradients = seen.activations, seen.gradients
    theirs = np.squeeze(GradCAMPP._compute_weights(gradients, activations), (1, 2))
    cells = np.float32(np.prod(activations.shape[1:3]))
    as_it_has_it = plus_plus_weights(activations / cells, gradients) / cells
    assert relative(as_it_has_it, theirs) < 1e-5
    ours = plus_plus_weights(activations, gradients)
    assert relative(ours / ours.max(), theirs / theirs.max()) > 0.05


def test_grad_cam_plus_plus_of_tf_keras_vis_divides_by_all_alphas_and_multiplies_by_e_to_the_logit(
    model, batch, seen
):
    """The authors commented that line out, and the exponential overflows above 88."""
    found = GradcamPlusPlus(model)(
        CategoricalScore([CLASS] * len(batch)),
        batch,
        penultimate_layer=LAYER,
        seek_penultimate_conv_layer=False,
        expand_cam=False,
        normalize_cam=False,
    )
    theirs, g = np.asarray(found), seen.gradients.astype(float)
    total = seen.activations.sum(axis=(1, 2), keepdims=True)
    alphas = np.divide(1.0, 2.0 + total * g, out=np.zeros_like(g), where=g != 0)
    ours = plus_plus_weights(seen.activations, seen.gradients)
    raised = np.exp(seen.outputs[:, CLASS, None])
    as_it_has_it = weighted_sum(seen.activations, raised * ours / alphas.sum(axis=(1, 2)))
    for own, by_its_rule, other in zip(
        weighted_sum(seen.activations, ours), as_it_has_it, theirs, strict=True
    ):
        assert relative(np.maximum(by_its_rule, 0.0), other) < 1e-4
        assert np.corrcoef(np.maximum(own, 0.0).ravel(), other.ravel())[0, 1] < 0.9
