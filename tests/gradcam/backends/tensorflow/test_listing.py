from dataclasses import replace

import keras
import pytest

import gradcam
from gradcam.backends.keras.model import KerasModel
from gradcam.backends.keras.network import KerasNetwork
from gradcam.layers import Coverage, Layer, last_layer
from tests.gradcam import networks


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_the_explainable_layers_in_order_of_execution(name):
    network = KerasNetwork(networks.ARCHITECTURES[name](keras))
    assert tuple(layer.name for layer in network.layers) == networks.EXPLAINABLE[name]
    assert network.default_layer.name == networks.EXPLAINABLE[name][-1]


def bare(layer):
    """A layer without what it covers and what follows, which other tests ask."""
    return replace(layer, coverage=Coverage(), flattened=False)


def test_a_layer_tells_its_kind_and_the_size_of_its_map(flat_network, mobile_network):
    assert tuple(map(bare, flat_network.layers)) == (
        Layer("first", "Conv2D", 16, 16, 4, 112, (3, 3)),
        Layer("last", "Conv2D", 6, 6, 5, 185, (8, 8)),
    )
    assert bare(mobile_network.layer("depthwise")) == Layer(
        "depthwise", "DepthwiseConv2D", 8, 8, 4, 36, (7, 7)
    )
    assert flat_network.layer("last").cells == 36


def test_rows_and_columns_are_not_confused():
    inputs = keras.Input((12, 20, 1))
    x = keras.layers.Conv2D(2, 3, name="wide")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    (layer,) = KerasNetwork(model).layers
    assert bare(layer) == Layer("wide", "Conv2D", 10, 18, 2, 20, (3, 3))


def test_nested_models_are_opened_up_by_paths():
    paths = [operation.path for operation in KerasModel(networks.nested_twice(keras)).operations]
    assert "front/base/depthwise" in paths
    assert "back/y_pred" in paths
    assert not {"front", "front/base", "back"} & set(paths)


def test_a_path_names_the_operation_itself():
    model = networks.nested_once(keras)
    network = KerasNetwork(model)
    stem = model.get_layer("base").get_layer("stem")
    assert network.operation("base/stem").details is stem


def test_layers_that_only_pass_a_picture_on_are_left_out():
    k = keras.layers
    inputs = keras.Input((16, 16, 3))
    x = k.Rescaling(1 / 255)(inputs)
    x = k.RandomFlip()(x)
    x = k.ZeroPadding2D()(x)
    x = k.Conv2D(2, 3, name="conv")(x)
    x = k.BatchNormalization(name="bn")(x)
    x = k.Activation("relu", name="relu")(x)
    x = k.SpatialDropout2D(0.5)(x)
    x = k.AveragePooling2D(2)(x)
    x = k.UpSampling2D()(x)
    x = k.GlobalMaxPooling2D(keepdims=True)(x)
    model = keras.Model(inputs, k.Dense(2)(k.Flatten()(x)))
    assert [layer.name for layer in KerasNetwork(model).layers] == ["conv", "bn", "relu"]


def test_a_layer_that_runs_twice_stands_where_it_ran_last():
    shared = keras.layers.Conv2D(3, 3, padding="same", name="shared")
    inputs = keras.Input((8, 8, 3))
    x = shared(inputs)
    x = keras.layers.Conv2D(3, 3, padding="same", name="between")(x)
    x = keras.layers.GlobalAveragePooling2D()(shared(x))
    network = KerasNetwork(keras.Model(inputs, keras.layers.Dense(2)(x)))
    assert [layer.name for layer in network.layers] == ["between", "shared"]


def test_a_merge_of_branches_is_explainable():
    inputs = keras.Input((8, 8, 3))
    left = keras.layers.Conv2D(3, 3, padding="same", name="left")(inputs)
    x = keras.layers.Add(name="sum")([left, inputs])
    x = keras.layers.Dense(2)(keras.layers.GlobalAveragePooling2D()(x))
    network = KerasNetwork(keras.Model(inputs, x))
    assert [layer.name for layer in network.layers] == ["left", "sum"]


def test_the_default_is_the_last_layer_larger_than_1_by_1():
    layers = (Layer("a", "Conv2D", 4, 4, 8), Layer("b", "Conv2D", 1, 2, 8))
    point = Layer("c", "Conv2D", 1, 1, 8)
    assert last_layer((*layers, point)).name == "b"
    assert last_layer((point,)) is None
    assert last_layer(()) is None


def test_a_network_whose_last_map_is_1_by_1_is_explained_earlier(batch):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Conv2D(3, 5, strides=4, activation="relu", name="seen")(inputs)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="point")(x)
    model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Flatten()(x)))
    network = KerasNetwork(networks.seeded(model))
    assert bare(network.layers[-1]) == Layer("point", "Conv2D", 1, 1, 4, 112, (13, 13))
    result = gradcam.explain(network, batch, target=1)
    assert bare(result.layer) == Layer("seen", "Conv2D", 3, 3, 3, 228, (5, 5))
    expected = networks.grad_cam_by_hand(model, batch, "seen", 1)
    assert networks.relative(result.maps, expected) <= 1e-5
