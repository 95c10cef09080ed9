"""Values that lie in another order than in their file."""

import itertools

import numpy as np
import pytest

from gradcam.backends.graph.builder import GraphBuilder
from gradcam.backends.graph.channels_last import (
    BATCHES,
    Held,
    ShapeError,
    as_filed,
    batch_beside,
    channels_last_order,
    classes_last,
    reshaping,
)
from gradcam.backends.graph.graph import Output
from gradcam.backends.graph.model import GraphModel

RNG = np.random.default_rng(17)

SHAPES = (
    ((2, 6, 3, 5), (2, 2, 3, 3, 5)),  # channels in groups
    ((2, 2, 3, 3, 5), (2, 6, 3, 5)),
    ((2, 6, 3, 5), (2, 90)),  # flattened
    ((2, 6, 4, 4), (2, 6, 16)),  # tokens
    ((2, 6, 1, 1), (2, 6)),
    ((2, 6), (2, 6, 1, 1)),
    ((2, 4, 6, 5), (2, 2, 2, 3, 2, 5)),  # windows
    ((2, 2, 2, 3, 2, 5), (8, 6, 5)),
    ((1, 12), (1, 3, 1, 4)),
    ((2, 6, 1, 1), (12,)),
)


@pytest.mark.parametrize(("before", "after"), SHAPES)
def test_a_reshape_gives_the_numbers_of_the_file_however_they_lie(before, after):
    numbers = RNG.normal(size=before)
    for order in itertools.permutations(range(len(before))):
        way = reshaping(Held("x", before, order), after)
        lying = numbers.transpose(way.turn)
        made = lying.reshape([after[axis] for axis in way.order])
        back = made.transpose([way.order.index(axis) for axis in range(len(after))])
        assert np.array_equal(back, numbers.reshape(after)), order


@pytest.mark.parametrize(
    ("before", "order", "after"),
    [
        ((2, 6, 3, 5), channels_last_order(4), (2, 2, 3, 3, 5)),
        ((2, 6, 4, 4), channels_last_order(4), (2, 6, 16)),
        ((2, 6, 1, 1), channels_last_order(4), (2, 6)),
        ((2, 6), as_filed(2), (2, 6, 1, 1)),
    ],
)
def test_what_only_cuts_or_joins_neighbours_is_not_turned(before, order, after):
    way = reshaping(Held("x", before, order), after)

    assert way.turn == order


def test_the_batch_stays_first_where_it_is_counted_with_what_lies_behind():
    held = Held("x", (2, 4, 9, 5), (0, 2, 1, 3))  # heads behind tokens

    way = reshaping(held, (8, 9, 5))

    assert (way.turn, way.order) == ((0, 1, 2, 3), (0, 1, 2))


def test_a_channel_per_picture_lies_as_the_maps_it_is_multiplied_with():
    way = reshaping(Held("x", (2, 6), as_filed(2)), (2, 6, 1, 1))

    assert way.order == channels_last_order(4)


def test_a_transpose_of_the_file_moves_nothing():
    held = Held("x", (2, 6, 3, 5), channels_last_order(4))

    turned = held.transposed((0, 2, 3, 1))

    assert turned == Held("x", (2, 3, 5, 6), as_filed(4))
    assert turned.transposed((0, 3, 1, 2)) == held


def test_other_numbers_of_numbers_are_refused():
    with pytest.raises(ShapeError):
        reshaping(Held("x", (2, 6), as_filed(2)), (2, 7))


def test_no_size_of_the_file_is_taken_for_the_batch():
    assert batch_beside([3, 4001, 2 * 4003, 0]) == 4007
    with pytest.raises(ShapeError):
        batch_beside([2 * each for each in BATCHES])


def test_a_graph_that_was_traced_with_a_number_for_the_batch_runs_at_any():
    batch = BATCHES[0]
    builder = GraphBuilder((batch, 3, 4, 6), channels_last_order(4), batch)
    bias = RNG.normal(size=(3, 1, 1)).astype(np.float32)
    made = builder.combined("bias", "Add", lambda a, b: a + b, [builder.source, bias])
    flat = builder.reshaped(made, (batch, 72), "flat")
    graph = builder.graph([Output(flat.name)], (4, 6, 3))

    pictures = RNG.normal(size=(5, 3, 4, 6)).astype(np.float32)
    (given,) = GraphModel(graph)(pictures.transpose(0, 2, 3, 1))

    assert np.allclose(given, (pictures + bias).reshape(5, -1))
    assert [node.kind for node in graph.nodes] == ["Add", "Transpose", "Flatten"]


def test_a_constant_counted_with_the_batch_is_one_for_all():
    batch = BATCHES[0]
    builder = GraphBuilder((batch, 3, 4, 6), channels_last_order(4), batch)
    token = RNG.normal(size=(1, 1, 8))

    assert np.array_equal(builder.one_for_all(np.broadcast_to(token, (batch, 1, 8))), token)
    with pytest.raises(ShapeError):
        builder.one_for_all(np.arange(batch))


@pytest.mark.parametrize(
    ("shape", "order", "last"),
    [
        ((7, 3, 6, 8), (0, 2, 3, 1), False),  # a convolution's, as it made them
        ((7, 6, 8, 3), (0, 1, 2, 3), True),  # turned by the file
        ((7, 5, 5, 5), (0, 1, 2, 3), True),
        ((7, 3, 6, 8), (0, 1, 2, 3), False),  # laid out of a row: the picture is 12 by 16
        ((7, 3, 3, 5), (0, 1, 2, 3), True),  # neither has its proportions
    ],
)
def test_which_axis_of_a_grid_is_the_classes(shape, order, last):
    assert classes_last(Held("grid", shape, order), (12, 16)) is last
