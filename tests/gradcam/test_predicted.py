"""What a network says itself: one rule, whether numpy asks or a run of TensorFlow does."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from gradcam import Target
from gradcam.head import Head, Squash
from gradcam.predicted import predicted_targets, predicted_weights
from gradcam.targets import target_weights

SOFTMAX, LOG_SOFTMAX, SIGMOID, LINEAR = Squash
HEADS = {
    "softmax": [Head(SOFTMAX, 3)],
    "logits": [Head(LINEAR, 3)],
    "logarithms": [Head(LOG_SOFTMAX, 3)],
    "sigmoids": [Head(SIGMOID, 3)],
    "one_sigmoid": [Head(SIGMOID, 1)],
    "one_value": [Head(LINEAR, 1)],
    "softmax_and_value": [Head(SOFTMAX, 3), Head(LINEAR, 1)],
    "sigmoid_and_value": [Head(SIGMOID, 1), Head(LINEAR, 1)],
    "value_and_softmax": [Head(LINEAR, 1), Head(SOFTMAX, 3)],
    "grid": [Head(SOFTMAX, 24, (2, 4))],
    "grid_of_logits": [Head(LINEAR, 24, (2, 4))],
    "grid_of_one_class": [Head(SIGMOID, 8, (2, 4))],
    "one_cell_of_one_class": [Head(SIGMOID, 1, (1, 1))],
    "grid_and_value": [Head(LINEAR, 24, (2, 4)), Head(LINEAR, 1)],
}


def network_of(heads):
    return SimpleNamespace(name="n", heads=heads, units=sum(head.units for head in heads))


def in_a_run(heads, outputs):
    """As a trace asks: inside TensorFlow's graph, for a batch of any size."""

    @tf.function(autograph=False)
    def run(outputs):
        return predicted_weights(heads, outputs, tf.experimental.numpy)

    shape = tf.TensorSpec((None, outputs.shape[1]), tf.float32)
    return run.get_concrete_function(shape)(outputs).numpy()


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("seed", range(3))
def test_targets_and_weights_say_the_same_everywhere(name, seed):
    heads = HEADS[name]
    network = network_of(heads)
    outputs = np.random.default_rng(seed).uniform(0, 1, (40, network.units)).astype(np.float32)
    targets = predicted_targets(network, outputs)
    expected = np.stack([target_weights(network, target) for target in targets])
    weights = predicted_weights(heads, outputs)
    np.testing.assert_allclose(weights, expected, rtol=1e-6)
    assert weights.dtype == np.float32
    found = in_a_run(heads, outputs)
    np.testing.assert_array_equal(found, weights)
    assert found.dtype == np.float32


def test_what_is_said_by_hand():
    def said(name, *outputs):
        return predicted_targets(network_of(HEADS[name]), np.array([outputs], np.float32))

    assert said("softmax", 0.2, 0.5, 0.3) == [Target.for_class(1)]
    assert said("softmax", 0.4, 0.4, 0.2) == [Target.for_class(0)]  # of equals the first
    assert said("one_sigmoid", 0.5) == [Target.for_class(1)]
    assert said("one_sigmoid", 0.49) == [Target.for_class(0)]
    assert said("one_value", -3.0) == [Target.for_output(0)]
    assert said("sigmoid_and_value", 0.2, 9.0) == [Target.for_output(0, lowers=True)]
    assert said("one_cell_of_one_class", 0.1) == [Target.for_cell(0, 0, 0)]


BACKGROUND = (0.8, 0.1, 0.1)


def test_of_a_grid_the_cells_that_say_so_are_summed():
    def said(name, cells):
        heads = HEADS[name]
        outputs = np.array([np.ravel(cells)], np.float32)
        (target,) = predicted_targets(network_of(heads), outputs)
        for weights in (predicted_weights(heads, outputs), in_a_run(heads, outputs)):
            np.testing.assert_array_equal(weights[0], target_weights(network_of(heads), target))
        return target

    cells = np.tile(np.array(BACKGROUND, np.float32), (2, 4, 1))
    cells[0, 1], cells[1, 1], cells[1, 3] = (0.1, 0.2, 0.7), (0.3, 0.3, 0.4), (0.2, 0.7, 0.1)
    cells[1, 3, 1] = 0.65
    assert said("grid", cells) == Target.for_cells(2, [(0, 1), (1, 1)])
    cells[1, 3, 1] = 0.75  # now the other class has the highest score of all
    assert said("grid", cells) == Target.for_cell(1, 1, 3)
    cells[:] = BACKGROUND  # no cell says anything: the best one is meant, of equals the first
    cells[1, 2] = (0.6, 0.1, 0.3)
    assert said("grid", cells) == Target.for_cell(2, 1, 2)
    one = np.full((2, 4), 0.2, np.float32)
    one[0, 2], one[1, 0], one[1, 3] = 0.5, 0.49, 0.9
    assert said("grid_of_one_class", one) == Target.for_cells(0, [(0, 2), (1, 3)])
    one[:] = 0.2
    one[1, 1] = 0.3
    assert said("grid_of_one_class", one) == Target.for_cell(0, 1, 1)


@pytest.mark.parametrize(("over", "index"), [(0.0, 1), (5e-4, 1), (5e-3, 2), (-5e-3, 2)])
def test_shares_of_a_softmax_that_is_no_layer_are_told_by_their_sum(over, index):
    """Class 1 has the largest share, but the softmax of these numbers is larger for class 2."""
    heads = [Head(LINEAR, 6, (1, 2))]
    outputs = np.array([[0.5, 0.5, 0.0, 0.26 + over, 0.25, 0.49]], np.float32)
    target = Target.for_cell(index, 0, index - 1)
    assert predicted_targets(network_of(heads), outputs) == [target]
    for weights in (predicted_weights(heads, outputs), in_a_run(heads, outputs)):
        assert np.flatnonzero(weights[0]).tolist() == [4 * index - 3]  # each in its own cell
