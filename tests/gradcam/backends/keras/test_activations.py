"""Last activations that files spell in many ways, and Keras 2 and 3 compute in two."""

import json
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

from gradcam.backends.keras.upgrading import with_old_activations
from gradcam.head import Squash
from gradcam.loading import load_network
from tests.gradcam import networks

SUFFIXES = [".h5", ".keras"]
KERAS = {"keras": keras, "keras_2": tf_keras}
# What Dense(…, activation=…) is given, and what it is known as.
ENDS = {
    "hard_sigmoid": (lambda k: "hard_sigmoid", Squash.SIGMOID),
    "softmax_object": (lambda k: k.layers.Softmax(), Squash.SOFTMAX),
    "activation_object": (lambda k: k.layers.Activation("softmax"), Squash.SOFTMAX),
    "tensorflow_softmax": (lambda k: tf.nn.softmax, Squash.SOFTMAX),
    "tensorflow_log_softmax": (lambda k: tf.nn.log_softmax, Squash.LOG_SOFTMAX),
    "tensorflow_sigmoid": (lambda k: tf.nn.sigmoid, Squash.SIGMOID),
    "log_softmax": (lambda k: "log_softmax", Squash.LOG_SOFTMAX),
    "relu_object": (lambda k: k.layers.ReLU(6.0), Squash.LINEAR),
}


def opened(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return load_network(path)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("k", KERAS)
def test_an_activation_of_a_file_is_what_its_keras_computes(tmp_path, batch, k, end, suffix):
    k, (activation, squash) = KERAS[k], ENDS[end]
    model = networks.headed(lambda k, x: k.layers.Dense(3, activation=activation(k))(x), k)
    network = opened(model, tmp_path / f"a{suffix}")
    batch = batch * np.float32(4)
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)
    assert network.heads[0].squash is squash


def test_a_hard_sigmoid_of_keras_2_is_steeper_than_that_of_keras_3(tmp_path, batch):
    batch, given = batch * np.float32(2), {}
    for name, k in KERAS.items():
        model = networks.headed(lambda k, x: k.layers.Dense(1, activation="hard_sigmoid")(x), k)
        network = opened(model, tmp_path / f"{name}.h5")
        logits, given[name] = network.logits(batch)[:, 0], network.predict(batch)[:, 0]
        slope = 0.2 if k is tf_keras else 1 / 6
        expected = np.clip(logits * slope + 0.5, 0, 1)
        np.testing.assert_allclose(given[name], expected, atol=1e-6)
    assert np.abs(given["keras"] - given["keras_2"]).max() > 0.01


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_hard_sigmoid_of_keras_2_survives_a_copy(tmp_path, batch, suffix):
    model = networks.headed(lambda k, x: k.layers.Dense(1, activation="hard_sigmoid")(x), tf_keras)
    network = opened(model, tmp_path / f"a{suffix}")
    batch = batch * np.float32(2)
    copy = network.shuffled().network
    np.testing.assert_array_equal(copy.predict(batch), network.predict(batch))


def test_recurrent_activations_are_meant_too():
    old = {"layers": [{"config": {"activation": "tanh", "recurrent_activation": "hard_sigmoid"}}]}
    ((layer),) = with_old_activations(old)["layers"]
    assert layer["config"]["activation"] == "tanh"
    assert layer["config"]["recurrent_activation"]["config"] == "gradcam>hard_sigmoid_2"


def test_a_description_of_keras_2_says_who_wrote_it(tmp_path, batch):
    model = networks.headed(lambda k, x: k.layers.Dense(1, activation="hard_sigmoid")(x), tf_keras)
    assert json.loads(model.to_json())["keras_version"].startswith("2.")
    (tmp_path / "model.json").write_text(model.to_json(), encoding="utf-8")
    model.save_weights(tmp_path / "model.weights.h5")
    network = load_network(tmp_path / "model.json", weights=tmp_path / "model.weights.h5")
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)
