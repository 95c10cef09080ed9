"""Folding changes no answer and no map, and folds only what it may."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam.backends.keras import normalised
from tests.gradcam.methods.quick import METHODS, explained, off

EQUAL = 1e-5


def both(model):
    """The network as Keras runs it, and folded."""
    return KerasNetwork(model), KerasNetwork(model, fold=True)


def operators(network):
    """The kinds of TensorFlow's operators that a forward pass is traced to."""
    network.predict(normalised.pictures(1))
    (run, *_) = network.traces.values()
    return [operation.type for operation in run.graph.get_operations()]


def normalisations(network):
    """The roots that Keras' own take, and the operators that do one each."""
    kinds = operators(network)
    return kinds.count("Rsqrt"), kinds.count("FusedBatchNormV3")


def assert_the_same(plain, folded, layer):
    """What they answer, and what a capture of a layer holds."""
    batch = normalised.pictures()
    assert off(folded.predict(batch), plain.predict(batch)) <= EQUAL
    asked = batch, [layer], np.eye(len(batch), plain.units, dtype=np.float32), np.zeros(3, bool)
    want, got = (network.captures(*asked)[layer] for network in (plain, folded))
    for part in ("activations", "gradients", "outputs", "logits"):
        assert off(getattr(got, part), getattr(want, part)) <= EQUAL


@pytest.mark.parametrize("name", normalised.FOLDED)
def test_it_is_folded_into_what_stands_before_it(name):
    plain, folded = both(normalised.FOLDED[name]())
    assert normalisations(plain) == (1, 0)
    assert normalisations(folded) == (0, 0)
    assert_the_same(plain, folded, plain.layers[-1].name)


@pytest.mark.parametrize("name", normalised.FUSED)
def test_it_is_one_operator_where_nothing_can_take_it_over(name):
    plain, folded = both(normalised.FUSED[name]())
    roots, _ = normalisations(plain)
    assert normalisations(folded) == (0, roots)
    layers = [plain.layers[0].name, plain.layers[-1].name]
    for layer in layers:
        assert_the_same(plain, folded, layer)


@pytest.mark.parametrize("name", normalised.KEPT)
def test_it_is_kept_where_it_is(name):
    plain, folded = both(normalised.KEPT[name]())
    assert not folded.is_folded
    np.testing.assert_array_equal(
        folded.predict(normalised.pictures()), plain.predict(normalised.pictures())
    )


@pytest.mark.parametrize("name", normalised.WIDENED)
def test_zeros_around_a_map_are_put_there_by_the_convolution(name):
    plain, folded = both(normalised.WIDENED[name]())
    assert [operators(each).count("Pad") for each in (plain, folded)] == [1, 0]
    for layer in ("depthwise", plain.layers[-1].name):
        assert_the_same(plain, folded, layer)


@pytest.mark.parametrize("name", normalised.PADDED)
def test_other_zeros_stay_where_they_are(name):
    plain, folded = both(normalised.PADDED[name]())
    assert [operators(each).count("Pad") for each in (plain, folded)] == [1, 1]


# ------------------------------------------------------------------- a network of several of them


@pytest.fixture(scope="module")
def model():
    return normalised.several()


@pytest.fixture(scope="module")
def networks(model):
    return both(model)


@pytest.mark.parametrize("layer", ["last", "last_bn", "last_relu"])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_draws_the_same(networks, method, layer):
    """The layer before a normalisation, itself, and the one behind it."""
    batch = normalised.pictures(2)
    plain, folded = (explained(each, batch, method, layer=layer) for each in networks)
    assert off(folded.maps, plain.maps) <= EQUAL
    assert off(folded.outputs, plain.outputs) <= EQUAL


def test_all_layers_are_captured_at_once_as_they_are(networks):
    names = [layer.name for layer in networks[0].layers]
    assert {"stem", "stem_bn", "project", "add", "last_relu"} <= set(names)
    batch, weights = normalised.pictures(), np.eye(normalised.CLASSES, dtype=np.float32)
    asked = batch, names, weights, np.zeros(len(batch), bool)
    plain, folded = (network.captures(*asked) for network in networks)
    for name in names:
        assert off(folded[name].activations, plain[name].activations) <= EQUAL
        assert off(folded[name].gradients, plain[name].gradients) <= EQUAL


