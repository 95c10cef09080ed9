"""A network line by line: against Keras' own counts, published figures and sums on paper."""

import keras
import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from gradcam.summary import Cost, Family, Line, Summary
from tests.gradcam import networks

k = keras.layers
# Multiply-adds and parameters in millions as their authors publish them: MobileNet, table 4 of
# 1704.04861; MobileNetV2, table 4 of 1801.04381; MobileNetV3-Small, table 3 of 1905.02244.
PUBLISHED = {
    "MobileNet": (569, 4.2),
    "MobileNetV2": (300, 3.4),
    "MobileNetV3Small": (56, 2.5),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_known_networks_have_their_published_size_within_a_few_per_cent(name):
    model = getattr(keras.applications, name)(weights=None)
    summary = KerasNetwork(model).summary
    multiply_adds, parameters = PUBLISHED[name]
    assert summary.cost.multiply_adds / 1e6 == pytest.approx(multiply_adds, rel=0.015)
    assert summary.parameters / 1e6 == pytest.approx(parameters, rel=0.045)  # V2 has 3.54
    assert summary.parameters == model.count_params()
    assert summary.trainable == sum(np.prod(w.shape) for w in model.trainable_weights)
    assert summary.size == 4 * summary.parameters
    assert summary.uncounted == ()


def test_lines_tell_what_keras_tells_of_each_layer():
    model = networks.nested_twice(keras)
    summary = KerasNetwork(model).summary
    assert [(line.path, line.kind, line.shapes, line.parameters) for line in summary.lines] == [
        ("front/base/stem", "Conv2D", ((None, 8, 8, 4),), 108),
        ("front/base/stem_bn", "BatchNormalization", ((None, 8, 8, 4),), 16),
        ("front/base/stem_relu", "ReLU", ((None, 8, 8, 4),), 0),
        ("front/base/depthwise", "DepthwiseConv2D", ((None, 8, 8, 4),), 36),
        ("front/base/depthwise_bn", "BatchNormalization", ((None, 8, 8, 4),), 16),
        ("front/base/depthwise_relu", "ReLU", ((None, 8, 8, 4),), 0),
        ("front/base/pointwise", "Conv2D", ((None, 8, 8, 6),), 24),
        ("front/base/pointwise_bn", "BatchNormalization", ((None, 8, 8, 6),), 24),
        ("front/base/pointwise_relu", "ReLU", ((None, 8, 8, 6),), 0),
        (summary.lines[9].path, "GlobalAveragePooling2D", ((None, 6),), 0),
        ("back/hidden", "Dense", ((None, 5),), 35),
        ("back/y_pred", "Dense", ((None, 3),), 18),
    ]
    assert summary.lines[9].path.startswith("front/")
    assert summary.picture == (networks.SIZE, networks.SIZE, 3)
    assert summary.parameters == model.count_params()
    assert summary.parameters - summary.trainable == 2 * (4 + 4 + 6)  # moving mean and variance


def test_receptive_fields_are_those_of_the_explainable_layers(mobile_network):
    lines = {line.path: line for line in mobile_network.summary.lines}
    for layer in mobile_network.layers:
        assert lines[layer.name].receptive_field == layer.receptive_field
    assert lines["y_pred"].receptive_field == (networks.SIZE, networks.SIZE)


def test_layers_have_a_family_by_their_work():
    found = {line.path: line.family for line in KerasNetwork(networks.mobile(keras)).summary.lines}
    assert (found["stem"], found["depthwise"]) == (Family.CONVOLUTION, Family.DEPTHWISE)
    assert (found["stem_bn"], found["y_pred"]) == (Family.NORMALISATION, Family.DENSE)
    assert found["stem_relu"] is Family.OTHER
    blocks = KerasNetwork(networks.nested_once(keras)).summary.blocks
    assert {b.family for b in blocks if b.name == "depthwise"} == {Family.DEPTHWISE}


def test_a_frozen_layer_is_not_trainable():
    model = networks.flat(keras)
    model.get_layer("last").trainable = False
    summary = KerasNetwork(model).summary
    assert summary.parameters - summary.trainable == 4 * 9 * 5 + 5


def test_half_precision_takes_half_the_bytes():
    inputs = keras.Input((8, 8, 3))
    x = k.Conv2D(4, 3, dtype="float16", name="half")(inputs)
    model = keras.Model(inputs, k.Dense(2, name="full")(k.Flatten()(x)))
    lines = {line.path: line for line in KerasNetwork(model).summary.lines}
    assert lines["half"].size == 2 * 112
    assert lines["full"].size == 4 * (144 * 2 + 2)


def test_a_layer_that_runs_twice_works_twice_and_has_its_weights_once():
    inputs = keras.Input((8, 8, 3))
    shared = k.Conv2D(3, 3, padding="same", use_bias=False, name="shared")
    model = keras.Model(inputs, k.Dense(2)(k.Flatten()(shared(shared(inputs)))))
    summary = KerasNetwork(model).summary
    (line,) = [line for line in summary.lines if line.path == "shared"]
    assert (line.runs, line.parameters, line.cost) == (2, 81, Cost(2 * 64 * 81))
    assert line.receptive_field == (5, 5)
    assert summary.parameters == model.count_params()


def test_a_layer_of_two_nested_networks_is_counted_once():
    inputs = keras.Input((8, 8, 3))
    shared = k.Conv2D(3, 3, padding="same", use_bias=False, name="shared")
    first = keras.Sequential([keras.Input((8, 8, 3)), shared], name="first")
    second = keras.Sequential([keras.Input((8, 8, 3)), shared, k.ReLU()], name="second")
    model = keras.Model(inputs, k.Dense(2)(k.Flatten()(second(first(inputs)))))
    summary = KerasNetwork(model).summary
    assert summary.parameters == model.count_params() == 81 + 2 * 192 + 2
    assert summary.cost.multiply_adds == 2 * 64 * 81 + 384


def line(path, kind="Conv2D", parameters=0, multiply_adds=0):
    return Line(path, kind, (), parameters, 0, 0, Cost(multiply_adds), None)


def test_blocks_are_nested_networks_and_layers_named_alike():
    lines = (
        line("base/stem", parameters=5),
        line("base/block_1_expand", parameters=10, multiply_adds=100),
        line("base/block_1_relu", "ReLU"),
        line("base/block_1_project", "DepthwiseConv2D", parameters=20, multiply_adds=200),
        line("base/block_2_expand", parameters=40),
        line("conv_1", parameters=1),
        line("y_pred", "Dense", parameters=7, multiply_adds=3),
    )
    found = Summary(lines, (8, 8, 3)).blocks
    assert [
        (b.path, b.parent, b.name, b.kind, b.parameters, b.multiply_adds) for b in found
    ] == [
        ("", None, "", "", 83, 303),
        ("base", "", "base", "", 75, 300),
        ("base/stem", "base", "stem", "Conv2D", 5, 0),
        ("base/block_1_…", "base", "block_1_…", "", 30, 300),
        ("base/block_1_expand", "base/block_1_…", "block_1_expand", "Conv2D", 10, 100),
        ("base/block_1_project", "base/block_1_…", "block_1_project", "DepthwiseConv2D", 20, 200),
        ("base/block_2_expand", "base", "block_2_expand", "Conv2D", 40, 0),  # alone: no block
        ("conv_1", "", "conv_1", "Conv2D", 1, 0),
        ("y_pred", "", "y_pred", "Dense", 7, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "block"),
    [
        (("conv2_block1_1_conv", "conv2_block1_2_conv"), "conv2_…"),
        (("block1a_dwconv", "block1a_bn"), "block1a_…"),
        (("conv2d_3_conv", "conv2d_3_bn"), "conv2d_3_…"),
        (("conv2d_1", "conv2d_2"), None),  # Keras numbers what nobody named
        (("stem_conv", "stem_bn"), None),
    ],
)
def test_layers_are_a_block_where_their_names_say_its_number(names, block):
    lines = tuple(line(name, parameters=1) for name in names)
    parents = {b.parent for b in Summary(lines, (8, 8, 3)).blocks if b.kind}
    assert parents == {block or ""}


def test_blocks_add_up_on_every_floor():
    found = KerasNetwork(networks.nested_twice(keras)).summary.blocks
    for block in found:
        inside = [b for b in found if b.parent == block.path]
        if inside:
            assert block.parameters == sum(b.parameters for b in inside)
            assert block.multiply_adds == sum(b.multiply_adds for b in inside)
    assert {"front", "front/base", "back"} <= {b.path for b in found}


def test_of_a_network_that_takes_any_size_the_size_is_told():
    inputs = keras.Input((None, None, 3))
    x = k.GlobalAveragePooling2D()(k.Conv2D(4, 1, use_bias=False)(inputs))
    summary = KerasNetwork(keras.Model(inputs, k.Dense(2)(x))).summary
    assert summary.picture == (224, 224, 3)
    assert summary.cost.multiply_adds == 224 * 224 * 12 + 8
