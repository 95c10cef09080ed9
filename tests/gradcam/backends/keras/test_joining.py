"""A network in two files: what `to_json` gave, and what `save_weights` wrote."""

import json
import shutil
import warnings

import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam.loading import file_digest, load_network
from tests.gradcam import networks

# Who saved the weights, and as which file; Keras 3 writes the old layout as a whole network only.
LAYOUTS = [
    (keras, "model.weights.h5"),
    (keras, "whole.h5"),
    (tf_keras, "model.weights.h5"),
    (tf_keras, "model.h5"),
    (tf_keras, "whole.h5"),
]


def two_files(folder, model, file):
    (folder / "model.json").write_text(model.to_json(), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (model.save if file == "whole.h5" else model.save_weights)(folder / file)
    return folder / "model.json", folder / file


def refusal(*arguments, **named):
    with pytest.raises(gradcam.NetworkError) as caught:
        load_network(*arguments, **named)
    return str(caught.value)


@pytest.mark.parametrize(("k", "file"), LAYOUTS, ids=[f"{k.__name__}-{x}" for k, x in LAYOUTS])
@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_a_description_and_its_weights_open_as_one(tmp_path, batch, name, k, file):
    model = networks.ARCHITECTURES[name](k)
    description, weights = two_files(tmp_path, model, file)
    network = load_network(description, weights=weights)
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)
    assert network.name == "model.json"


def test_the_bytes_of_the_weights_decide_not_their_name(tmp_path, batch):
    model = networks.flat(tf_keras)
    description, weights = two_files(tmp_path, model, "model.h5")
    odd = shutil.copy(weights, tmp_path / "model.weights.h5")
    network = load_network(description, weights=odd)
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)


def test_other_weights_are_another_network(tmp_path):
    description, weights = two_files(tmp_path, networks.flat(keras), "model.weights.h5")
    one = load_network(description, weights=weights).digest
    assert one == load_network(description, weights=weights).digest
    assert one not in {file_digest(description), file_digest(weights)}
    networks.seeded(model := networks.flat(keras), seed=1).save_weights(weights)
    assert model.count_params()
    assert load_network(description, weights=weights).digest != one


@pytest.mark.parametrize("file", ["model.weights.h5", "model.h5"])
def test_weights_of_another_network_are_named(tmp_path, file):
    description, _ = two_files(tmp_path, networks.flat(tf_keras), file)
    _, weights = two_files(tmp_path, networks.mobile(tf_keras), file)
    description.write_text(networks.flat(tf_keras).to_json(), encoding="utf-8")
    assert refusal(description, weights=weights) == (
        f"The weights in {file} do not fit the network that model.json describes; "
        "put the two beside each other that were saved together."
    )


def test_a_description_alone_is_told_what_is_missing(tmp_path):
    description, _ = two_files(tmp_path, networks.flat(keras), "model.weights.h5")
    assert refusal(description) == (
        "model.json may describe the layers of a network, but holds no weights; put these beside "
        "it (model.weights.h5), or save the whole network with `model.save(...)`."
    )


def test_a_description_that_carries_code_is_refused(tmp_path):
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Lambda(lambda x: x / 2, name="halve")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    description, weights = two_files(tmp_path, model, "model.weights.h5")
    assert "carries Python code in its Lambda layer “halve”" in refusal(
        description, weights=weights
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "model.json is damaged: its description of the layers is broken."),
        ("[1]", "model.json is damaged: its description of the layers is broken."),
        (
            json.dumps({"modelTopology": {}, "weightsManifest": []}),
            "model.json describes no Keras network; save it again with Keras.",
        ),
        (
            json.dumps({"class_name": "Functional", "config": 5}),
            "model.json describes no Keras network; save it again with Keras.",
        ),
    ],
    ids=["cut", "list", "tensorflow_js", "no_config"],
)
def test_a_description_of_another_kind_is_refused(tmp_path, text, sentence):
    description, weights = two_files(tmp_path, networks.flat(keras), "model.weights.h5")
    description.write_text(text, encoding="utf-8")
    assert refusal(description, weights=weights) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (None, "The file of weights model.weights.h5 cannot be read."),
        (b"", "model.weights.h5 is damaged: it cannot be read as HDF5."),
        (b"\x89HDF\r\n\x1a\n", "model.weights.h5 is damaged: it cannot be read as HDF5."),
    ],
    ids=["missing", "empty", "cut"],
)  # fmt: skip
def test_weights_that_cannot_be_read_are_refused(tmp_path, data, sentence):
    description, weights = two_files(tmp_path, networks.flat(keras), "model.weights.h5")
    weights.unlink() if data is None else weights.write_bytes(data)
    assert refusal(description, weights=weights) == sentence