def test_the_rest_and_the_pixels_are_the_same(networks):
    batch, weights = normalised.pictures(), np.eye(normalised.CLASSES, dtype=np.float32)
    plain, folded = (network.pixel_gradients(batch, weights) for network in networks)
    assert off(folded, plain) <= EQUAL
    for name in ("stem", "stem_bn", "depthwise", "add", "last"):
        given = networks[0].activations(batch, name) * 0.5
        plain, folded = (network.rest(batch[:1], name, given) for network in networks)
        assert off(folded, plain) <= EQUAL
        plain, folded = (network.channel_means(batch, name) for network in networks)
        assert off(folded, plain) <= EQUAL


def test_what_is_told_of_it_is_told_of_the_whole_network(networks):
    plain, folded = networks
    assert folded.layers == plain.layers
    assert folded.summary == plain.summary
    assert folded.learned == plain.learned
    for name in ("stem", "depthwise", "last"):
        np.testing.assert_array_equal(folded.kernels(name), plain.kernels(name))
    seen = [network.statistics(normalised.pictures()) for network in networks]
    assert seen[0].layer == seen[1].layer == "stem_bn"
    np.testing.assert_array_equal(seen[0].total, seen[1].total)


def test_the_model_is_left_as_it_was(model, networks):
    batch = normalised.pictures()
    before = [dict(vars(layer)) for layer in model.layers]
    weights = [weight.copy() for weight in model.get_weights()]
    network = KerasNetwork(model, fold=True)
    np.testing.assert_array_equal(network.predict(batch), networks[1].predict(batch))
    assert [dict(vars(layer)) for layer in model.layers] == before
    for now, then in zip(model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)
    assert off(model.predict(batch, verbose=0), networks[0].predict(batch)) <= EQUAL


def test_shuffled_weights_are_folded_anew(networks):
    batch = normalised.pictures()
    plain, folded = copies = [network.shuffled() for network in networks]
    assert folded.network.is_folded
    assert folded.layers == plain.layers
    own = [each.network.predict(batch) for each in copies]  # traced before anything changes
    assert off(own[1], networks[1].predict(batch)) <= EQUAL
    for layer in plain.layers:
        for each in copies:
            each.shuffle(layer, np.random.default_rng(3))
        want, got = (each.network.predict(batch) for each in copies)
        assert off(got, want) <= EQUAL
    assert off(want, own[0]) > 0.01
    for each in copies:
        each.restore()
    np.testing.assert_array_equal(folded.network.predict(batch), own[1])


def test_a_model_from_memory_is_not_folded_unless_asked_and_may_be_trained_on():
    model = normalised.several()
    network, batch = KerasNetwork(model), normalised.pictures()
    assert not network.is_folded
    before = network.predict(batch)
    normalised.drawn(model, seed=1)
    assert off(network.predict(batch), before) > 0.01
    assert off(network.predict(batch), KerasNetwork(model).predict(batch)) <= EQUAL


def test_a_file_is_folded_unless_it_is_asked_not_to_be(tmp_path, model, networks):
    path, batch = tmp_path / "a.keras", normalised.pictures()
    model.save(path)
    assert gradcam.load_network(path).is_folded
    plain = gradcam.load_network(path, fold=False)
    assert not plain.is_folded
    np.testing.assert_array_equal(plain.predict(batch), networks[0].predict(batch))
    assert gradcam.load_network(path).digest == plain.digest


def test_each_output_of_several_is_folded_by_itself():
    """What is kept in the whole, as an output, is still one where the other is asked."""
    inputs = keras.Input((normalised.SIZE, normalised.SIZE, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.BatchNormalization(name="bn")(x))
    ends = [keras.layers.Dense(count, name=f"of_{count}")(x) for count in (2, 3)]
    plain, folded = both(normalised.drawn(keras.Model(inputs, ends)))
    for number in (0, 1):
        one, other = plain.only(number), folded.only(number)
        assert other.is_folded
        for layer in ("conv", "bn"):
            assert_the_same(one, other, layer)
