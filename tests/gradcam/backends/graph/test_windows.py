"""Convolution and pooling of graphs: against plain loops, and against Keras' own layers."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf

from gradcam.backends.graph.graph import Graph, Output
from gradcam.backends.graph.model import GraphModel
from gradcam.backends.graph.network import GraphNetwork
from gradcam.backends.graph.operators.convolution import convolution
from gradcam.backends.graph.operators.curves import curve
from gradcam.backends.graph.operators.dense import dense
from gradcam.backends.graph.operators.pooling import (
    average_pooling,
    global_average_pooling,
    max_pooling,
)
from gradcam.backends.graph.operators.window import SlidingWindow

RNG = np.random.default_rng(3)
MAPS = RNG.normal(size=(2, 9, 11, 4)).astype(np.float32)
MARGINS = ((2, 1), (0, 1))
WINDOWS = [
    SlidingWindow((3, 2)),
    SlidingWindow((3, 2), strides=(2, 1)),
    SlidingWindow((3, 2), margins=MARGINS),
    SlidingWindow((3, 2), strides=(1, 3), margins=MARGINS),
    SlidingWindow((2, 3), dilations=(2, 1), margins=MARGINS),
    SlidingWindow((3, 2), margins=((1, 1), (0, 1))),
    SlidingWindow((3, 3), margins=None),
    SlidingWindow((3, 2), strides=(2, 3), margins=None),
]


def run(node, maps=MAPS):
    graph = Graph("x", maps.shape[1:], (node,), (Output("y"),))
    (made,) = GraphModel(graph)(tf.constant(maps))
    return made.numpy()


def margins_of(window, sides):
    if window.margins is not None:
        return window.margins
    both = []
    for axis in range(2):
        stride, reach = window.strides[axis], (window.size[axis] - 1) * window.dilations[axis] + 1
        total = max((-(-sides[axis] // stride) - 1) * stride + reach - sides[axis], 0)
        both.append((total // 2, total - total // 2))
    return tuple(both)


def seen(window, maps, value):
    """What a window sees at each of its places: (N, h, w, rows, columns, C)."""
    margins = margins_of(window, maps.shape[1:3])
    wide = np.pad(maps.astype(np.float64), ((0, 0), *margins, (0, 0)), constant_values=value)
    (rows, columns), (down, right) = window.size, window.dilations
    reach = (rows - 1) * down + 1, (columns - 1) * right + 1
    places = [
        range(0, wide.shape[axis + 1] - reach[axis] + 1, window.strides[axis]) for axis in range(2)
    ]
    made = np.empty((len(maps), *map(len, places), rows, columns, maps.shape[-1]))
    for (i, top), (j, left) in itertools.product(*map(enumerate, places)):
        made[:, i, j] = wide[:, top : top + reach[0] : down, left : left + reach[1] : right]
    return made


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_convolution_sums_what_its_window_sees(window, groups):
    kernel = RNG.normal(size=(*window.size, 4 // groups, 8)).astype(np.float32)
    bias = RNG.normal(size=8).astype(np.float32)
    made = run(convolution("c", "x", "y", (kernel, bias), window, groups=groups))
    parts = [
        np.einsum("nhwrcd,rcdf->nhwf", part, of_part)
        for part, of_part in zip(
            np.split(seen(window, MAPS, 0.0), groups, axis=-1),
            np.split(kernel.astype(np.float64), groups, axis=-1),
            strict=True,
        )
    ]
    np.testing.assert_allclose(made, np.concatenate(parts, axis=-1) + bias, atol=1e-5)


@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_a_convolution_has_the_gradient_of_what_is_linear(window, groups):
    kernel = tf.constant(RNG.normal(size=(*window.size, 4 // groups, 8)).astype(np.float32))
    node = convolution("c", "x", "y", (kernel.numpy(),), window, groups=groups)

    @tf.function
    def rise(maps, weights):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            explained = tf.reduce_sum(weights * node.compute([maps], [kernel]))
        return tape.gradient(explained, maps)

    others = RNG.normal(size=MAPS.shape)
    made = run(node, others.astype(np.float32))
    weights = RNG.normal(size=made.shape).astype(np.float32)
    shape = (None, *MAPS.shape[1:])
    traced = rise.get_concrete_function(
        tf.TensorSpec(shape), tf.TensorSpec((None, *made.shape[1:]))
    )
    rises = traced(tf.constant(MAPS), tf.constant(weights)).numpy()
    np.testing.assert_allclose((rises * others).sum(), (weights * made).sum(), rtol=1e-4)


def test_margins_of_a_depthwise_convolution_survive_what_tensorflow_makes_of_a_trace():
    window = SlidingWindow((3, 3), strides=(2, 2), margins=((1, 1), (1, 1)))
    kernel, bias = np.ones((3, 3, 1, 4), np.float32), np.ones(4, np.float32)
    node = convolution("c", "x", "y", (kernel, bias), window, groups=4)

    @tf.function
    def rises(maps):
        with tf.GradientTape() as tape:
            tape.watch(maps)
            made = tf.nn.relu(node.compute([maps], [tf.constant(kernel), tf.constant(bias)]))
        return tape.gradient(made, maps)

    traced = rises.get_concrete_function(tf.TensorSpec((None, *MAPS.shape[1:])))
    cells_that_see = np.outer([1, 2] * 4 + [1], [1, 2] * 5 + [1])
    np.testing.assert_array_equal(
        traced(tf.constant(np.abs(MAPS))).numpy()[0, ..., 0], cells_that_see
    )


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_how_many_cells_a_window_makes_is_known_before_it_runs(window):
    made = run(convolution("y", "x", "y", [np.zeros((*window.size, 4, 1), np.float32)], window))
    assert window.cells(MAPS.shape[1:3]) == made.shape[1:3]
    assert window.cells((None, 11)) == (None, made.shape[2])


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_the_largest_in_a_window_is_never_of_a_margin(window):
    maps = MAPS - 10  # all below 0
    made = run(max_pooling("p", "x", "y", window), maps)
    np.testing.assert_allclose(made, seen(window, maps, -np.inf).max(axis=(3, 4)), rtol=1e-6)


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("window", [w for w in WINDOWS if w.dilations == (1, 1)], ids=str)
def test_the_mean_of_a_window_counts_margins_or_not(window, counts):
    counts = counts and window.margins is not None  # TensorFlow's own never count
    made = run(average_pooling("p", "x", "y", window, counts_margins=counts))
    numbers = seen(window, MAPS, 0.0 if counts else np.nan)
    np.testing.assert_allclose(made, np.nanmean(numbers, axis=(3, 4)), atol=1e-6)


def test_a_whole_maps_mean_may_keep_its_sides():
    mean = MAPS.mean(axis=(1, 2))
    np.testing.assert_allclose(run(global_average_pooling("p", "x", "y")), mean, atol=1e-6)
    kept = run(global_average_pooling("p", "x", "y", keeps_sides=True))
    np.testing.assert_allclose(kept, mean[:, None, None], atol=1e-6)


def test_what_a_cell_sees_begins_in_the_margin():
    """A window of 3 × 3 with one row and column around: a corner sees 2 × 2 of the picture."""
    kernel = np.ones((3, 3, 4, 5), np.float32)
    around = ((1, 1), (1, 1))
    nodes = (
        convolution(
            "a", "x", "b", (kernel,), SlidingWindow((3, 3), strides=(9, 11), margins=around)
        ),
        global_average_pooling("mean", "b", "c"),
        dense("d", "c", "e", (np.eye(5, 3, dtype=np.float32),)),
        curve("s", "Softmax", "e", "f", tf.nn.softmax),
    )
    wide = GraphNetwork(Graph("x", (9, 11, 4), nodes, (Output("f"),)))
    line = next(each for each in wide.summary.lines if each.path == "a")
    assert (line.receptive_field, line.shapes) == ((2, 2), ((None, 1, 1, 5),))


def test_what_is_counted_is_what_keras_counts():
    """Multiply-adds, parameters and receptive fields of the same layers."""
    k = keras.layers
    x = given = keras.Input((9, 11, 4))
    x = k.Conv2D(6, 3, padding="same", activation="relu", name="a")(x)
    x = k.DepthwiseConv2D(3, strides=2, padding="same", name="b")(x)
    x = k.AveragePooling2D(2, name="c")(x)
    x = k.Dense(3, activation="softmax", name="e")(k.GlobalAveragePooling2D(name="d")(x))
    model = keras.Model(given, x)
    a, b, e = (model.get_layer(name).get_weights() for name in "abe")
    nodes = (
        convolution("a", "x", "1", a, SlidingWindow((3, 3), margins=None), activation=tf.nn.relu),
        convolution(
            "b", "1", "2", [b[0].reshape(3, 3, 1, 6), b[1]],
            SlidingWindow((3, 3), (2, 2), margins=None), groups=6,
        ),
        average_pooling("c", "2", "3", SlidingWindow((2, 2), (2, 2))),
        global_average_pooling("d", "3", "4"),
        dense("e", "4", "5", e),
        curve("s", "Softmax", "5", "6", tf.nn.softmax),
    )  # fmt: skip
    from gradcam.backends.keras.network import KerasNetwork

    ours = GraphNetwork(Graph("x", (9, 11, 4), nodes, (Output("6"),)))
    theirs = KerasNetwork(model)
    told = {line.path: line for line in ours.summary.lines}
    for line in theirs.summary.lines:
        if line.path in told and line.path != "e":  # whose softmax is another node
            mine = told[line.path]
            assert (mine.kind, mine.shapes, mine.parameters, mine.cost, mine.receptive_field) == (
                line.kind, line.shapes, line.parameters, line.cost, line.receptive_field,
            )  # fmt: skip
    np.testing.assert_allclose(ours.predict(MAPS), theirs.predict(MAPS), atol=1e-6)
    assert [layer.name for layer in ours.layers] == [layer.name for layer in theirs.layers]
