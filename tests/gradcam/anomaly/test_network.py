"""A trunk and a mixture as one network."""

import numpy as np
import pytest

import gradcam
from gradcam import Ability, NetworkError, Target
from gradcam.anomaly.network import scored_network
from gradcam.anomaly.scoring import Scoring
from gradcam.head import Head, Squash
from gradcam.targets import target_weights
from tests.gradcam.anomaly import scored


@pytest.fixture(scope="module")
def network():
    return scored.network(threshold=1.5)


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(0)
    return rng.uniform(0.3, 0.7, (3, scored.SIDE, scored.SIDE, 3)).astype(np.float32)


def features_by_hand(batch):
    halves = batch.reshape(len(batch), 12, 2, 12, 2, 3).mean(axis=(2, 4))
    return halves[..., :2]


def test_it_gives_what_the_mixture_says_of_the_layer(network, batch):
    expected = scored.scoring().outputs(features_by_hand(batch))
    np.testing.assert_allclose(network.predict(batch), expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(network.logits(batch), network.predict(batch))
    assert network.heads == (Head(Squash.LINEAR, 25, (5, 5)),)


def test_its_features_are_the_means_of_the_map(network, batch):
    expected = features_by_hand(batch).mean(axis=(1, 2))
    np.testing.assert_allclose(network.run(batch).features, expected, rtol=1e-5)


def test_the_hottest_score_lies_where_the_square_is(network):
    outputs = network.predict(scored.with_square(14, 4, 8))[0].reshape(5, 5)
    row, column = np.unravel_index(outputs.argmax(), (5, 5))
    (grid, *_) = network.score_grids(scored.with_square(14, 4, 8), outputs[None])
    assert (grid.rows[row] * 24, grid.columns[column] * 24) == (pytest.approx(16), pytest.approx(8))


def test_it_ends_in_the_layer_that_is_scored(network):
    assert [layer.name for layer in network.layers] == ["features"]
    assert network.default_layer.name == "features"
    assert network.default_layer.coverage.is_last
    assert network.abilities >= {Ability.SCORES, Ability.FINER_SCORES, Ability.LAYER_GRADIENTS}
    assert network.told.threshold == 1.5


def test_another_mixture_makes_another_network_of_the_same_trunk():
    trunk = scored.trunk()
    one, other = (scored_network(trunk, scored.scoring(w), "features") for w in (4, 3))
    assert one.digest != other.digest
    assert one.digest == scored_network(trunk, scored.scoring(), "features").digest


def test_the_layer_is_found_by_its_channels(batch):
    found = scored_network(scored.trunk(), scored.scoring())
    np.testing.assert_allclose(found.predict(batch), scored.network().predict(batch), rtol=1e-5)


def test_a_mixture_of_another_network_is_refused_in_a_sentence():
    other = Scoring(scored.one_normal(), 0.0, 1.0, np.ones((7, 2)))
    with pytest.raises(NetworkError, match=r"scores 7 channels, and no layer of trunk\.h5"):
        scored_network(scored.trunk(), other)
    with pytest.raises(NetworkError, match=r"scores 2 channels, and behind .* gives 4"):
        scored_network(scored.trunk(), scored.scoring(), "behind")
    with pytest.raises(NetworkError, match="no explainable layer named 'nowhere'"):
        scored_network(scored.trunk(), scored.scoring(), "nowhere")


# --------------------------------------------------------------------------------- gradients


def test_gradients_of_a_place_are_those_of_finite_differences(network, batch):
    target = Target.for_cells(0, [(1, 2), (3, 3)])
    captured = gradcam.capture(network, batch, "features", target)
    weights = np.repeat(target_weights(network, target)[None], len(batch), axis=0)
    features = features_by_hand(batch)
    np.testing.assert_allclose(captured.activations, features, atol=1e-6)
    expected = scored.scoring().rise(features, weights)
    np.testing.assert_allclose(captured.gradients, expected, rtol=1e-3, atol=1e-3)
    towards = np.random.default_rng(1).normal(size=batch.shape).astype(np.float32)
    up, down = (network.predict(batch + s * 2e-3 * towards) for s in (1, -1))
    slope = ((up - down) * weights).sum(axis=1) / 4e-3
    rise = network.pixel_gradients(batch, weights)
    np.testing.assert_allclose((rise * towards).sum(axis=(1, 2, 3)), slope, rtol=0.05, atol=0.3)


def test_what_it_says_itself_is_explained_without_a_target(network, batch):
    captured = gradcam.capture(network, batch, "features")
    assert np.any(captured.gradients)


def test_the_rest_behind_the_layer_is_the_mixture(network, batch):
    features = features_by_hand(batch)
    found = network.rest(batch[:1], "features", features.astype(np.float32))
    np.testing.assert_allclose(found, network.predict(batch), rtol=1e-3, atol=1e-3)
    kept = np.array([[1, 1], [1, 0]], np.float32)
    off = network.ablated(batch[:1], "features", features[0], kept)
    np.testing.assert_allclose(off[0], network.predict(batch[:1])[0], rtol=1e-3, atol=1e-3)
    assert off[1].max() > off[0].max()


def test_shuffled_weights_of_the_trunk_change_its_scores(batch):
    network = scored.network()
    copy = network.shuffled()
    assert copy.layers == ("features",)
    before = copy.network.predict(batch)
    np.testing.assert_allclose(before, network.predict(batch), rtol=1e-4)
    copy.shuffle("features", np.random.default_rng(2))
    assert np.abs(copy.network.predict(batch) - before).max() > 0.1


# --------------------------------------------------------------------------------- of grid files


def test_a_network_that_gives_one_value_for_each_place_gives_scores_too(batch):
    import keras

    from gradcam.backends.keras.network import KerasNetwork

    k = keras.layers
    inputs = keras.Input((24, 24, 3))
    x = k.Conv2D(2, 2, strides=2, activation="relu", name="features")(inputs)
    grid = k.Conv2D(1, 4, strides=2, name="scores")(x)
    network = KerasNetwork(keras.Model(inputs, grid), "grid.h5")
    assert Ability.SCORES in network.abilities
    assert Ability.FINER_SCORES not in network.abilities
    captured = gradcam.capture(network, batch, "features", Target.for_cell(0, 1, 1))
    (found,) = captured.scores
    np.testing.assert_array_equal(found.scores.reshape(3, 25), captured.outputs)
    np.testing.assert_allclose(found.rows * 96, [16, 32, 48, 64, 80])
    assert found.size == (24, 24)
    several = gradcam.capture_layers(network, batch, ["features", "scores"], Target.for_cells(0))
    for each in several.values():
        np.testing.assert_array_equal(each.scores[0].scores, found.scores)


def test_a_class_network_has_no_scores(batch):
    trunk = scored.trunk()
    assert not {Ability.SCORES, Ability.FINER_SCORES} & trunk.abilities
    assert gradcam.capture(trunk, batch, "features").scores == ()
    with pytest.raises(NetworkError, match=r"needs a grid of anomaly scores, which trunk\.h5"):
        trunk.score_grids(batch, trunk.predict(batch))
