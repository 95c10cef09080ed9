"""Slashes in the names of layers, which Keras 3 does not take."""

import warnings

import numpy as np
import pytest
import tf_keras as k

from gradcam.backends.keras.names import without_slashes
from gradcam.loading import load_network
from tests.gradcam import networks

SUFFIXES = [".h5", ".keras"]


def saved(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path


def block(x, name):
    y = k.layers.Conv2D(3, 3, padding="same", name=f"{name}/conv")(x)
    y = k.layers.BatchNormalization(name=f"{name}/bn")(y)
    return k.layers.Add(name=f"{name}/add")([x, k.layers.ReLU(name=f"{name}/relu")(y)])


def base(name="dense/net"):
    inputs = k.Input((16, 16, 3))
    return k.Model(inputs, block(block(inputs, "block1"), "block2"), name=name)


def headed(x):
    return k.layers.Dense(3, name="y/pred")(k.layers.GlobalAveragePooling2D()(x))


def flat():
    inputs = k.Input((16, 16, 3), name="in/put")
    return k.Model(inputs, headed(block(inputs, "block1")))


def nested():
    inputs = k.Input((16, 16, 3))
    return k.Model(inputs, headed(base()(inputs * 2)))


def in_a_sequential():
    front = [k.Input((16, 16, 3)), k.layers.Conv2D(3, 1, name="a/b"), base()]
    return k.Sequential([*front, k.layers.GlobalAveragePooling2D(), k.layers.Dense(3, name="c/d")])


def called_twice():
    inner, inputs = base(), k.Input((16, 16, 3))
    return k.Model(inputs, headed(k.layers.Add(name="a/b")([inner(inputs), inner(inputs * 3)])))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("build", [flat, nested, in_a_sequential, called_twice])
def test_a_network_with_slashes_in_its_names_opens(tmp_path, batch, build, suffix):
    model = networks.seeded(build())
    network = load_network(saved(model, tmp_path / f"a{suffix}"))
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-5)


def test_layers_are_named_with_underscores_instead(tmp_path):
    network = load_network(saved(networks.seeded(nested()), tmp_path / "a.h5"))
    names = [layer.name for layer in network.layers]
    assert names[:3] == [f"dense_net/block1_{part}" for part in ("conv", "bn", "relu")]


def test_a_new_name_is_no_other_layer_s():
    names = ["a/b", "a_b", "a/b/c", "a_b_"]
    layers = [{"name": each, "class_name": "Add", "config": {"name": each}} for each in names]
    model = {"class_name": "Functional", "config": {"name": "m", "layers": layers}}
    new = [layer["name"] for layer in without_slashes(model)["config"]["layers"]]
    assert new == ["a_b__", "a_b", "a_b_c", "a_b_"]
    assert [x["config"]["name"] for x in without_slashes(model)["config"]["layers"]] == new
