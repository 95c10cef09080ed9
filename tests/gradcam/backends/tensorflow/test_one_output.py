"""One output of several, asked by itself."""

import keras
import numpy as np
import pytest

from gradcam import GRAD_CAM, NetworkError, Target, explain
from gradcam.backends.keras.network import KerasNetwork
from gradcam.head import Head, Squash
from gradcam.predicted import predicted_targets
from tests.gradcam import networks

AUX, MAIN = 0, 1


@pytest.fixture(scope="module")
def whole():
    return KerasNetwork(networks.main_and_auxiliary(keras), "two.keras", "digest")


@pytest.fixture(scope="module")
def batch():
    return networks.pictures(3)


def test_outputs_have_the_names_that_keras_gives_them(whole):
    assert whole.heads == (
        Head(Squash.SOFTMAX, 2, name="aux"),
        Head(Squash.SOFTMAX, 3, name="main"),
    )


def test_it_gives_what_the_whole_gives_there(whole, batch):
    outputs, logits = whole.predict(batch), whole.logits(batch)
    for number, columns in ((AUX, slice(0, 2)), (MAIN, slice(2, 5))):
        part = whole.only(number)
        assert part.heads == (whole.heads[number],)
        np.testing.assert_allclose(part.predict(batch), outputs[:, columns], atol=1e-6)
        np.testing.assert_allclose(part.logits(batch), logits[:, columns], atol=1e-6)


def test_only_what_leads_to_it_can_be_explained(whole):
    assert [layer.name for layer in whole.only(MAIN).layers] == ["first", "last"]
    assert [layer.name for layer in whole.only(AUX).layers] == ["first", "aside"]
    assert whole.only(AUX).default_layer.name == "aside"


@pytest.mark.parametrize(("number", "layer", "start"), [(AUX, "aside", 0), (MAIN, "last", 2)])
def test_its_maps_are_those_of_the_same_logit_of_the_whole(whole, batch, number, layer, start):
    for index in (0, 1):
        own = explain(whole.only(number), batch, layer, Target.for_class(index), GRAD_CAM)
        same = explain(whole, batch, layer, Target.for_class(start + index), GRAD_CAM)
        assert np.abs(same.maps).max() > 1e-4
        np.testing.assert_allclose(own.maps, same.maps, rtol=1e-4, atol=1e-7)


def test_what_it_says_itself_is_of_this_output(whole, batch):
    part = whole.only(MAIN)
    told = explain(part, batch, "last", None, GRAD_CAM)
    own = predicted_targets(part, part.predict(batch))
    np.testing.assert_allclose(told.maps, explain(part, batch, "last", own, GRAD_CAM).maps)


def test_features_are_those_before_its_own_last_dense_layer(whole, batch):
    assert whole.only(AUX).run(batch).features.shape == (3, 3)
    assert whole.only(MAIN).run(batch).features.shape == (3, 5)


def test_each_is_kept_under_a_name_of_its_own(whole):
    names = {whole.digest, whole.only(AUX).digest, whole.only(MAIN).digest}
    assert len(names) == 3


def test_its_weights_can_be_shuffled(whole, batch):
    part = whole.only(MAIN)
    copy = part.shuffled()
    np.testing.assert_allclose(copy.network.predict(batch), part.predict(batch), atol=1e-6)
    copy.shuffle("main", np.random.default_rng(0))
    assert np.abs(copy.network.predict(batch) - part.predict(batch)).max() > 1e-3
    assert copy.network.heads == part.heads


def test_there_is_no_other(whole):
    with pytest.raises(NetworkError, match="output 2 alone"):
        whole.only(2)


def test_a_table_of_boxes_beside_a_class_does_not_keep_it_from_opening(batch):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(4, 3, activation="relu", name="conv")(inputs)
    x = keras.layers.GlobalAveragePooling2D()(x)
    boxes = keras.layers.Reshape((5, 4), name="boxes")(keras.layers.Dense(20)(x))
    label = keras.layers.Dense(3, activation="softmax", name="label")(x)
    network = KerasNetwork(keras.Model(inputs, [boxes, label]), "n", "n")
    assert network.heads[0] == Head(Squash.LINEAR, 20, name="boxes", is_table=True)
    assert network.only(1).predict(batch).sum(axis=1) == pytest.approx(1)
    with pytest.raises(NetworkError, match="gives a grid of 5 × 4 numbers"):
        KerasNetwork(keras.Model(inputs, boxes), "n", "n")
