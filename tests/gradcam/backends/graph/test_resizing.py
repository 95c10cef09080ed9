"""Maps of graphs made larger and smaller, and reduced: against plain arithmetic."""

import numpy as np
import pytest
import tensorflow as tf

from gradcam.backends.graph.graph import Graph, Output
from gradcam.backends.graph.model import GraphModel
from gradcam.backends.graph.operators.reducing import mean, reduction
from gradcam.backends.graph.operators.resizing import Sampled, resize

RNG = np.random.default_rng(4)
MAPS = RNG.normal(size=(2, 4, 5, 3)).astype(np.float32)
LOOKED_UP = {
    Sampled.CENTRES: lambda place, old, new: (place + 0.5) * old / new - 0.5,
    Sampled.EDGES: lambda place, old, new: place * old / new,
    Sampled.CORNERS: lambda place, old, new: place * (old - 1) / (new - 1),
}


def run(node):
    graph = Graph("x", MAPS.shape[1:], (node,), (Output("y"),))
    (made,) = GraphModel(graph)(tf.constant(MAPS))
    return made.numpy()


def between(maps, axis, new, sampled):
    """Numbers between the cells of an axis, the outermost ones going on beyond it."""
    old = maps.shape[axis]
    places = np.clip([LOOKED_UP[sampled](place, old, new) for place in range(new)], 0, old - 1)
    low = np.floor(places).astype(int)
    share = np.expand_dims(places - low, [x for x in range(maps.ndim) if x != axis])
    high = np.minimum(low + 1, old - 1)
    return np.take(maps, low, axis) * (1 - share) + np.take(maps, high, axis) * share


@pytest.mark.parametrize("sampled", Sampled)
@pytest.mark.parametrize("size", [(8, 11), (3, 2)])
def test_a_smooth_map_is_looked_up_between_its_cells(sampled, size):
    wanted = between(between(MAPS.astype(np.float64), 1, size[0], sampled), 2, size[1], sampled)
    made = run(resize("resize", "x", "y", size, sampled, smooth=True))
    np.testing.assert_allclose(made, wanted, atol=1e-5)


def test_a_map_of_twice_the_size_has_each_cell_twice():
    made = run(resize("resize", "x", "y", (8, 10), Sampled.CENTRES, smooth=False))
    np.testing.assert_array_equal(made, MAPS.repeat(2, axis=1).repeat(2, axis=2))


@pytest.mark.parametrize(
    ("kind", "function", "own"),
    [("Sum", tf.reduce_sum, np.sum), ("Max", tf.reduce_max, np.max)],
)
@pytest.mark.parametrize("axes", [(1, 2), (3,), (2, 3)])
def test_a_reduction_goes_along_its_axes(kind, function, own, axes):
    made = run(reduction("all", kind, "x", "y", axes, function))
    np.testing.assert_allclose(made, own(MAPS, axis=axes), rtol=1e-5)


def test_the_mean_of_a_whole_map_is_global_pooling():
    both = mean("m", "x", "y", (-2, -3), 4), mean("m", "x", "y", (1,), 4, keeps_axes=True)
    assert [node.kind for node in both] == ["GlobalAveragePooling2D", "Mean"]
    np.testing.assert_allclose(run(both[0]), MAPS.mean((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(run(both[1]), MAPS.mean(1, keepdims=True), rtol=1e-5)
