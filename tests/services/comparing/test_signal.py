"""Layer by layer: what is left of the signal, and which layer is to blame."""

import numpy as np
import pytest

from gradcam import load_network
from services.comparing.signal import (
    Blame,
    LayerSignal,
    culprit,
    given_by,
    layer_signal,
    matched_layers,
    sampled,
)
from tests.gradcam.backends.graph.tensorflow_lite.converted import converted

SIDE = 16


def test_decibels_by_hand():
    one = np.array([[[[3.0, 4.0]]]], np.float32)
    other = np.array([[[[3.0, 3.5]]]], np.float32)
    signal = layer_signal("a", "b", one, other)
    assert signal.decibels == pytest.approx(20.0)  # 25 of signal, 0.25 of noise
    assert signal.reach == (3.0, 4.0)
    assert signal.ends == (3.0, 3.5)
    assert (signal.clipped, signal.pictures) == (0.5, 1.0)
    assert layer_signal("a", "b", one, one).decibels == np.inf
    assert layer_signal("a", "b", one, one).clipped == 0.0


def test_the_samples_that_lose_most_come_first():
    one = np.array([[[[3.0]]], [[[5.0]]], [[[4.0]]]], np.float32)
    other = np.array([[[[2.0]]], [[[5.0]]], [[[1.0]]]], np.float32)
    signal = layer_signal("a", "b", one, other)
    assert signal.noises == pytest.approx((3 / 50, 0, 27 / 50))  # of 50 of signal, a third each
    assert signal.worst == (2, 0)  # the second loses nothing


def of(decibels, clipped=0.0):
    return LayerSignal("l", "l", decibels, (0, 2.05), (0, 0.98), clipped, 0.5, 0.1)


def test_the_first_layer_that_falls_is_to_blame():
    assert culprit([of(40), of(35), of(30)]) is None
    assert culprit([of(40), of(31), of(22), of(14)]) is None  # step by step, none at once
    told = culprit([of(40), of(12, 0.02), of(2, 0.3)])
    assert (told.place, told.blame) == (1, Blame.CLIPPED)
    assert "never reached 2.05: this layer ends at 0.98" in told.said
    assert culprit([of(40), of(12)]).blame is Blame.COARSE
    assert culprit([]) is None


def test_layers_are_matched_in_order_by_what_they_give():
    rng = np.random.default_rng(0)
    a, b, c = (rng.random((2, 4, 4, 3)).astype(np.float32) for _ in range(3))
    other = rng.random((2, 2, 2, 3)).astype(np.float32)
    first = [sampled(name, each) for name, each in (("a", a), ("b", b), ("c", c))]
    second = [sampled(name, each) for name, each in (("x", other), ("y", a * 2), ("z", c + 1))]
    assert matched_layers(first, second) == [("a", "y"), ("c", "z")]
    assert matched_layers(second[::-1], first) in ([("z", "c")], [("y", "a")])  # never crosswise
    assert matched_layers([], second) == []


@pytest.fixture(scope="module")
def reacting_to_red(tmp_path_factory):
    """A network whose second layer is much larger for red pictures, and the file of it."""
    import keras

    keras.utils.set_random_seed(0)
    inputs = keras.Input((SIDE, SIDE, 3))
    x = keras.layers.Conv2D(6, 3, padding="same", activation="relu", name="edges")(inputs)
    red = keras.layers.Conv2D(4, 1, activation="relu", name="red")(x)
    x = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="last")(red)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    kernel, bias = model.get_layer("edges").get_weights()
    kernel[:] *= 0.1
    kernel[1, 1, :, 0] = 1.5, -1.5, -0.2  # how much redder than green
    model.get_layer("edges").set_weights([kernel, bias])
    kernel, bias = model.get_layer("red").get_weights()
    kernel[0, 0, 0] = 2.0
    model.get_layer("red").set_weights([kernel, bias])
    path = tmp_path_factory.mktemp("red") / "model.keras"
    model.save(path)
    return model, path


def pictures(red, seed=0):
    made = np.random.default_rng(seed).random((24, SIDE, SIDE, 3), np.float32)
    if not red:
        made[..., 0] = made[..., 1] * 0.5  # never redder than green
    return made


def written(path, content):
    path.write_bytes(content)
    return path


def signals(network, other, batch):
    def given(each):
        return [sampled(layer.name, given_by(each, batch, layer)) for layer in each.layers]

    return [
        layer_signal(
            one, two, given_by(network, batch, network.layer(one)),
            given_by(other, batch, other.layer(two)),
        )
        for one, two in matched_layers(given(network), given(other))
    ]  # fmt: skip


def test_wrong_calibration_pictures_are_named(reacting_to_red, tmp_path):
    model, path = reacting_to_red
    network, seen = load_network(path), pictures(red=True)
    good, bad = (
        load_network(written(tmp_path / name, converted(model, "int8", pictures(red=red, seed=1))))
        for name, red in (("good.tflite", True), ("bad.tflite", False))
    )
    assert culprit(signals(network, good, seen)) is None
    assert min(each.decibels for each in signals(network, good, seen)) > 20
    table = signals(network, bad, seen)
    told = culprit(table)
    assert told.blame is Blame.CLIPPED
    assert table[told.place].layer.startswith("edges")
    assert len(table[told.place].worst) == len(seen)
    assert "calibrate with samples like these" in told.said
    assert culprit(signals(network, network, seen)) is None
