"""What arrives at the first batch normalisation: all of it, and nothing else is run."""

import keras
import numpy as np
import pytest

from gradcam import NetworkError
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.tensorflow import arriving
from tests.gradcam import networks

LAYERS = keras.layers


def of(*layers, shape=(16, 16, 3)):
    return networks.seeded(keras.Sequential([keras.Input(shape), *layers]))


def ends():
    return LAYERS.GlobalAveragePooling2D(), LAYERS.Dense(3, activation="softmax")


def expected(values, norm):
    """Mean and variance of each channel, and what is stored."""
    values = np.asarray(values, np.float64).reshape(-1, values.shape[-1])
    stored = norm.moving_mean.numpy(), norm.moving_variance.numpy()
    return values.mean(axis=0), values.var(axis=0), *stored


def same(given, values, norm):
    numbers = (given.mean, given.variance, given.stored_mean, given.stored_variance)
    for ours, theirs in zip(numbers, expected(values, norm), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["mobile", "nested_once", "nested_twice"])
def test_it_is_what_the_layers_before_give(name):
    model, batch = networks.ARCHITECTURES[name](keras), networks.pictures(5)
    stem, norm = networks.chain(model)[:2]
    given = KerasNetwork(model).statistics(batch)
    same(given, stem(batch).numpy(), norm)
    assert given.layer.split("/")[-1] == "stem_bn"
    assert given.count == 5 * 8 * 8


def test_of_several_the_first_is_read():
    norms = LAYERS.BatchNormalization(), LAYERS.BatchNormalization()
    conv = LAYERS.Conv2D(4, 3)
    model = of(conv, norms[0], LAYERS.Conv2D(5, 3), norms[1], *ends())
    batch = networks.pictures(3)
    same(KerasNetwork(model).statistics(batch), conv(batch).numpy(), norms[0])


def test_the_very_first_layer_reads_the_picture_itself():
    norm = LAYERS.BatchNormalization()
    batch = 255 * np.abs(networks.pictures(3))
    given = KerasNetwork(of(norm, LAYERS.Conv2D(4, 3), *ends())).statistics(batch)
    same(given, batch, norm)


def test_one_behind_a_dense_layer_has_a_cell_a_picture():
    norm = LAYERS.BatchNormalization()
    dense = LAYERS.Dense(4)
    model = of(LAYERS.Conv2D(4, 3), LAYERS.Flatten(), dense, norm, LAYERS.Dense(3))
    batch = networks.pictures(6)
    given = KerasNetwork(model).statistics(batch)
    before = keras.Model(model.inputs, dense.output)
    same(given, before(batch).numpy(), norm)
    assert given.count == 6


def test_one_that_keeps_no_mean_of_a_channel_says_nothing():
    rows = LAYERS.BatchNormalization(axis=1)
    assert KerasNetwork(of(LAYERS.Conv2D(4, 3), rows, *ends())).statistics(
        networks.pictures()
    ) is None  # fmt: skip


def test_a_batch_that_does_not_fit_is_refused():
    network = KerasNetwork(networks.mobile(keras))
    with pytest.raises(NetworkError, match="takes pictures of 16 × 16 × 3"):
        network.statistics(np.zeros((1, 8, 8, 3), np.float32))


def test_many_pictures_go_in_parts_and_give_the_same(monkeypatch):
    network, batch = KerasNetwork(networks.mobile(keras)), networks.pictures(7)
    whole = network.statistics(batch)
    monkeypatch.setattr(arriving, "PIXELS", 3 * 16 * 16)  # parts of 3, 3 and 1
    parts = network.statistics(batch)
    np.testing.assert_allclose(parts.mean, whole.mean, rtol=1e-6)
    np.testing.assert_allclose(parts.variance, whole.variance, rtol=1e-6)
    assert parts.count == whole.count


def test_what_arrives_in_batches_adds_up():
    network, batch = KerasNetwork(networks.mobile(keras)), networks.pictures(7)
    whole, parts = network.statistics(batch), [batch[:2], batch[2:]]
    summed = network.statistics(parts[0]) + network.statistics(parts[1])
    np.testing.assert_allclose(summed.mean, whole.mean, rtol=1e-6)
    np.testing.assert_allclose(summed.variance, whole.variance, rtol=1e-6)


def test_nothing_behind_it_is_run_and_the_network_stays_what_it_was():
    model, batch = networks.mobile(keras), networks.pictures()
    network = KerasNetwork(model)
    before = network.predict(batch)
    counted = []
    depthwise = network.operation("depthwise")
    with depthwise.replaced(lambda call: lambda *args: counted.append(1) or call(*args)):
        network.statistics(batch)
    assert counted == []
    np.testing.assert_array_equal(network.predict(batch), before)
    np.testing.assert_allclose(model(batch), before, atol=1e-6)
