import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.masks import seen_through
from gradcam.methods.integrated_gradients import along, path
from tests.gradcam import networks

VALUE = gradcam.Target.for_output(0)
PICTURE = np.random.default_rng(5).normal(size=(1, 4, 6, 3)).astype(np.float32)
WEIGHTS = np.random.default_rng(6).normal(size=(1, 4, 6, 3)).astype(np.float32)


def maps_of(network, target=VALUE, batch=PICTURE, **settings):
    return gradcam.explain(network, batch, None, target, "integrated-gradients", **settings).maps


def test_the_way_has_both_ends_and_even_steps():
    way = path(4)
    masks = way.made(slice(0, way.count))
    found = seen_through(masks, np.full((2, 3, 1), 5.0, "f4"), np.full((2, 3, 1), 1.0, "f4"))
    for number, seen in enumerate([1, 2, 3, 4, 5]):
        np.testing.assert_array_equal(found[number], np.full((2, 3, 1), seen))
    assert masks.dtype == found.dtype == np.float32


def test_the_trapezoidal_rule_by_hand():
    # (0 + 2) / 2, (2 - 6) / 2, (-6 + 0) / 2: a third of 1 - 2 - 3; of the absolute ones 1 + 4 + 3
    numbers = np.array([0, 2, -6, 0], np.float32)
    for cut in (1, 2, 4):
        mean, bare = along([numbers[:cut], numbers[cut:]], 3)
        np.testing.assert_allclose((mean[0], bare[0]), (-4 / 3, 8 / 3), rtol=1e-6)


@pytest.mark.parametrize(
    ("fill", "start"), [("zero", 0.0), ("mean", PICTURE.mean(axis=(1, 2), keepdims=True))]
)
def test_of_a_sum_of_pixels_each_has_what_it_adds(fill, start):
    network = KerasNetwork(networks.of_pixels(WEIGHTS, 2.0))
    expected = (WEIGHTS * (PICTURE - start)).sum(axis=-1)
    np.testing.assert_allclose(maps_of(network, fill=fill, steps=8), expected, atol=1e-5)


@pytest.mark.parametrize("steps", [8, 16, 64])
def test_of_a_sum_of_cubes_each_has_its_cube_and_the_rule_s_error(steps):
    # x times the mean of 3 (tx)² over the trapezoids is x³ (1 + 1 / (2 steps²)) exactly.
    network = KerasNetwork(networks.of_pixels(WEIGHTS, power=3))
    expected = (WEIGHTS * PICTURE**3).sum(axis=-1) * (1 + 1 / (2 * steps**2))
    found = maps_of(network, fill="zero", steps=steps)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_the_mean_and_64_steps_where_nobody_says_otherwise():
    network = KerasNetwork(networks.of_pixels(WEIGHTS, power=3))
    np.testing.assert_array_equal(maps_of(network), maps_of(network, fill="mean", steps=64))


# ----------------------------------------------------------------------------- completeness


@pytest.fixture(scope="module")
def smooth():
    """Two layers that bend without a kink, so that the rule's error falls as steps squared."""
    import keras

    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, activation="tanh", name="first")(inputs)
    x = keras.layers.Conv2D(4, 3, activation="tanh", name="last")(x)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.Flatten()(x))
    return keras.Model(inputs, x)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=10)
def test_the_map_adds_up_to_what_the_logit_gains(smooth, seed):
    model = networks.seeded(smooth, seed)
    network, batch = KerasNetwork(model), networks.pictures(2, size=8, seed=seed)
    logits = gradcam.Probe(network, np.concatenate([batch, 0 * batch]), None, VALUE)
    gains = logits.values(0, logits.batch, "logit")
    gains, zero = gains[:2] - gains[2:], {"fill": "zero"}
    errors = [
        np.abs(maps_of(network, VALUE, batch, **zero, steps=steps).sum(axis=(1, 2)) - gains).max()
        for steps in (8, 64)
    ]
    assert errors[1] <= 2e-4
    assert errors[1] <= errors[0] / 8 + 1e-5
    assert np.abs(gains).max() > 0.01


def test_with_kinks_it_adds_up_the_better_the_more_steps(flat_network, batch):
    probe = gradcam.Probe(flat_network, batch, None, gradcam.Target.for_class(1))
    gains = probe.values(0, batch, "logit") - probe.values(0, 0 * batch, "logit")
    zero = {"fill": "zero"}
    errors = [
        np.abs(maps_of(flat_network, 1, batch, **zero, steps=steps).sum(axis=(1, 2)) - gains).max()
        for steps in (8, 512)
    ]
    assert errors[1] < errors[0] / 4
    assert errors[1] < 5e-3 * np.abs(gains).max()
