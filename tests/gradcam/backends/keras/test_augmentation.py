"""Augmentation inside of networks: it does nothing outside of training, whoever saved it."""

import json
import warnings
from functools import partial

import h5py
import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam.backends.tensorflow.kinds import AUGMENTING
from gradcam.loading import load_network
from tests.gradcam import networks

L2, L3 = tf_keras.layers, keras.layers
OLD = [
    partial(L2.RandomBrightness, 0.3),
    partial(L2.RandomContrast, 0.3),
    partial(L2.RandomFlip),
    partial(L2.RandomHeight, 0.3),
    partial(L2.RandomRotation, 0.3),
    partial(L2.RandomTranslation, 0.3, 0.3),
    partial(L2.RandomWidth, 0.3),
    partial(L2.RandomZoom, 0.3),
]
NEW = [
    partial(L3.AugMix),
    partial(L3.CutMix),
    partial(L3.MixUp),
    partial(L3.RandAugment),
    partial(L3.RandomBrightness, 0.3),
    partial(L3.RandomColorDegeneration, 0.3),
    partial(L3.RandomColorJitter, brightness_factor=0.3),
    partial(L3.RandomContrast, 0.3),
    partial(L3.RandomElasticTransform),
    partial(L3.RandomErasing),
    partial(L3.RandomFlip),
    partial(L3.RandomGaussianBlur),
    partial(L3.RandomGrayscale),
    partial(L3.RandomHue, 0.3),
    partial(L3.RandomInvert),
    partial(L3.RandomPerspective),
    partial(L3.RandomPosterization, 4),
    partial(L3.RandomRotation, 0.3),
    partial(L3.RandomSaturation, 0.3),
    partial(L3.RandomSharpness, 0.3),
    partial(L3.RandomShear, 0.3, 0.3),
    partial(L3.RandomTranslation, 0.3, 0.3),
    partial(L3.RandomZoom, 0.3),
]

# Keras 3 itself cannot write these into HDF5: their settings hold more than data.
ARCHIVES_ONLY = {
    "RandomBrightness", "RandomColorDegeneration", "RandomPosterization", "RandomSaturation",
    "RandomSharpness",
}  # fmt: skip


def network_with(k, *augmentation):
    return networks.seeded(
        k.Sequential(
            [
                k.Input((8, 8, 3)),
                *(make() for make in augmentation),
                k.layers.Conv2D(3, 3, name="conv"),
                k.layers.GlobalAveragePooling2D(),
                k.layers.Dense(2),
            ]
        )
    )


def named(layers):
    return pytest.mark.parametrize("make", layers, ids=lambda make: make.func.__name__)


def assert_idle(model, twin, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    network, batch = load_network(path), networks.pictures(3, size=8)
    expected = twin.predict(batch, verbose=0)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)
    assert [layer.name for layer in network.layers] == ["conv"]
    assert network.layers[0].receptive_field == (3, 3)
    assert network.summary.lines[0].cost.multiply_adds == 0
    gradcam.explain(network, batch)


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@named(OLD)
def test_augmentation_of_keras_2_is_idle(tmp_path, make, suffix):
    twin = network_with(tf_keras)
    assert_idle(network_with(tf_keras, make), twin, tmp_path / f"a{suffix}")


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@named(NEW)
def test_augmentation_of_keras_3_is_idle(tmp_path, make, suffix):
    if suffix == ".h5" and make.func.__name__ in ARCHIVES_ONLY:
        return
    twin = network_with(keras)
    assert_idle(network_with(keras, make), twin, tmp_path / f"a{suffix}")


def test_all_that_either_keras_has_is_among_them():
    own = {make.func.__name__ for make in OLD + NEW}
    has = {name for k in (keras, tf_keras) for name in dir(k.layers) if name.startswith("Random")}
    assert has - own == {"RandomCrop"}  # which crops to the middle at prediction
    assert own == AUGMENTING


def test_a_module_that_was_an_experiment_is_found(tmp_path):
    model = network_with(tf_keras, OLD[3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5", "r+") as file:
        config = json.loads(file.attrs["model_config"])
        for layer in config["config"]["layers"]:
            layer["module"] = "keras.layers.experimental.preprocessing"
        file.attrs["model_config"] = json.dumps(config)
    batch = networks.pictures(3, size=8)
    given = load_network(tmp_path / "a.h5").predict(batch)
    np.testing.assert_allclose(given, model.predict(batch, verbose=0), atol=1e-6)
