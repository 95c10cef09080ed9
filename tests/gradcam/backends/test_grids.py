"""A grid of cells is explained alike in every format: its targets, its default, its fields."""

from pathlib import Path

import numpy as np
import pytest

import gradcam
from gradcam import Target
from gradcam.backends.graph.onnx_files.opening import OnnxReader
from gradcam.backends.graph.saved_model.opening import SavedModelReader
from gradcam.backends.graph.tensorflow_lite.opening import TensorFlowLiteReader
from gradcam.backends.graph.torch_export.opening import TorchExportReader
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.reader import OpeningOptions
from gradcam.predicted import predicted_targets, predicted_weights
from tests.gradcam.backends.graph.onnx_files.files import saved, written
from tests.gradcam.backends.graph.saved_model.written import written_module
from tests.gradcam.backends.graph.torch_export.exported import Exported

HEIGHT, WIDTH = 12, 16
ROWS, COLUMNS, CLASSES = 5, 7, 3
SHAPES = {"finer": (3, 3, 3, 4), "coarse": (1, 1, 4, 5), "cells": (1, 1, 5, CLASSES)}


def drawn_weights():
    rng = np.random.default_rng(5)
    return {
        name: (
            rng.normal(0, 2 * np.prod(shape[:3]) ** -0.5, shape).astype(np.float32),
            rng.normal(0, 0.1, shape[3]).astype(np.float32),
        )
        for name, shape in SHAPES.items()
    }


WEIGHTS = drawn_weights()


def keras_model():
    import keras

    k = keras.layers
    inputs = keras.Input((HEIGHT, WIDTH, 3))
    x = k.MaxPooling2D()(k.Conv2D(4, 3, activation="relu", name="finer")(inputs))
    x = k.Conv2D(5, 1, activation="relu", name="coarse")(x)
    model = keras.Model(inputs, k.Softmax()(k.Conv2D(CLASSES, 1, name="cells")(x)))
    for name, both in WEIGHTS.items():
        model.get_layer(name).set_weights(both)
    return model


def keras_network(_folder):
    return KerasNetwork(keras_model(), "grid", "grid")


def lite_network(folder):
    import tensorflow as tf

    path = folder / "grid.tflite"
    path.write_bytes(tf.lite.TFLiteConverter.from_keras_model(keras_model()).convert())
    return TensorFlowLiteReader().open(path, "grid", "grid", OpeningOptions())


def saved_model_network(folder):
    import tensorflow as tf

    def run(picture, *arrays):
        x = picture
        for name, kernel, bias in zip(SHAPES, arrays[::2], arrays[1::2], strict=True):
            with tf.name_scope(name):
                x = tf.nn.bias_add(tf.nn.conv2d(x, kernel, 1, "VALID"), bias)
                x = x if name == "cells" else tf.nn.relu(x)
            if name == "finer":
                x = tf.nn.max_pool2d(x, 2, 2, "VALID", name="pool")
        return tf.nn.softmax(x)

    arrays = [each for name in SHAPES for each in WEIGHTS[name]]
    path = written_module(folder / "grid", run, *arrays, shape=(None, HEIGHT, WIDTH, 3))
    return SavedModelReader().open(path, "grid", "grid", OpeningOptions())


def onnx_network(folder):
    from onnx import helper

    constants, nodes, x = {}, [], "picture"
    for name in SHAPES:
        kernel, bias = WEIGHTS[name]
        constants |= {f"{name}.w": kernel.transpose(3, 2, 0, 1), f"{name}.b": bias}
        made = f"/{name}/Conv_output_0"
        nodes.append(helper.make_node("Conv", [x, f"{name}.w", f"{name}.b"], [made]))
        x = made
        if name != "cells":
            x = f"/{name}/Relu_output_0"
            nodes.append(helper.make_node("Relu", [made], [x]))
        if name == "finer":
            pooled = {"kernel_shape": [2, 2], "strides": [2, 2]}
            nodes.append(helper.make_node("MaxPool", [x], ["pooled"], **pooled))
            x = "pooled"
    nodes += [
        helper.make_node("Transpose", [x], ["turned"], perm=[0, 2, 3, 1]),
        helper.make_node("Softmax", ["turned"], ["output"], axis=-1),
    ]
    model = written(nodes, constants, ["batch", 3, HEIGHT, WIDTH])
    return OnnxReader().open(saved(folder, model), "grid", "grid", OpeningOptions())


def as_torch_ends(net, x):
    return net.call("softmax.int", module="softmax", self=x, dim=1)  # as torch has channels


