"""The filters that a page shows: of which layer, in which order, in which colours."""

import csv
import io
from dataclasses import replace

import keras
import numpy as np
import pytest

from gradcam import Color
from gradcam.backends.keras.network import KerasNetwork
from services.choices.options import KernelSort
from services.heatmaps.kernels import kernel_table, layer_kernels
from services.media.picture import Pictures
from tests.services.projects import SIZE, project_of


@pytest.fixture(scope="module")
def project():
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((SIZE, SIZE, 3)), layers.BatchNormalization(name="norm"),
         layers.Conv2D(3, 1, name="conv"), layers.ReLU(name="relu"),
         layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax")]
    )  # fmt: skip
    kernel = np.array([[1, 0, -1], [-1, 0.5, -4], [2, 0, 0]], np.float32)  # a row for each filter
    model.get_layer("conv").set_weights([kernel.T[None, None], np.zeros(3)])
    return project_of(KerasNetwork(model), ())


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (KernelSort.NORM, [1, 2, 0]),
        (KernelSort.MEAN, [2, 0, 1]),
        (KernelSort.DEVIATION, [1, 2, 0]),
        (KernelSort.LOW, [1, 0, 2]),
        (KernelSort.HIGH, [2, 0, 1]),
        (KernelSort.NUMBER, [0, 1, 2]),
    ],
)
def test_filters_in_each_order(project, sort, order):
    assert layer_kernels(project, "conv").order(sort).tolist() == order


def test_the_filters_of_an_activation_are_its_convolution_s(project):
    assert layer_kernels(project, "relu").layer.name == "conv"
    assert layer_kernels(project, "norm") is None


def test_colours_follow_what_the_network_calls_its_channels(project):
    seen = layer_kernels(project, "conv").pictures(-1, shared=False)
    np.testing.assert_allclose(seen[0, 0, 0], [1, 0.5, 0])
    spec = replace(project.medium.spec, color=Color.BGR)
    blue_first = replace(project, medium=Pictures(spec))
    turned = layer_kernels(blue_first, "conv").pictures(-1, shared=False)
    np.testing.assert_allclose(turned[0, 0, 0], [0, 0.5, 1])


def test_one_input_channel_and_a_shared_scale(project):
    found = layer_kernels(project, "conv")
    np.testing.assert_allclose(found.pictures(0, shared=False)[:, 0, 0], [1, 0, 1])
    shared = found.pictures(0, shared=True)
    np.testing.assert_allclose(shared[:, 0, 0], [0.75, 0.25, 1])
    assert found.input_channel(3) is None  # of another layer


def test_the_table_has_the_figures_of_each_filter(project):
    found = layer_kernels(project, "conv")
    rows = list(csv.DictReader(io.StringIO(kernel_table(found))))
    assert [int(row["filter"]) for row in rows] == [0, 1, 2]
    assert [float(row["mean"]) for row in rows] == pytest.approx([0, -1.5, 2 / 3])
    assert [float(row["min"]) for row in rows] == [-1, -4, 0]
    assert [float(row["max"]) for row in rows] == [1, 0.5, 2]
    assert [float(row["l2"]) for row in rows] == pytest.approx([2**0.5, 17.25**0.5, 2])
    assert float(rows[0]["deviation"]) == pytest.approx((2 / 3) ** 0.5)
