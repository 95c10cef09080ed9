"""Maps equal those of pytorch-grad-cam, which make_pytorch_grad_cam.py wrote down once.

Compared as they are before any ReLU and scaling: no further from each other than 1e-5 of the peak.
"""

from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam.networks import relative
from tests.parity import ported

FILE = Path(__file__).with_name("pytorch_grad_cam.npz")
SAME = 1e-5
AGREED = ("grad-cam", "hires-cam", "element-wise", "xgrad-cam", "layer-cam")
EIGEN = ("eigen-cam", "eigen-grad-cam")


@pytest.fixture(scope="module")
def stored():
    with np.load(FILE) as file:
        return dict(file)


@pytest.fixture(scope="module", params=ported.NETWORKS)
def pair(request, stored):
    """What is stored of a network, and the network with the weights that torch had."""
    start = f"{request.param}/"
    theirs = {name.removeprefix(start): stored[name] for name in stored if name.startswith(start)}
    model = ported.NETWORKS[request.param](keras)
    model.set_weights([theirs[f"weights/{number}"] for number in range(len(model.weights))])
    return theirs, KerasNetwork(model)


def explained(network, stored, layer, method):
    batch, classes = stored["batch"], stored["classes"].tolist()
    return gradcam.explain(network, batch, layer, classes, method).maps


def test_the_networks_say_the_same_in_both_frameworks(pair, stored):
    theirs, network = pair
    np.testing.assert_allclose(network.predict(stored["batch"]), theirs["logits"], atol=SAME)


@pytest.mark.parametrize("layer", ported.LAYERS)
@pytest.mark.parametrize("method", AGREED)
def test_maps_equal_those_of_pytorch_grad_cam(pair, stored, method, layer):
    theirs, network = pair
    ours = explained(network, stored, layer, method)
    for own, other in zip(ours, theirs[f"map/{method}/{layer}"], strict=True):
        assert relative(own, other) < SAME


@pytest.mark.parametrize("layer", ported.LAYERS)
@pytest.mark.parametrize("method", EIGEN)
def test_first_components_equal_those_of_pytorch_grad_cam_but_for_the_sign(
    pair, stored, method, layer
):
    """It leaves the sign as the decomposition happened to give it."""
    theirs, network = pair
    ours = explained(network, stored, layer, method)
    for own, other in zip(ours, theirs[f"map/{method}/{layer}"], strict=True):
        assert relative(own * np.sign(np.vdot(own, other)), other) < SAME


@pytest.mark.parametrize("layer", ported.BEHIND_RELU)
def test_grad_cam_plus_plus_equals_that_of_pytorch_grad_cam_where_gradients_are_large(
    pair, stored, layer
):
    """It adds 1e-6 to the denominator: nothing beside a hundredfold gradient, a percent otherwise.

    Elsewhere it is no measure: it sums negative activations too, which the paper has not.
    """
    theirs, network = pair
    classes = [gradcam.Target.for_class(index) for index in stored["classes"].tolist()]
    seen = gradcam.capture(network, stored["batch"], layer, classes)
    louder = replace(seen, gradients=np.float32(ported.LOUDER) * seen.gradients)
    ours = gradcam.compute_maps(louder, ported.PLUS_PLUS)
    for own, other in zip(ours, theirs[f"map/{ported.PLUS_PLUS}/{layer}"], strict=True):
        assert relative(own, other) < 1e-4
