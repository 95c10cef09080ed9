"""What must be equal, whatever the weights: identities of the papers, on networks drawn anew."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods.grad_cam_plus_plus import plus_plus_weights
from tests.gradcam import networks
from tests.gradcam.methods.quick import explained, off

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=8)
CLASS = gradcam.Target.for_class


class Drawn:
    """A network traced once, whose weights are drawn anew for each example."""

    def __init__(self, model):
        self.model = model
        self.network = KerasNetwork(model)

    def __call__(self, seed):
        networks.seeded(self.model, seed)
        return self.network, networks.pictures(2, seed=seed)


@pytest.fixture(scope="module")
def pooled():
    return Drawn(networks.flat(keras))


@pytest.fixture(scope="module")
def flattened():
    return Drawn(networks.sequential(keras))


@pytest.fixture(scope="module")
def leaky():
    return Drawn(networks.staged())


@given(seed=SEEDS, index=st.integers(0, 2))
@FEW
def test_before_pooling_and_a_linear_head_four_methods_are_cam(pooled, seed, index):
    network, batch = pooled(seed)
    activations = gradcam.capture(network, batch, "last", CLASS(index)).activations
    cam = activations @ network.model.own.get_layer("y_pred").kernel.numpy()[:, index]
    for method in ("grad-cam", "hires-cam", "xgrad-cam"):
        maps = explained(network, batch, method, index, "last").maps
        np.testing.assert_allclose(maps, cam / 36, atol=1e-6 * (np.abs(cam).max() or 1.0))


@given(seed=SEEDS, index=st.integers(0, 2))
@FEW
def test_cells_of_hires_cam_add_up_to_the_logit_less_its_bias(pooled, flattened, seed, index):
    # The second network has a pooling, a Flatten and a Dropout between the layer and its head.
    for drawn in (pooled, flattened):
        network, batch = drawn(seed)
        maps = explained(network, batch, "hires-cam", index, "last").maps
        logits, _ = networks.logits_by_hand(network.model.own, batch)
        bias = networks.chain(network.model.own)[-1].bias.numpy()[index]
        np.testing.assert_allclose(
            maps.sum(axis=(1, 2)) + bias, logits.numpy()[:, index], rtol=1e-5, atol=1e-5
        )


@given(seed=SEEDS, index=st.integers(0, 2))
@FEW
def test_plus_plus_is_equation_19_in_double_precision(flattened, seed, index):
    network, batch = flattened(seed)
    found = gradcam.capture(network, batch, "last", CLASS(index))
    a, g = (each.astype(np.float64) for each in (found.activations, found.gradients))
    below = 2 * g**2 + a.sum(axis=(1, 2), keepdims=True) * g**3
    alpha = np.divide(g**2, below, out=np.zeros_like(g), where=g > 0)
    weights = (alpha * np.maximum(g, 0)).sum(axis=(1, 2))
    ours = plus_plus_weights(found.activations, found.gradients)
    np.testing.assert_allclose(ours, weights, rtol=1e-5)
    maps = explained(network, batch, "grad-cam++", index, "last").maps
    np.testing.assert_allclose(maps, np.einsum("nijk,nk->nij", a, weights), rtol=1e-4, atol=1e-6)


@given(seed=SEEDS)
@FEW
def test_after_a_relu_layer_cam_is_element_wise_and_before_one_it_is_not(flattened, leaky, seed):
    network, batch = flattened(seed)
    layer_cam, element_wise = (
        explained(network, batch, method, layer="last").maps
        for method in ("layer-cam", "element-wise")
    )
    np.testing.assert_allclose(layer_cam, element_wise, rtol=1e-5, atol=1e-7)
    network, batch = leaky(seed)
    layer_cam, element_wise = (
        explained(network, batch, method, layer="middle").maps
        for method in ("layer-cam", "element-wise")
    )
    assert off(layer_cam, element_wise) > 0.01


@pytest.mark.parametrize("method", ["grad-cam", "hires-cam", "xgrad-cam", "integrated-gradients"])
@given(seed=SEEDS, pair=st.permutations(range(3)))
@FEW
def test_a_contrast_is_one_class_s_map_minus_the_other_s(leaky, method, seed, pair):
    network, batch = leaky(seed)
    one, other = pair[:2]
    found = explained(network, batch, method, gradcam.Target.contrast(one, other)).maps
    first, second = (explained(network, batch, method, index).maps for index in (one, other))
    scale = max(np.abs(first).max(), np.abs(second).max())
    np.testing.assert_allclose(found, first - second, atol=2e-5 * scale)


@pytest.mark.parametrize("method", ["grad-cam", "hires-cam", "xgrad-cam", "integrated-gradients"])
@given(seed=SEEDS)
@FEW
def test_what_lowers_a_value_is_what_raises_it_negated(leaky, method, seed):
    network, batch = leaky(seed)
    raises, lowers = (
        explained(network, batch, method, gradcam.Target.for_output(1, lowers=down)).maps
        for down in (False, True)
    )
    np.testing.assert_array_equal(lowers, -raises)
    assert np.abs(raises).max() > 0


def test_of_other_methods_what_lowers_a_value_is_another_map(leaky):
    # ++, LayerCAM and ElementWise keep what speaks for the target only.
    network, batch = leaky(1)
    for method in ("grad-cam++", "layer-cam", "element-wise"):
        raises, lowers = (
            explained(network, batch, method, gradcam.Target.for_output(1, lowers=down)).maps
            for down in (False, True)
        )
        assert off(lowers, -raises) > 0.01
