"""Every back end with the same small network on it, and what it cannot do."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gradcam.abilities import OF_ANOMALY, Ability
from gradcam.backends.graph.graph import Graph, Node, Output
from gradcam.backends.graph.network import GraphNetwork
from gradcam.backends.graph.onnx_files.opening import OnnxReader
from gradcam.backends.graph.operators.convolution import convolution
from gradcam.backends.graph.operators.curves import curve
from gradcam.backends.graph.operators.dense import dense
from gradcam.backends.graph.operators.pooling import max_pooling
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.saved_model.opening import SavedModelReader
from gradcam.backends.graph.tensorflow_lite.opening import TensorFlowLiteReader
from gradcam.backends.graph.torch_export.opening import TorchExportReader
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.reader import OpeningOptions
from gradcam.network import Network
from tests.gradcam.backends.graph.onnx_files.files import saved, small_network, written
from tests.gradcam.backends.graph.saved_model.written import small
from tests.gradcam.backends.graph.tensorflow_lite.networks import small_file
from tests.gradcam.backends.graph.torch_export.exported import small_network as torch_exported
from tests.gradcam.backends.numpy_network import (
    COLOURS,
    FIRST,
    HEIGHT,
    LAST,
    SHAPES,
    WIDTH,
    NumpyNetwork,
    limited_to,
)

OF_PICTURES = frozenset(Ability) - OF_ANOMALY  # the others ask for another end, no back end


@dataclass(frozen=True)
class BackEnd:
    """A back end.

    Attributes:
        name: of it.
        make: the network of given weights, see `NumpyNetwork`.
        cannot: the abilities that it lacks.
        outputs_first: whether a dense kernel is stored as (units, units in).
    """

    name: str
    make: Callable[[dict], Network]
    cannot: frozenset = frozenset()
    outputs_first: bool = False


def drawn_weights(seed=7):
    """Weights with which no unit is dead and every class is said of some picture."""
    rng, weights = np.random.default_rng(seed), {}
    for path, (kernel, bias) in SHAPES.items():
        drawn = rng.normal(0, 2 * np.prod(kernel[:-1]) ** -0.5, kernel), rng.normal(0, 0.1, bias)
        weights[path] = tuple(each.astype(np.float32) for each in drawn)
    return weights


def drawn_pictures(count=4, seed=7):
    """Grain on a colour of its own, each."""
    rng = np.random.default_rng(seed)
    colours, grain = rng.uniform(-1, 1, (count, 1, 1, COLOURS)), (count, HEIGHT, WIDTH, COLOURS)
    return (colours + rng.uniform(-0.5, 0.5, grain)).astype(np.float32)


def keras_network(weights):
    import keras

    k = keras.layers
    inputs = keras.Input((HEIGHT, WIDTH, COLOURS))
    x = k.Conv2D(FIRST, 3, activation="relu", name="first")(inputs)
    x = k.MaxPooling2D(name="pool")(x)
    x = k.ReLU(name="relu")(k.Conv2D(LAST, 3, name="last")(x))
    x = k.Dense(3, activation="softmax", name="y_pred")(k.Flatten()(x))
    model = keras.Model(inputs, x)
    for path, both in weights.items():
        model.get_layer(path).set_weights(both)
    return KerasNetwork(model, "numpy", "numpy")


def graph_network(weights):
    import tensorflow as tf

    first, last, dense_ = (weights[path] for path in ("first", "last", "y_pred"))
    nodes = (
        convolution(
            "first", "picture", "b", first, SlidingWindow(first[0].shape[:2]), activation=tf.nn.relu
        ),
        max_pooling("pool", "b", "c", SlidingWindow((2, 2), (2, 2))),
        convolution("last", "c", "d", last, SlidingWindow(last[0].shape[:2])),
        curve("relu", "ReLU", "d", "e", tf.nn.relu),
        Node(
            "flatten",
            "Flatten",
            ("e",),
            ("f",),
            lambda given, _: tf.reshape(given[0], (-1, dense_[0].shape[0])),
        ),
        dense("y_pred", "f", "g", dense_),
        curve("softmax", "Softmax", "g", "h", tf.nn.softmax),
    )
    graph = Graph("picture", (HEIGHT, WIDTH, COLOURS), nodes, (Output("h"),))
    return GraphNetwork(graph, "numpy", "numpy")


def onnx_network(weights):
    nodes, constants = small_network(weights)
    model = written(nodes, constants, ["batch", COLOURS, HEIGHT, WIDTH])
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), model)
        return OnnxReader().open(path, "numpy", "numpy", OpeningOptions())


def saved_model_network(weights):
    with tempfile.TemporaryDirectory() as folder:
        path = small(Path(folder) / "small", weights)
        return SavedModelReader().open(path, "numpy", "numpy", OpeningOptions(fold=False))


def tensorflow_lite_network(weights):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "numpy"
        path.write_bytes(small_file(weights))
        return TensorFlowLiteReader().open(path, "numpy", "numpy", OpeningOptions())


def torch_export_network(weights):
    with tempfile.TemporaryDirectory() as folder:
        path = torch_exported(weights).write(Path(folder) / "small.pt2")
        return TorchExportReader().open(path, "numpy", "numpy", OpeningOptions())


BACK_ENDS = (
    BackEnd("keras", keras_network),
    BackEnd("graph", graph_network),
    BackEnd("onnx", onnx_network),
    BackEnd("SavedModel", saved_model_network),
    BackEnd("TensorFlow Lite", tensorflow_lite_network, outputs_first=True),
    BackEnd("torch.export", torch_export_network, outputs_first=True),
    BackEnd("numpy", NumpyNetwork, frozenset({Ability.STATISTICS})),
    BackEnd(
        "numpy without gradients",
        limited_to(Ability.ACTIVATIONS),
        OF_PICTURES - {Ability.PREDICTIONS, Ability.ACTIVATIONS},
    ),
    BackEnd("numpy that only predicts", limited_to(), OF_PICTURES - {Ability.PREDICTIONS}),
)
