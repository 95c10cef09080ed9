"""Files that Keras cannot open by itself, each refused by the name of what is in the way."""

import copy
import json
import shutil
import warnings

import h5py
import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam import loading
from gradcam.backends.keras.configuration import Unknown, unknown_parts
from tests.gradcam import networks

SUFFIXES = [".h5", ".keras"]


@keras.saving.register_keras_serializable("vendor")
class Sharpen(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 2.0


class Whiten(keras.layers.Layer):
    def call(self, inputs):
        return inputs * 3.0


class Penalty(keras.regularizers.Regularizer):
    def __call__(self, weights):
        return 0.0

    def get_config(self):
        return {}


def softened(x):
    return x * keras.ops.sigmoid(x)


def misfit(true, predicted):
    return keras.ops.mean(keras.ops.square(true - predicted))


def model_with(*layers):
    return keras.Sequential(
        [keras.Input((8, 8, 3)), *layers, keras.layers.Flatten(), keras.layers.Dense(2)]
    )


def conv(**options):
    return keras.layers.Conv2D(2, 3, name="conv", **options)


def saved(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path


def refusal(path):
    with pytest.raises(gradcam.NetworkError) as caught:
        loading.load_network(path)
    return str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("layers", "sentence"),
    [
        (
            lambda: [Whiten(), conv(), Whiten()],
            (
                "uses a layer that Keras does not have, “Whiten”; "
                "save the network with Keras' own layers."
            ),
        ),
        (
            lambda: [conv(activation=softened)],
            (
                "uses a function that Keras does not have, “softened”; "
                "save the network with Keras' own functions."
            ),
        ),
        (
            lambda: [conv(), keras.layers.Activation(softened)],
            (
                "uses a function that Keras does not have, “softened”; "
                "save the network with Keras' own functions."
            ),
        ),
        (
            lambda: [conv(kernel_regularizer=Penalty())],
            (
                "uses a part that Keras does not have, “Penalty”; "
                "save the network with Keras' own parts."
            ),
        ),
        (
            lambda: [Whiten(), conv(activation=softened, kernel_regularizer=Penalty())],
            (
                "uses parts that Keras does not have, “Whiten”, “softened” and “Penalty”; "
                "save the network with Keras' own parts."
            ),
        ),
        (
            lambda: [keras.layers.TimeDistributed(Whiten()), conv()],
            (
                "uses a layer that Keras does not have, “Whiten”; "
                "save the network with Keras' own layers."
            ),
        ),
    ],
    ids=["one_twice", "activation", "activation_layer", "regularizer", "several", "wrapped"],
)  # fmt: skip
def test_what_keras_does_not_have_is_named(tmp_path, suffix, layers, sentence):
    path = saved(model_with(*layers()), tmp_path / f"a{suffix}")
    assert refusal(path) == f"a{suffix} {sentence}"


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_layers_are_named_with_the_package_they_were_registered_under(
    tmp_path, suffix, monkeypatch
):
    path = saved(model_with(Sharpen(), conv(), Whiten()), tmp_path / f"a{suffix}")
    registered = keras.saving.get_custom_objects()
    monkeypatch.delitem(registered, "vendor>Sharpen")
    monkeypatch.setattr(f"{__name__}.Sharpen", None)
    assert refusal(path) == (
        f"a{suffix} uses layers that Keras does not have, “vendor>Sharpen” and “Whiten”; "
        "save the network with Keras' own layers."
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_loss_and_a_metric_of_one_s_own_stop_nobody(tmp_path, suffix, batch):
    model = networks.flat(keras)
    model.compile(loss=misfit, metrics=[misfit])
    path = saved(model, tmp_path / f"a{suffix}")
    np.testing.assert_allclose(
        loading.load_network(path).predict(batch), model.predict(batch, verbose=0), atol=1e-6
    )


def test_how_a_network_was_compiled_is_not_blamed(tmp_path):
    model = model_with(Whiten(), conv())
    model.compile(loss=misfit, metrics=[misfit])
    assert refusal(saved(model, tmp_path / "a.keras")) == (
        "a.keras uses a layer that Keras does not have, “Whiten”; "
        "save the network with Keras' own layers."
    )


@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "keras_2"])
@pytest.mark.parametrize("architecture", [*networks.ARCHITECTURES, "headed"])
def test_what_keras_has_is_not_blamed(k, architecture):
    build = networks.ARCHITECTURES.get(architecture)
    model = build(k) if build else networks.headed(networks.SOFTMAX_HEADS["softmax_layer"], k)
    assert unknown_parts(json.loads(model.to_json())) == []


def test_operations_on_tensors_are_not_blamed():
    model = networks.headed(networks.softmax_by_arithmetic)
    assert unknown_parts(json.loads(model.to_json())) == []


def test_a_registered_layer_is_not_taken_for_keras_own_of_the_same_name():
    registered = {"module": None, "registered_name": "vendor>Attention"}
    config = {"layers": [{"class_name": "Attention", "config": {}, **registered}]}
    assert unknown_parts(config) == [Unknown("layer", "vendor>Attention")]


def test_parts_are_found_in_the_order_of_the_file():
    config = {"layers": [{"class_name": name, "config": {}} for name in ("B", "Conv2D", "A", "B")]}
    assert unknown_parts(config) == [Unknown("layer", "B"), Unknown("layer", "A")]


# ------------------------------------------------------------------------------ channels first


def channels_first(k):
    return k.Sequential(
        [
            k.layers.Input((3, 8, 8)),
            k.layers.Conv2D(2, 3, data_format="channels_first", name="first_of_all"),
            k.layers.Flatten(),
            k.layers.Dense(2),
        ]
    )


SENTENCE = (
    "keeps its channels first (layer “{}”), which cannot be run here; build it again with "
    "data_format='channels_last', give it the same weights, and save it."
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "keras_2"])
def test_channels_first_is_refused_before_keras_sees_the_file(tmp_path, monkeypatch, k, suffix):
    path = saved(channels_first(k), tmp_path / f"a{suffix}")

    def never(*args, **kwargs):
        raise AssertionError("Keras saw the file")

    monkeypatch.setattr(keras.models, "load_model", never)
    assert refusal(path) == f"a{suffix} {SENTENCE.format('first_of_all')}"


def test_channels_first_is_refused_inside_a_nested_network_and_in_keras_1_s_words(tmp_path):
    model = networks.nested_twice(keras)
    source = saved(model, tmp_path / "source.h5")
    with h5py.File(source) as file:
        config = json.loads(file.attrs["model_config"])
    for key, value in (("data_format", "channels_first"), ("dim_ordering", "th")):
        changed = copy.deepcopy(config)
        front = changed["config"]["layers"][1]["config"]["layers"]
        (stem,) = (x for x in front[1]["config"]["layers"] if x["config"]["name"] == "stem")
        stem["config"][key] = value
        path = tmp_path / "a.h5"
        shutil.copyfile(source, path)
        with h5py.File(path, "r+") as file:
            file.attrs["model_config"] = json.dumps(changed)
        assert refusal(path) == f"a.h5 {SENTENCE.format('stem')}"


def test_a_flatten_that_reorders_its_numbers_is_let_through(tmp_path):
    model = networks.seeded(
        keras.Sequential(
            [
                keras.Input((8, 8, 3)),
                conv(),
                keras.layers.Flatten(data_format="channels_first"),
                keras.layers.Dense(2),
            ]
        )
    )
    network = loading.load_network(saved(model, tmp_path / "a.h5"))
    batch = networks.pictures(2, size=8)
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)
