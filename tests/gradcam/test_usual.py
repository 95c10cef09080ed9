"""What is shown where nobody chose: a layer, a method, and why."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.abilities import Ability
from gradcam.backends.keras.network import KerasNetwork
from gradcam.layers import Coverage, Layer, finer_layer
from tests.gradcam import networks
from tests.gradcam.anomaly import scored

k = keras.layers
SAME = {"padding": "same", "activation": "relu"}


def finer_fomo(classes=3, sides=(24, 24)):
    """A grid of a quarter of the input, with layers of half of it before."""
    inputs = keras.Input((*sides, 3))
    x = k.Conv2D(4, 3, strides=2, **SAME, name="early")(inputs)
    x = k.Conv2D(4, 3, **SAME, name="finer")(x)
    x = k.Conv2D(5, 3, strides=2, **SAME, name="coarse")(x)
    x = k.Conv2D(6, 1, activation="relu", name="head")(x)
    x = k.Softmax(name="softmax")(k.Conv2D(classes, 1, name="logits")(x))
    return networks.seeded(keras.Model(inputs, x))


def ending(*last, shape=(12, 10, 1)):
    first = [keras.Input(shape), k.Conv2D(4, 3, **SAME, name="map")]
    return KerasNetwork(networks.seeded(keras.Sequential([*first, *last])))


FLATTENED = (k.MaxPooling2D(), k.Dropout(0.2), k.Flatten(), k.Dense(3, "softmax"))


def test_of_a_grid_hires_cam_at_the_last_layer_of_twice_its_sides():
    network = KerasNetwork(finer_fomo())
    usual = gradcam.usual(network)
    assert (usual.layer.name, usual.method.name) == ("finer", "hires-cam")
    assert (network.default_layer.name, network.last_layer.name) == ("finer", "head")
    assert usual.why == (
        "The default is HiResCAM at finer, the last layer of twice the grid's sides: at the "
        "grid's own resolution a cell shows nothing but itself, and Grad-CAM's weights are means "
        "over all cells."
    )
    captured = gradcam.capture(network, np.ones((1, 24, 24, 3), np.float32))
    assert captured.activations.shape == (1, 12, 12, 4)


def test_of_a_grid_without_such_a_layer_hires_cam_at_its_last():
    network = KerasNetwork(networks.fomo(networks.GRID_LOGITS))
    usual = gradcam.usual(network)
    assert (usual.layer.name, usual.method.name) == ("features", "hires-cam")
    assert usual.why == "The default is HiResCAM: Grad-CAM's weights are means over all cells."


def test_a_layer_of_twice_the_sides_may_be_one_off_and_is_bypassed_only_if_all_are():
    def layer(name, height, width, *, bypassed=False):
        return Layer(name, "Conv2D", height, width, 8, coverage=Coverage(bypassed=bypassed))

    layers = (
        layer("rows", 24, 12), layer("odd", 25, 23), layer("skipped", 24, 24, bypassed=True),
        layer("last", 12, 12),
    )  # fmt: skip
    assert finer_layer(layers, (12, 12)).name == "odd"
    assert finer_layer(layers, (12, 12), frozenset({"odd"})).name == "skipped"
    assert finer_layer(layers, (6, 12)) is None


@pytest.mark.parametrize(
    ("last", "fixed_places", "method"),
    [
        (FLATTENED, False, "grad-cam"),
        (FLATTENED, True, "hires-cam"),
        ((k.Reshape((480,)), k.Dense(3)), True, "hires-cam"),
        ((k.GlobalAveragePooling2D(), k.Dense(3)), True, "grad-cam"),
        ((k.AveragePooling2D((12, 10)), k.Flatten(), k.Dense(3)), True, "grad-cam"),
    ],
    ids=["picture", "sound", "reshaped", "pooled", "pooled to one cell"],
)
def test_hires_cam_where_places_have_a_meaning_and_weights_of_their_own(last, fixed_places, method):
    usual = gradcam.usual(ending(*last), fixed_places=fixed_places)
    assert (usual.layer.name, usual.method.name) == ("map", method)
    words = (
        "The default is HiResCAM: a Flatten follows the layer map, so that each place has "
        "weights of its own, which Grad-CAM takes the mean of."
    )
    assert usual.why == (words if method == "hires-cam" else "")


@pytest.mark.parametrize("shape", [(20, 13), (20, 1, 13)])
def test_a_sequence_has_such_places_whoever_asks(shape):
    make = k.Conv1D(4, 3, **SAME) if len(shape) == 2 else k.Conv2D(4, (3, 1), **SAME)
    model = keras.Sequential([keras.Input(shape), make, k.Flatten(), k.Dense(3)])
    assert gradcam.usual(KerasNetwork(model)).method.name == "hires-cam"


@pytest.mark.parametrize(
    ("shape", "finer"),
    [((20, 13), True), ((20, 1, 13), True), ((20, 1), False), ((20, 300), False)],
    ids=["cepstra", "streamed cepstra", "raw wave", "embedding"],
)
def test_few_coefficients_of_a_sequence_are_shown_by_integrated_gradients(shape, finer):
    make = k.Conv1D(4, 3, **SAME) if len(shape) == 2 else k.Conv2D(4, (3, 1), **SAME)
    network = KerasNetwork(keras.Sequential([keras.Input(shape), make, k.Flatten(), k.Dense(3)]))
    usual = gradcam.usual(network)
    assert usual.method.name == "hires-cam"  # of one run, on pages of many samples
    assert (usual.finer is not None) == finer
    assert usual.why_finer == (
        "The network takes 13 coefficients a step and its layers only know steps, so that their "
        "maps are strips over time. Integrated gradients shows the coefficients as well."
        if finer
        else ""
    )
    network.abilities -= {Ability.INPUT_GRADIENTS}
    assert gradcam.usual(network).finer is None


def test_a_map_of_two_dimensions_has_no_finer_method():
    assert gradcam.usual(ending(*FLATTENED), fixed_places=True).finer is None


def test_a_network_without_gradients_has_what_fits_it():
    network = KerasNetwork(finer_fomo())
    network.abilities -= {Ability.LAYER_GRADIENTS, Ability.INPUT_GRADIENTS}
    assert gradcam.usual(network).method.name == "eigen-cam"


def test_a_network_without_a_map_is_refused():
    model = keras.Sequential([keras.Input((4, 4, 1)), k.Flatten(), k.Dense(2)])
    with pytest.raises(gradcam.NoLayerError):
        gradcam.usual(KerasNetwork(model))


# ------------------------------------------------------------------ what one cell depends on


def depended_on(slopes):
    """The smallest box around what is not zero."""
    rows, columns = (np.flatnonzero(slopes.any(axis=axis)) for axis in ((1, 2), (0, 2)))
    return gradcam.Box(columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1)


@pytest.mark.parametrize("cell", [(0, 0), (2, 4), (3, 0), (5, 5)])
def test_the_receptive_field_of_a_cell_is_all_that_moves_it(cell):
    model = finer_fomo()
    for layer in model.layers:  # nothing is dead, so that all that it depends on shows
        if weights := layer.get_weights():
            layer.set_weights([np.abs(weight) + 0.1 for weight in weights])
    network = KerasNetwork(model)
    weights = gradcam.targets.target_weights(network, gradcam.Target.for_cell(1, *cell))[None]
    slopes = network.pixel_gradients(np.ones((1, 24, 24, 3), np.float32), weights)[0]
    assert network.receptive_field(*cell) == depended_on(slopes)
    assert network.receptive_field(*cell) == network.receptive_field(*cell, "head")
    row, column = cell
    assert network.receptive_field(2 * row, 2 * column, "finer").width <= 7


def test_a_receptive_field_that_nobody_knows():
    network = KerasNetwork(finer_fomo())
    assert network.receptive_field(6, 0) is None  # no such cell
    assert network.receptive_field(-1, 0) is None
    assert network.receptive_field(0, 0, "other") is None
    assert ending(*FLATTENED).receptive_field(0, 0) is None  # its output is no grid
    free = KerasNetwork(keras.Sequential([
        keras.Input((None, None, 3)), k.Conv2D(4, 3, name="map"), k.GlobalMaxPooling2D(),
    ]))  # fmt: skip
    assert free.receptive_field(0, 0, "map") is None


def test_of_a_grid_of_anomaly_scores_the_scores_themselves():
    usual = gradcam.usual(scored.network())
    assert (usual.layer.name, usual.method.name) == ("features", "anomaly-score")
    assert usual.why == "The default is the anomaly score: the grid that decides is a map already."
    one_class = KerasNetwork(networks.fomo(networks.grid_sigmoids, classes=1))
    assert gradcam.usual(one_class).method.name == "hires-cam"
