"""A network file that holds trunk and mixture gives the grid by itself, as Edge Impulse's does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam import Ability, Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.head import Head, Squash
from tests.gradcam.anomaly import scored


def whole_model(*, bare=False):
    """The small trunk, windows of 4 every 2, one normal distribution, and the absolute value."""
    k, own = keras.layers, scored.scoring()
    inputs = keras.Input((scored.SIDE, scored.SIDE, 3))
    x = k.Conv2D(2, 2, strides=2, use_bias=False, name="features")(inputs)
    x = k.AveragePooling2D(4, 2, name="windows")(x)
    x = k.Conv2D(2, 1, name="white")(x)
    x = k.Multiply(name="squares")([x, x])
    x = keras.ops.absolute(k.Conv2D(1, 1, name="score")(x))
    model = keras.Model(inputs, k.Reshape((5, 5))(x) if bare else x)
    (trunk,) = scored.trunk().model.own.get_layer("features").get_weights()
    lower = np.linalg.inv(np.linalg.cholesky(own.mixture.covariances[0]))
    top = float(own.mixture.log_likelihood(own.mixture.means)[0])
    model.get_layer("features").set_weights([trunk])
    model.get_layer("white").set_weights([lower.T[None, None], -lower @ own.mixture.means[0]])
    model.get_layer("score").set_weights([
        np.full((1, 1, 2, 1), 0.5 / own.deviation), np.array([(own.mean - top) / own.deviation]),
    ])  # fmt: skip
    return model


@pytest.fixture(scope="module")
def batch():
    return np.concatenate([scored.with_square(12, 4, 8), scored.with_square(0, 16, 5, 0.7)])


@pytest.fixture(scope="module")
def as_lite(tmp_path_factory):
    path = tmp_path_factory.mktemp("lite") / "trained.tflite"
    model = whole_model()
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
    return gradcam.load_network(path)


def test_tensorflow_lite_gives_the_scores_of_trunk_and_mixture(as_lite, batch):
    expected = scored.network()
    np.testing.assert_allclose(as_lite.predict(batch), expected.predict(batch), atol=1e-3)
    assert (as_lite.heads[0].grid, as_lite.heads[0].classes) == ((5, 5), 1)
    assert as_lite.heads[0].is_of_values
    assert gradcam.usual(as_lite).method.name == "anomaly-score"
    for own, other in zip(as_lite.score_middles, expected.score_middles, strict=True):
        np.testing.assert_allclose(own, other)
    target = Target.for_cell(0, 2, 0)
    own, other = (
        gradcam.capture(each, batch, each.layers[0].name, target) for each in (as_lite, expected)
    )
    np.testing.assert_allclose(own.gradients, other.gradients, rtol=1e-2, atol=1e-3)


def test_a_grid_without_an_axis_of_channels_is_one_too(batch):
    network, plain = (KerasNetwork(whole_model(bare=bare), "g.h5") for bare in (True, False))
    assert network.heads == (Head(Squash.LINEAR, 25, (5, 5), name=network.heads[0].name),)
    assert Ability.SCORES in network.abilities
    np.testing.assert_array_equal(network.predict(batch), plain.predict(batch))
    maps = [gradcam.explain(each, batch, method="anomaly-score").maps for each in (network, plain)]
    np.testing.assert_array_equal(*maps)


def test_a_list_of_boxes_is_no_grid():
    k = keras.layers
    inputs = keras.Input((24, 24, 3))
    x = k.Conv2D(6, 4, strides=4)(inputs)
    with pytest.raises(gradcam.NetworkError, match="as object detection does"):
        KerasNetwork(keras.Model(inputs, k.Reshape((36, 6))(x)), "boxes.h5")
