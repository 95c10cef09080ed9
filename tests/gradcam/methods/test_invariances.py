"""What must change nothing, or nothing but what it says, for every method there is."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.methods import compute_maps
from tests.gradcam import networks
from tests.gradcam.methods.quick import BLIND, DRAWN, METHODS, QUICK, SLOW, explained, off

EACH = pytest.mark.parametrize("method", METHODS)


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(networks.staged())


# ------------------------------------------------------------------- how pictures are batched


@EACH
def test_a_picture_has_the_same_map_alone_and_among_others(network, method):
    batch = networks.pictures(3)
    targets = [2, None, 0]
    together = explained(network, batch, method, targets)
    for number in range(3):
        alone = explained(network, batch[[number]], method, targets[number])
        assert off(alone.maps[0], together.maps[number]) <= 1e-5
        assert alone.notes[0] == together.notes[number]


@pytest.mark.parametrize("method", SLOW)
def test_maps_do_not_depend_on_how_many_pictures_go_through_at_once(network, batch, method):
    few, some, many = (explained(network, batch, method, chunk=size) for size in (1, 3, 64))
    assert off(few.maps, many.maps) <= 1e-5
    assert off(some.maps, many.maps) <= 1e-5
    assert few.notes == some.notes == many.notes


@pytest.mark.parametrize("method", SLOW)
def test_no_more_pictures_go_through_at_once_than_the_chunk(network, method, monkeypatch):
    batch, sizes = networks.pictures(1), []
    explained(network, batch, method)  # traced
    watched = dict(network.traces)

    def watching(run):
        def call(*given):
            answer = run(*given)
            sizes.append(len(tf.nest.flatten(answer)[0]))
            return answer

        return call

    for name, run in watched.items():
        traced, *rest = run if isinstance(run, tuple) else (run,)
        watched_run = (watching(traced), *rest) if rest else watching(traced)
        monkeypatch.setitem(network.traces, name, watched_run)
    explained(network, batch, method, chunk=4)
    assert max(sizes) <= 4
    if METHODS[method].need is gradcam.Need.PASSES or method == "integrated-gradients":
        assert max(sizes) == 4  # it is used to the full


# ----------------------------------------------------------------------------------- progress


@pytest.mark.parametrize("method", SLOW)
@pytest.mark.parametrize("target", [1, gradcam.Target.contrast(1, 0)], ids=["class", "contrast"])
def test_what_is_announced_is_reached_exactly(network, batch, method, target):
    told = []
    explained(network, batch, method, target, tell=lambda done, total: told.append((done, total)))
    done, totals = zip(*told, strict=True)
    assert len(set(totals)) == 1
    assert done[-1] == totals[0]
    assert list(done) == sorted(set(done))
    assert len(done) >= 2


def test_passes_that_dead_channels_spare_are_counted_as_done(batch):
    model = networks.flat(keras)
    bias = model.get_layer("last").bias
    bias.assign(np.array([-1e3, 0, 0, -1e3, 0], np.float32))
    told = []
    network = KerasNetwork(model)
    for settings_, asked in (({}, 5), ({"channels": 4}, 4), ({"channels": 99}, 5)):
        told.clear()
        tell = lambda done, total: told.append((done, total))  # noqa: E731
        gradcam.explain(network, batch, None, 1, "score-cam", tell=tell, **settings_)
        assert told[-1][0] == told[-1][1] == told[0][1]
        assert all(done < total for done, total in told[:-1])
        assert told[0][1] == len(batch) * (asked + 2)


class LeftError(Exception):
    """A person has left."""


@pytest.mark.parametrize("method", SLOW)
def test_who_raises_when_told_ends_the_work_and_the_network_goes_on(network, batch, method):
    before = explained(network, batch, method).maps
    calls = []

    def leave(done, total):
        calls.append(done)
        if len(calls) == 2:
            raise LeftError

    with pytest.raises(LeftError):
        explained(network, batch, method, tell=leave, chunk=8)
    assert len(calls) == 2
    np.testing.assert_array_equal(explained(network, batch, method).maps, before)
    assert not any("call" in vars(layer) for layer in network.model.own.layers)


# ---------------------------------------------------------------------- constants and scales

OF_GRADIENTS = [
    name
    for name, method in METHODS.items()
    if method.need is not gradcam.Need.PASSES and name not in BLIND
]


@pytest.mark.parametrize("method", OF_GRADIENTS)
@given(seed=st.integers(0, 10_000))
@settings(max_examples=3)
def test_a_constant_added_to_all_logits_changes_no_map_of_gradients(network, method, seed):
    networks.seeded(network.model.own, seed)
    batch = networks.pictures(2, seed=seed)
    before = explained(network, batch, method).maps
    bias = network.model.own.get_layer("y_pred").bias
    bias.assign(bias + 5.0)
    assert off(explained(network, batch, method).maps, before) <= 1e-6
    networks.seeded(network.model.own)


HOMOGENEOUS = ["grad-cam", "hires-cam", "element-wise", "xgrad-cam", "layer-cam", "eigen-grad-cam"]


@pytest.mark.parametrize("method", HOMOGENEOUS)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([2.0**-20, 0.25, 3.0, 1024.0]))
@settings(max_examples=20)
def test_larger_gradients_change_no_heatmap(method, seed, factor):
    rng = np.random.default_rng(seed)
    activations, gradients = rng.normal(size=(2, 2, 4, 5, 3)).astype(np.float32)
    outputs = np.zeros((2, 2), np.float32)
    plain, scaled = (
        compute_maps(gradcam.Capture(activations, gradients * np.float32(by), outputs), method)
        for by in (1.0, factor)
    )
    for one, other in zip(plain, scaled, strict=True):
        np.testing.assert_allclose(other, one * np.float32(factor), rtol=1e-4, atol=1e-5 * factor)
        np.testing.assert_allclose(gradcam.normalize(other), gradcam.normalize(one), atol=1e-5)


def test_the_methods_that_scale_with_the_gradients_are_told_apart():
    rng = np.random.default_rng(0)
    activations, gradients = rng.normal(size=(2, 2, 4, 5, 3)).astype(np.float32)
    outputs = np.zeros((2, 2), np.float32)
    for method in (name for name in OF_GRADIENTS if name not in SLOW):
        plain, scaled = (
            compute_maps(gradcam.Capture(activations, gradients * np.float32(by), outputs), method)
            for by in (1.0, 8.0)
        )
        assert (off(scaled, plain * 8) <= 1e-5) == (method in HOMOGENEOUS)


# ------------------------------------------------------------------------------------ mirrors


@pytest.fixture(scope="module")
def symmetric():
    """A network that does not tell left from right, not even where it pools what is alike."""
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", padding="same", name="first")(inputs)
    x = keras.layers.AveragePooling2D(2)(x)
    x = keras.layers.Conv2D(5, 3, activation="relu", name="last")(x)
    x = keras.layers.Dense(3, activation="softmax")(keras.layers.GlobalAveragePooling2D()(x))
    model = networks.seeded(keras.Model(inputs, x))
    for layer in (model.get_layer("first"), model.get_layer("last")):
        layer.kernel.assign((layer.kernel + layer.kernel.numpy()[:, ::-1]) / 2)
    return KerasNetwork(model)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in DRAWN])
def test_a_mirrored_picture_has_a_mirrored_map(symmetric, method):
    batch = networks.pictures(2)
    even = {"size": 0.5, "step": 0.5} if method == "occlusion" else {}  # patches lie evenly
    maps = explained(symmetric, batch, method, 0, **even).maps
    mirrored = explained(symmetric, np.ascontiguousarray(batch[:, :, ::-1]), method, 0, **even).maps
    assert off(mirrored[:, :, ::-1], maps) <= 2e-5
    if method != "uniform-map":
        assert off(maps[:, :, ::-1], maps) > 0.01


# ------------------------------------------------------------------------------ what is finite


def dead(model):
    model.get_layer("coarse").bias.assign(np.full(4, -1e3, np.float32))


def saturated(model):
    for variable in model.get_layer("y_pred").weights:
        variable.assign(variable * 1e4)


CONSTANT = np.full((2, 16, 16, 3), 0.5, np.float32)
CASES = {
    "a_dead_layer": (dead, networks.pictures(2)),
    "a_sure_network": (saturated, networks.pictures(2)),
    "a_grey_picture": (None, CONSTANT),
    "a_black_picture": (None, 0 * CONSTANT),
    "a_glaring_picture": (None, 1e6 * networks.pictures(2)),
}


@pytest.fixture(scope="module", params=CASES)
def hard(request):
    """A network that gives nothing to explain, or pictures that do."""
    change, batch = CASES[request.param]
    model = networks.staged(activation="relu")
    if change is not None:
        change(model)
    return KerasNetwork(model), batch, request.param


@EACH
def test_maps_are_finite_whatever_comes(hard, method):
    network, batch, case = hard
    found = explained(network, batch, method)
    assert np.isfinite(found.maps).all()
    assert found.maps.dtype == np.float32
    assert found.maps.flags["C_CONTIGUOUS"]
    if case == "a_dead_layer":  # nothing in the picture has any influence
        assert found.maps.any() == (method in {"random-map", "uniform-map"})


def test_quick_settings_are_of_methods_there_are():
    assert set(QUICK) <= set(METHODS)