def torch_network(folder, ends=as_torch_ends):
    net = Exported(HEIGHT, WIDTH, 3)
    x = net.call("permute.default", self=net.picture, dims=[0, 3, 1, 2])
    for name in SHAPES:
        kernel, bias = WEIGHTS[name]
        weight = net.weight(f"{name}.weight", np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)))
        x = net.call("conv2d.default", module=name, input=x, weight=weight,
                     bias=net.weight(f"{name}.bias", bias))  # fmt: skip
        if name != "cells":
            x = net.call("relu.default", module=name, self=x)
        if name == "finer":
            x = net.call("max_pool2d.default", module="pool", self=x, kernel_size=[2, 2],
                         stride=[2, 2])  # fmt: skip
    net.give(ends(net, x))
    path = net.write(folder / "grid.pt2")
    return TorchExportReader().open(path, "grid", "grid", OpeningOptions())


def turned_torch_network(folder):
    """Its cells turned to (rows, columns, classes) by the file."""

    def ends(net, x):
        x = net.call("permute.default", self=x, dims=[0, 2, 3, 1])
        return net.call("softmax.int", module="softmax", self=x, dim=-1)

    return torch_network(folder, ends)


MAKERS = {
    "keras": keras_network,
    "TensorFlow Lite": lite_network,
    "SavedModel": saved_model_network,
    "onnx": onnx_network,
    "torch.export": torch_network,
    "torch.export, turned": turned_torch_network,
}


@pytest.fixture(scope="module", params=MAKERS)
def network(request, tmp_path_factory):
    return MAKERS[request.param](Path(tmp_path_factory.mktemp("grids")))


@pytest.fixture(scope="module")
def reference():
    return KerasNetwork(keras_model(), "grid", "grid")


@pytest.fixture(scope="module")
def batch():
    drawn = np.random.default_rng(2).uniform(-1, 1, (6, HEIGHT, WIDTH, 3))
    return drawn.astype(np.float32)


def finer(network):
    """Its layer of twice the sides, whatever it is called there."""
    layer = network.default_layer
    assert (layer.height, layer.width) == (2 * ROWS, 2 * COLUMNS)
    return layer.name


def test_its_head_is_a_grid_and_its_default_is_a_finer_layer(network):
    (head,) = network.heads
    assert (head.grid, head.classes) == ((ROWS, COLUMNS), CLASSES)
    usual = gradcam.usual(network)
    assert usual.layer.name == finer(network)
    assert usual.method.name == "hires-cam"
    assert network.last_layer.height == ROWS


def test_what_it_says_itself_is_explained_inside_its_run(network, reference, batch):
    outputs = network.predict(batch)
    said = predicted_targets(network, outputs)
    assert said == predicted_targets(reference, reference.predict(batch))
    assert len({len(each.cells) for each in said}) > 1
    own = gradcam.capture(network, batch)
    named = gradcam.capture(network, batch, target=said)
    np.testing.assert_allclose(own.gradients, named.gradients, atol=1e-7)
    weights = predicted_weights(network.heads, outputs)
    zeros = np.zeros_like(outputs)
    made = network.captures(batch, (finer(network),), zeros, np.ones(len(batch), bool))
    told = network.captures(batch, (finer(network),), weights, np.zeros(len(batch), bool))
    np.testing.assert_allclose(
        made[finer(network)].gradients, told[finer(network)].gradients, atol=1e-7
    )


@pytest.mark.parametrize(
    "target",
    [
        Target.for_cell(1, 2, 3),
        Target.for_cell(0, 4, 6, against=2),
        Target.for_cells(2, [(0, 0), (3, 5)]),
        Target.for_cells(1, [(1, 1), (1, 2)], against=0),
        Target.for_cells(2),
    ],
    ids=repr,
)
def test_every_target_of_cells_has_the_same_maps_and_numbers(network, reference, batch, target):
    made = gradcam.explain(network, batch, None, target, "hires-cam").maps
    expected = gradcam.explain(reference, batch, None, target, "hires-cam").maps
    np.testing.assert_allclose(made, expected, atol=1e-4 * np.abs(expected).max())
    np.testing.assert_allclose(
        gradcam.target_values(network, network.predict(batch), target),
        gradcam.target_values(reference, reference.predict(batch), target),
        atol=1e-5,
    )


def test_a_cell_sees_the_same_part_of_the_input(network):
    # = a window of 2 by 2 of a 3 by 3 convolution, every second pixel
    assert network.receptive_field(2, 3) == gradcam.Box(6, 4, 4, 4)
    assert network.receptive_field(2, 3, finer(network)) == gradcam.Box(3, 2, 3, 3)
