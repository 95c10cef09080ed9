"""Channels against numbers worked out by hand, and against Grad-CAM itself."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.channels import channel_spans, contributions, survey, within
from tests.gradcam import networks

# Three pictures of 1 × 2 cells and four channels: always on, on in one, dead, never above zero.
SEEN = np.array(
    [
        [[[1, 0, 0, -1], [2, 0, 0, -5]]],
        [[[5, 3, 0, -2], [4, 0, 0, -2]]],
        [[[3, 0, 0, 0], [0, 0, 0, -3]]],
    ],
    np.float32,
)


def test_a_survey_is_what_can_be_counted_by_hand():
    found = survey([SEEN], top=2)
    assert found.count == 3
    assert found.active.tolist() == [3, 1, 0, 3]
    assert found.dead.tolist() == [False, False, True, False]
    assert found.always.tolist() == [True, False, False, True]
    assert found.low.tolist() == [0, 0, 0, -5]
    assert found.high.tolist() == [5, 3, 0, 0]
    assert found.best.tolist() == [[1, 2], [1, 0], [0, 1], [2, 0]]
    assert found.peaks.tolist() == [[5, 3], [3, 0], [0, 0], [0, -1]]


def test_examples_are_where_the_channel_is_active():
    found = survey([SEEN])
    assert found.examples(0) == [(1, 5), (2, 3), (0, 2)]
    assert found.examples(1) == [(1, 3)]
    assert found.examples(2) == []
    assert found.examples(3) == [(2, 0), (0, -1), (1, -2)]  # below zero it speaks as well


@pytest.mark.parametrize("cuts", [[1], [2], [1, 2]])
def test_a_survey_does_not_depend_on_the_batches(cuts):
    rng = np.random.default_rng(0)
    many = rng.integers(-2, 3, (3, 4, 4, 6)).astype(np.float32)  # with many ties
    whole, parts = survey([many], top=2), survey(np.split(many, cuts), top=2)
    assert whole.count == parts.count
    for name in ("low", "high", "active", "best", "peaks"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_a_survey_of_nothing_is_refused():
    with pytest.raises(gradcam.GradcamError, match="no picture"):
        survey([])


@pytest.mark.parametrize("layer", ["first", "last", None])
def test_activations_are_those_of_a_capture(flat_network, batch, layer):
    expected = gradcam.capture(flat_network, batch, layer).activations
    np.testing.assert_allclose(flat_network.activations(batch, layer), expected, atol=1e-6)


def test_activations_reach_into_a_nested_network(mobile_network):
    pictures = networks.pictures(2)
    layer = mobile_network.layers[0].name
    expected = gradcam.capture(mobile_network, pictures, layer).activations
    np.testing.assert_allclose(mobile_network.activations(pictures, layer), expected, atol=1e-5)


def test_a_sequence_has_maps_of_one_row():
    model = keras.Sequential(
        [keras.Input((12, 3)), keras.layers.Conv1D(5, 3), keras.layers.Flatten(),
         keras.layers.Dense(2, activation="softmax")]
    )  # fmt: skip
    network = KerasNetwork(model)
    pictures = np.random.default_rng(0).normal(size=(2, 1, 12, 3)).astype(np.float32)
    found = network.activations(pictures)
    assert found.shape == (2, 1, 10, 5)
    expected = model.layers[0](pictures[:, 0]).numpy()
    np.testing.assert_allclose(found[:, 0], expected, atol=1e-5)


def test_contributions_by_hand():
    maps = np.array([[[[1, 2, -1], [3, 0, -3]]]], np.float32)
    gradients = np.array([[[[2, -4, 1], [0, -2, 1]]]], np.float32)  # means 1, -3, 1
    captured = gradcam.Capture(maps, gradients, np.zeros((1, 2), np.float32))
    # |1|·mean(1, 3), -|3|·mean(2, 0), and below zero: 1·(-1, -3)
    np.testing.assert_allclose(contributions(captured), [[2, -3, -2]])


def test_contributions_of_a_relu_add_up_to_the_grad_cam_map():
    rng = np.random.default_rng(1)
    maps = rng.random((3, 5, 4, 7), np.float32)
    captured = gradcam.Capture(maps, rng.normal(size=maps.shape).astype(np.float32), None)
    expected = gradcam.compute_maps(captured, "grad-cam").mean(axis=(1, 2))
    np.testing.assert_allclose(contributions(captured).sum(axis=1), expected, rtol=1e-4, atol=1e-6)


def test_spans_hold_zero_and_can_be_shared():
    maps = np.array([[[1, -2, 0], [3, -1, 0]]], np.float32)
    assert channel_spans(maps).tolist() == [[0, 3], [-2, 0], [0, 0]]
    assert channel_spans(maps, shared=True).tolist() == [[-2, 3]] * 3


def test_values_between_two_ends():
    values = np.array([-3, -1, 0, 1, 5], np.float32)
    np.testing.assert_allclose(within(values, -1, 3), [0, 0, 0.25, 0.5, 1])
    assert within(values, 2, 2).tolist() == [0, 0, 0, 0, 0]
