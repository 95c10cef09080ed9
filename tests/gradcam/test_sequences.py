"""Sequences keep their coefficients: what hides parts of them hides (frames, coefficients)."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam import truth
from gradcam.backends.keras.network import KerasNetwork
from gradcam.layout import Layout
from gradcam.methods.lime import segments_of
from gradcam.methods.occlusion import patches
from gradcam.network import Network
from tests.gradcam import networks

FRAMES, COEFFICIENTS = 20, 6
SHAPES = {"steps": (FRAMES, COEFFICIENTS), "column": (FRAMES, 1, COEFFICIENTS)}
PIXELS = {
    "integrated-gradients": {"steps": 8, "fill": "zero"},
    "smooth-grad": {"samples": 4},
    "occlusion": {"scale": "logit", "fill": "zero", "size": 0.34, "step": 1.0},
    "rise": {"masks": 800, "scale": "logit", "fill": "zero"},
    "lime": {"samples": 200, "scale": "logit"},
}


def linear(shape, where):
    """Class 1 has the sum over some frames and coefficients as logit, and class 0 nothing."""
    kernel = np.zeros((FRAMES, COEFFICIENTS, 2), np.float32)
    kernel[where] = [0, 1]
    inputs = keras.Input(shape)
    make = keras.layers.Conv1D if len(shape) == 2 else keras.layers.Conv2D
    x = make(COEFFICIENTS, 1, use_bias=False, name="map")(inputs)
    x = keras.layers.Dense(2, activation="softmax")(keras.layers.Flatten()(x))
    model = keras.Model(inputs, x)
    own = np.eye(COEFFICIENTS).reshape(model.get_layer("map").kernel.shape)
    model.get_layer("map").set_weights([own])
    model.layers[-1].set_weights([kernel.reshape(-1, 2), np.zeros(2)])
    return KerasNetwork(model, "s.h5")


WHERE = (slice(8, 12), slice(2, 4))


@pytest.fixture(scope="module", params=SHAPES)
def network(request):
    return linear(SHAPES[request.param], WHERE)


@pytest.fixture
def batch(network):
    drawn = np.random.default_rng(3).uniform(0.5, 1.5, (2, FRAMES, COEFFICIENTS))
    return drawn.astype(np.float32).reshape(2, *network.layout.picture)


def test_its_plane_is_frames_by_coefficients(network):
    assert network.layout.is_sequence
    assert network.layout.plane(network.layout.picture) == (FRAMES, COEFFICIENTS)
    along = np.arange(40.0).reshape(1, 2, 20)[:, :1]
    upright = Layout((20, 6), 1, 20, 6, is_sequence=True).upright(along)
    np.testing.assert_array_equal(upright, along.reshape(1, 20, 1))
    assert Layout((1, 20, 6), 1, 20, 6).upright(along).shape == along.shape
    assert Layout((8, 9, 3), 8, 9, 3).plane((8, 9, 3)) == (8, 9)


@pytest.mark.parametrize("method", PIXELS)
def test_methods_of_pixels_tell_the_coefficients_apart(network, batch, method):
    made = gradcam.explain(network, batch, None, 1, method, **PIXELS[method])
    assert made.maps.shape == (2, FRAMES, COEFFICIENTS)
    inside = np.zeros((FRAMES, COEFFICIENTS), bool)
    inside[WHERE] = True
    for raw in made.maps:
        assert raw[inside].mean() > 3 * np.abs(raw[~inside]).mean()


def test_integrated_gradients_of_a_sum_are_its_numbers(network, batch):
    made = gradcam.explain(network, batch, None, 1, "integrated-gradients", fill="zero")
    expected = np.zeros((2, FRAMES, COEFFICIENTS), np.float32)
    expected[:, *WHERE] = batch.reshape(expected.shape)[:, *WHERE]
    np.testing.assert_allclose(made.maps, expected, atol=1e-5)


def test_occlusion_of_a_sum_is_its_numbers(network, batch):
    made = gradcam.explain(
        network, batch, None, 1, "occlusion", scale="logit", fill="zero", size=0.02, step=1.0
    )
    expected = np.zeros((2, FRAMES, COEFFICIENTS), np.float32)
    expected[:, *WHERE] = batch.reshape(expected.shape)[:, *WHERE]
    np.testing.assert_allclose(made.maps, expected, atol=1e-4)


@pytest.mark.parametrize("size", [(FRAMES, COEFFICIENTS), (5, 3), "map", (1, 1)], ids=str)
def test_it_is_seen_through_masks_alike_wherever_they_are_applied(network, batch, size):
    rng = np.random.default_rng(1)
    layer = network.layer("map")
    own = (layer.height, layer.width) if size == "map" else size
    masks, fill = rng.random((3, *own), np.float32), np.full_like(batch[0], 0.25)
    made = network.perturbed(batch[0], fill, masks, logits=True)
    np.testing.assert_allclose(
        made, Network.perturbed(network, batch[0], fill, masks, logits=True), rtol=1e-5
    )
    if size == "map":  # a frame is hidden whole
        frames = masks.reshape(3, FRAMES, 1)
        plane = batch[0].reshape(FRAMES, COEFFICIENTS)
        seen = (plane * frames + 0.25 * (1 - frames))[:, *WHERE].sum(axis=(1, 2))
        np.testing.assert_allclose(made[:, 1], seen, rtol=1e-5)
    weights = np.array([0, 1], np.float32)
    np.testing.assert_allclose(
        network.perturbed_gradients(batch[0], fill, masks, weights),
        Network.perturbed_gradients(network, batch[0], fill, masks, weights),
        atol=1e-6,
    )


def test_the_proof_hides_what_is_hot_coefficient_by_coefficient(network, batch):
    probe = gradcam.Probe(network, 4 * batch, targets=gradcam.Target.for_class(1))
    cells = np.zeros((FRAMES, COEFFICIENTS), np.float32)
    cells[WHERE] = 1
    frames = cells.max(axis=1, keepdims=True)
    strip = frames.reshape(1, -1) if network.layout.height == 1 else frames
    for raw in (cells, strip):
        check = truth.quick(probe, 0, raw, fill="zero")
        assert check.outcome is truth.Outcome.SUPPORTED
        assert check.hidden == pytest.approx(0.5, abs=0.01)  # nothing is left of its sum
    reverse = truth.quick(probe, 0, strip[..., ::-1] if strip.shape[0] == 1 else strip[::-1])
    assert reverse.outcome is not truth.Outcome.SUPPORTED
    curve = truth.deletion(probe, 0, cells, steps=10, fill="zero")
    assert curve.values[1] == pytest.approx(0.5, abs=0.01)  # a tenth holds all eight numbers
    figures = truth.controlled_figures(probe, 0, strip, steps=4, fill="zero", seeds=2)
    assert figures.deletion_beats_random


# ------------------------------------------------------------------ strips, as waveforms are


def test_patches_of_a_strip_are_stretches():
    found = patches(16000, 1, 0.2, 0.5)
    assert len(found) == 79
    assert found[1] == (slice(200, 600), slice(0, 1))
    assert patches(99, 40, 0.2, 0.5)[1] == (slice(0, 8), slice(4, 12))  # of a picture squares


def test_segments_of_a_strip_are_stretches_of_each_coefficient():
    found = segments_of(np.zeros((16000, 1, 1), np.float32), 40)
    assert np.unique(found, return_counts=True)[1].tolist() == [400] * 40
    found = segments_of(np.zeros((128, 3, 1), np.float32), 24)
    assert found.shape == (128, 3)
    assert len(np.unique(found)) == 24
    assert all(len(np.unique(np.nonzero(found == part)[1])) == 1 for part in range(24))
    assert len(np.unique(segments_of(np.zeros((1, 5, 3), np.float32), 40))) == 5


def test_a_raw_waveform_is_explained():
    k = keras.layers
    model = keras.Sequential([
        keras.Input((2000, 1)), k.Conv1D(4, 16, strides=8, activation="relu", name="map"),
        k.Flatten(), k.Dense(2, "softmax"),
    ])  # fmt: skip
    network = KerasNetwork(networks.seeded(model))
    batch = np.random.default_rng(0).normal(size=(1, 1, 2000, 1)).astype(np.float32)
    for method in ("integrated-gradients", "occlusion", "rise", "lime"):
        settings = {"rise": {"masks": 50}, "lime": {"samples": 60}}.get(method, {})
        made = gradcam.explain(network, batch, None, 1, method, fill="silence", **settings)
        assert made.maps.shape == (1, 2000, 1)
        assert np.abs(made.maps).max() > 0
