"""Networks that give class scores for each cell of a grid, as FOMO does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.head import Squash
from gradcam.targets import Target, target_weights
from tests.gradcam import networks

ROWS, COLUMNS = networks.GRID
CELLS = ROWS * COLUMNS
ENDS = {
    **networks.GRID_SOFTMAXES,
    "logits": networks.GRID_LOGITS,
    "sigmoids": networks.grid_sigmoids,
    "arithmetic": networks.grid_by_arithmetic,
}


@pytest.fixture(scope="module")
def grids():
    return {name: KerasNetwork(networks.fomo(end), "f.h5") for name, end in ENDS.items()}


@pytest.fixture(scope="module")
def batch():
    return networks.wide_pictures() * np.float32(4)


@pytest.fixture(scope="module")
def twin():
    return networks.fomo(networks.GRID_LOGITS)


def gradients_by_hand(twin, batch, weights):
    """Of weights·logits, by the 1x1 convolution written out."""
    stem, features, cells = (twin.get_layer(name) for name in ("stem", "features", "cells"))
    seen = features(stem(batch))
    with tf.GradientTape() as tape:
        tape.watch(seen)
        logits = tf.tensordot(seen, cells.kernel[0, 0], 1) + cells.bias
        explained = tf.reduce_sum(logits * weights)
    return tape.gradient(explained, seen).numpy()


# ----------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize("name", ENDS)
def test_outputs_are_the_network_s_own_in_c_order(grids, batch, name):
    network = grids[name]
    own = network.model.own.predict(batch, verbose=0)
    assert network.units == CELLS * 3
    outputs = network.predict(batch)
    np.testing.assert_allclose(outputs, own.reshape(4, -1), atol=1e-6)
    captured = gradcam.capture(network, batch, "features", Target.for_cells(1))
    np.testing.assert_allclose(captured.outputs, outputs, atol=1e-6)
    assert outputs[1, (2 * COLUMNS + 7) * 3 + 1] == pytest.approx(own[1, 2, 7, 1], abs=1e-6)


@pytest.mark.parametrize("name", ENDS)
def test_a_head_knows_its_grid_and_its_classes(grids, name):
    (head,) = grids[name].heads
    assert (head.grid, head.classes, head.units) == ((8, 12), 3, 288)
    squash = Squash.SOFTMAX if name in networks.GRID_SOFTMAXES else Squash.LINEAR
    assert head.squash is (Squash.SIGMOID if name == "sigmoids" else squash)
    assert gradcam.class_count(grids[name]) == 3


@pytest.mark.parametrize("name", ENDS)
def test_the_default_layer_is_the_last_map_before_the_class_scores(grids, name):
    assert grids[name].default_layer.name == "features"
    assert "cells" in [layer.name for layer in grids[name].layers]


def test_the_default_layer_of_a_grid_with_an_activation_of_its_own_is_that():
    def end(k, x, classes):
        x = k.layers.Conv2D(6, 1, name="hidden")(x)
        x = k.layers.BatchNormalization(name="normalised")(x)
        x = k.layers.ReLU(name="activated")(x)
        x = k.layers.Dropout(0.5)(x)
        return k.layers.Softmax(name="softmax")(k.layers.Conv2D(classes, 1, name="cells")(x))

    network = KerasNetwork(networks.fomo(end))
    assert network.default_layer.name == "activated"


def test_where_nothing_but_the_class_scores_has_a_map_they_are_explained():
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(3, 3, name="cells")])
    assert KerasNetwork(model).default_layer.name == "cells"


# ------------------------------------------------------------------------------------ targets


@pytest.mark.parametrize("name", [*networks.GRID_SOFTMAXES, "logits", "sigmoids"])
def test_cells_are_explained_by_the_mean_of_their_logits(grids, twin, batch, name):
    captured = gradcam.capture(grids[name], batch, target=Target.for_cells(2))
    weights = np.zeros((ROWS, COLUMNS, 3), np.float32)
    weights[:, :, 2] = 1 / CELLS
    expected = gradients_by_hand(twin, batch, weights)
    assert networks.relative(captured.gradients, expected) <= 1e-5


@pytest.mark.parametrize("name", ["convolution", "softmax_layer", "logits", "sigmoids"])
def test_one_cell_is_explained_by_its_logit_alone(grids, twin, batch, name):
    captured = gradcam.capture(grids[name], batch, target=Target.for_cell(1, 2, 7))
    weights = np.zeros((ROWS, COLUMNS, 3), np.float32)
    weights[2, 7, 1] = 1
    expected = gradients_by_hand(twin, batch, weights)
    assert networks.relative(captured.gradients, expected) <= 1e-5
    assert np.argwhere(captured.gradients[0].any(axis=-1)).tolist() == [[2, 7]]


CELLS_OF_TWO = [(4, 0), (2, 7)]


@pytest.mark.parametrize("name", ["convolution", "softmax_layer", "logits", "sigmoids"])
def test_given_cells_are_explained_by_the_sum_of_their_logits(grids, twin, batch, name):
    target = Target.for_cells(1, CELLS_OF_TWO, against=2)
    captured = gradcam.capture(grids[name], batch, target=target)
    weights = np.zeros((ROWS, COLUMNS, 3), np.float32)
    for row, column in CELLS_OF_TWO:
        weights[row, column] = 0, 1, -1
    expected = gradients_by_hand(twin, batch, weights)
    assert networks.relative(captured.gradients, expected) <= 1e-5


def test_given_cells_are_read_as_the_highest_score_in_any(grids, batch):
    network = grids["convolution"]
    outputs = network.predict(batch)
    cells = outputs.reshape(-1, ROWS, COLUMNS, 3)
    cells[2, 4, 0], cells[2, 2, 7] = cells[2, 2, 7].copy(), cells[2, 4, 0].copy()
    both = np.stack([cells[:, 4, 0], cells[:, 2, 7]], axis=1)
    assert len(set(both[..., 1].argmax(axis=1))) == 2  # now the one, now the other
    read = gradcam.target_values(network, outputs, Target.for_cells(1, CELLS_OF_TWO))
    np.testing.assert_array_equal(read, both[..., 1].max(axis=1))
    read = gradcam.target_values(network, outputs, Target.for_cells(1, CELLS_OF_TWO, against=0))
    np.testing.assert_allclose(read, (both[..., 1] - both[..., 0]).max(axis=1), rtol=1e-6)
    read = gradcam.target_values(network, outputs, Target.for_cells(1, against=2))
    expected = (cells[..., 1] - cells[..., 2]).mean(axis=(1, 2))
    np.testing.assert_allclose(read, expected, rtol=1e-4, atol=1e-7)


def test_weights_of_cells_by_hand(grids):
    weights = target_weights(grids["convolution"], Target.for_cells(1, CELLS_OF_TWO, against=2))
    assert {int(k): float(weights[k]) for k in np.flatnonzero(weights)} == {
        94: 1, 95: -1, 145: 1, 146: -1
    }  # fmt: skip
    weights = target_weights(grids["convolution"], Target.for_cells(1, against=0))
    assert weights.sum() == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(weights.reshape(-1, 3)[50], [-1 / 96, 1 / 96, 0])
    weights = target_weights(grids["convolution"], Target.for_cell(1, 2, 7))
    assert np.flatnonzero(weights).tolist() == [(2 * 12 + 7) * 3 + 1]
    assert weights.sum() == 1
    weights = target_weights(grids["convolution"], Target.for_cells(2))
    assert np.flatnonzero(weights).tolist() == list(range(2, 288, 3))
    np.testing.assert_allclose(weights[weights > 0], 1 / 96)
    weights = target_weights(grids["convolution"], Target.for_output(5, lowers=True))
    assert np.flatnonzero(weights).tolist() == [5]
    assert weights[5] == -1


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (Target.for_cells(3), "f.h5 has 3 classes, numbered from 0; there is no number 3."),
        (Target.for_cell(-1, 0, 0), "f.h5 has 3 classes, numbered from 0; there is no number -1."),
        (
            Target.for_cell(1, 8, 0),
            "f.h5 has 8 rows of cells, numbered from 0; there is no number 8.",
        ),
        (
            Target.for_cell(1, 0, 12),
            "f.h5 has 12 columns of cells, numbered from 0; there is no number 12.",
        ),
        (
            Target.for_cells(1, [(0, 0), (8, 0)]),
            "f.h5 has 8 rows of cells, numbered from 0; there is no number 8.",
        ),
        (Target.for_cell(1, 0, 0, 3), "f.h5 has 3 classes, numbered from 0; there is no number 3."),
        (
            Target.for_cell(1, 0, 0, against=1),
            "A class minus itself is nothing; name two different classes.",
        ),
        (
            Target.for_cells(1, []),
            "No cell is named; name at least one, or none at all for the mean.",
        ),
        (
            Target.for_class(1),
            (
                "f.h5 gives its classes for each cell of a grid; "
                "ask for a class in all cells or in one of them."
            ),
        ),
        (
            Target.contrast(1, 2),
            (
                "f.h5 gives its classes for each cell of a grid; "
                "ask for a class in all cells or in one of them."
            ),
        ),
    ],
    ids=repr,
)
def test_what_a_grid_does_not_have_is_refused(grids, target, sentence):
    with pytest.raises(gradcam.GradcamError) as refusal:
        target_weights(grids["convolution"], target)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("name", ENDS)
def test_scores_of_cells_are_read_cell_by_cell(grids, batch, name):
    network = grids[name]
    logits = grids["logits"].model.own.predict(batch, verbose=0)
    if name == "sigmoids":
        expected = 1 / (1 + np.exp(-logits))
    else:
        expected = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    outputs = network.predict(batch)
    scores = gradcam.class_scores(network, outputs)
    np.testing.assert_allclose(scores, expected.reshape(4, -1), atol=1e-6)
    read = gradcam.target_values(network, outputs, Target.for_cells(2))
    np.testing.assert_allclose(read, expected[..., 2].mean(axis=(1, 2)), atol=1e-6)
    read = gradcam.target_values(network, outputs, Target.for_cell(1, 2, 7))
    np.testing.assert_allclose(read, expected[:, 2, 7, 1], atol=1e-6)
    read = gradcam.target_values(network, outputs, Target.for_output(5))
    np.testing.assert_array_equal(read, outputs[:, 5])


def test_the_class_with_the_highest_cell_is_what_the_network_says(grids):
    outputs = np.tile(np.array([0.9, 0.06, 0.04], np.float32), (3, CELLS, 1))
    outputs[0, 5] = [0.3, 0.2, 0.5]  # one cell of class 2 against many of the background
    outputs[1, :] = [0.6, 0.3, 0.1]
    outputs[1, 95] = [0.5, 0.1, 0.4]  # class 1 is everywhere, but nowhere as sure as this
    outputs[2, 0] = [0.1, 0.8, 0.1]
    said = gradcam.predicted_targets(grids["convolution"], outputs.reshape(3, -1))
    assert said == [Target.for_cell(2, 0, 5), Target.for_cell(2, 7, 11), Target.for_cell(1, 0, 0)]


def make_undecided(model, batch):
    """Class 1 and class 2 each see another channel, as strong on the average of the pictures."""
    cells = model.get_layer("cells")
    strongest = model.get_layer("features")(model.get_layer("stem")(batch)).numpy().max(axis=(1, 2))
    one, other = strongest.mean(axis=0).argsort()[-2:]
    kernel = np.zeros((5, 3), np.float32)
    kernel[one, 1] = 3 / strongest[:, one].mean()
    kernel[other, 2] = 3 / strongest[:, other].mean()
    cells.set_weights([kernel.reshape(cells.kernel.shape), np.zeros(3)])


@pytest.mark.parametrize("name", ENDS)
def test_a_capture_without_a_target_explains_what_a_grid_says(name):
    model, batch = networks.fomo(ENDS[name]), networks.wide_pictures(8)
    make_undecided(model, batch)
    network = KerasNetwork(model)
    own = gradcam.capture(network, batch)
    said = gradcam.predicted_targets(network, own.outputs)
    assert {each.index for each in said} == {1, 2}
    named = gradcam.capture(network, batch, target=said)
    np.testing.assert_array_equal(own.gradients, named.gradients)
    assert np.abs(own.gradients).max() > 0


def test_scores_that_are_shares_already_are_not_squashed_again():
    """The softmax of (0.5, 0.5, 0) is lower than that of (0.26, 0.25, 0.49), though 0.5 > 0.49."""
    inputs = keras.Input((2, 2, 3))
    x = keras.layers.Conv2D(3, 1, name="features")(inputs)
    model = keras.Model(inputs, networks.grid_by_arithmetic(keras, x, 3))
    identity = np.eye(3).reshape(1, 1, 3, 3)
    model.set_weights([identity, np.zeros(3), identity, np.zeros(3)])
    network = KerasNetwork(model)
    shares = np.array([[0.5, 0.4999, 1e-4], [0.26, 0.25, 0.49], [0.9, 0.05, 0.05]], np.float32)
    batch = np.log(shares[[0, 1, 2, 2]].reshape(1, 2, 2, 3))
    said = Target.for_cell(1, 0, 0)
    assert gradcam.predicted_targets(network, network.predict(batch)) == [said]
    np.testing.assert_array_equal(
        gradcam.capture(network, batch).gradients,
        gradcam.capture(network, batch, target=said).gradients,
    )


@pytest.mark.parametrize("end", [networks.grid_sigmoids, networks.GRID_LOGITS])
def test_a_grid_of_one_class_has_no_background(end):
    network, batch = KerasNetwork(networks.fomo(end, classes=1)), networks.wide_pictures(2)
    outputs = network.predict(batch)
    said = gradcam.predicted_targets(network, outputs)
    limit = 0.5 if end is networks.grid_sigmoids else 0.0
    for target, cells in zip(said, outputs.reshape(2, ROWS, COLUMNS), strict=True):
        least = min(limit, cells.max())  # where no cell says so, the best one is meant
        assert target == Target.for_cells(0, map(tuple, np.argwhere(cells >= least).tolist()))
    np.testing.assert_array_equal(
        gradcam.capture(network, batch).gradients,
        gradcam.capture(network, batch, target=said).gradients,
    )
    read = gradcam.target_values(network, outputs, Target.for_cells(0))
    np.testing.assert_allclose(read, outputs.mean(axis=1), atol=1e-6)  # as anomaly scores are
    assert gradcam.class_count(network) == 1


def test_a_grid_beside_another_output_keeps_its_own_numbers(batch):
    def both(k, x, classes):
        value = k.layers.Dense(1, name="value")(k.layers.GlobalAveragePooling2D()(x))
        return [value, k.layers.Softmax(name="softmax")(k.layers.Conv2D(classes, 1)(x))]

    model = networks.fomo(both)
    network = KerasNetwork(model)
    value, cells = model.predict(batch, verbose=0)
    outputs = network.predict(batch)
    np.testing.assert_allclose(
        outputs, np.concatenate([value, cells.reshape(4, -1)], axis=1), atol=1e-6
    )
    read = gradcam.target_values(network, outputs, Target.for_cell(1, 2, 7))
    np.testing.assert_allclose(read, cells[:, 2, 7, 1], atol=1e-6)
    weights = target_weights(network, Target.for_cell(1, 2, 7))
    assert np.flatnonzero(weights).tolist() == [1 + (2 * 12 + 7) * 3 + 1]


# ----------------------------------------------------------------- what only looks like a grid


def test_a_softmax_over_places_is_no_class_score():
    def attention(k, x, classes):
        return k.layers.Softmax(axis=2)(k.layers.Conv2D(classes, 1)(x))

    network = KerasNetwork(networks.fomo(attention))
    assert network.heads[0].squash is Squash.LINEAR
    batch = networks.wide_pictures(2)
    np.testing.assert_allclose(
        network.predict(batch),
        network.model.own.predict(batch, verbose=0).reshape(2, -1),
        atol=1e-6,
    )


def test_cells_that_are_flattened_keep_their_softmax(batch):
    """Else it would be put back over all cells at once, and the outputs were not the network's."""

    def flattened(k, x, classes):
        return k.layers.Flatten()(k.layers.Conv2D(classes, 1, activation="softmax")(x))

    network = KerasNetwork(networks.fomo(flattened))
    captured = gradcam.capture(network, batch, "features", Target.for_output(0))
    np.testing.assert_allclose(
        captured.outputs, network.model.own.predict(batch, verbose=0), atol=1e-6
    )
