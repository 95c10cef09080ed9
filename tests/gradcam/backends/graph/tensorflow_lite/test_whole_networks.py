"""Networks of whole numbers, as TensorFlow's converter writes them: exact, and explained."""

import keras
import numpy as np
import pytest

import gradcam
from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.tensorflow_lite.parsing import read_lite_file
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam.backends.graph.tensorflow_lite.converted import VARIANTS, as_levels, converted
from tests.gradcam.backends.graph.tensorflow_lite.parting import first_parting, levels_apart
from tests.gradcam.methods.quick import METHODS

SIDE = 16
FEW = {"rise": {"masks": 50}, "lime": {"samples": 60}, "smooth-grad": {"samples": 3},
       "integrated-gradients": {"steps": 8}}  # fmt: skip


def small_model():
    """A residual block, a gate, both kinds of convolution: what large networks are made of."""
    keras.utils.set_random_seed(5)
    k = keras.layers
    inputs = keras.Input((SIDE, SIDE, 3))
    x = k.Conv2D(8, 3, padding="same", activation="relu6", name="first")(inputs)
    y = k.DepthwiseConv2D(3, padding="same", name="apart")(x)
    y = k.Conv2D(8, 1, name="mixed")(k.ReLU(name="relu")(y))
    x = k.Add(name="joined")([x, y])
    gate = k.Dense(8, activation="sigmoid", name="gate")(k.GlobalAveragePooling2D()(x))
    x = k.Multiply(name="gated")([x, k.Reshape((1, 1, 8))(gate)])
    x = k.Conv2D(12, 3, strides=2, activation="hard_silu", name="last")(k.ZeroPadding2D()(x))
    x = k.Dense(4, activation="softmax", name="y_pred")(k.GlobalAveragePooling2D()(x))
    model = keras.Model(inputs, x)
    for layer in model.layers[:-1]:
        layer.set_weights([2 * each for each in layer.get_weights()])
    model.layers[-1].set_weights([9 * each for each in model.layers[-1].get_weights()])
    return model


def drawn(count, seed=3):
    rng = np.random.default_rng(seed)
    colours = rng.uniform(-1, 1, (count, 2, 2, 3)).repeat(SIDE // 2, 1).repeat(SIDE // 2, 2)
    return np.clip(colours + rng.normal(0, 0.2, colours.shape), -1, 1).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return small_model()


@pytest.fixture(scope="module")
def content(model):
    return converted(model, "int8", drawn(40))


@pytest.fixture(scope="module")
def path(content, tmp_path_factory):
    own = tmp_path_factory.mktemp("whole") / "small.tflite"
    own.write_bytes(content)
    return own


@pytest.fixture(scope="module")
def batch(content):
    (given,) = read_lite_file(content, "small").inputs
    return as_levels(drawn(6, seed=4), given)


@pytest.fixture(scope="module")
def network(path):
    return gradcam.load_network(path)


def called(network, name):
    """The layer that the converter made of one; it numbers them."""
    (own,) = (each.name for each in network.layers if each.name.rsplit("_", 1)[0] == name)
    return own


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_no_operator_parts_from_litert(content, batch, arithmetic):
    levels, real = batch
    if levels_apart(content, real, levels, arithmetic).any():
        pytest.fail(f"parts at {first_parting(content, real, levels, arithmetic)}")


def test_the_operator_that_parts_is_named(content, batch, monkeypatch):
    from gradcam.backends.graph.tensorflow_lite import integers

    wrong = integers.PhoneRules.added
    monkeypatch.setattr(integers.PhoneRules, "added", lambda *given: _raised(wrong(*given)))
    _, code, apart = first_parting(content, batch[1], batch[0], Arithmetic.PHONE)
    assert code == "ADD"
    assert apart == pytest.approx(1, abs=1e-3)


def _raised(answer):
    return type(answer)(answer.real, answer.whole + 1.0)


def test_two_arithmetics_are_two_networks(path, network):
    other = gradcam.load_network(path, arithmetic=Arithmetic.MICROCONTROLLER)
    assert network.arithmetics == other.arithmetics == tuple(Arithmetic)
    assert network.digest != other.digest


@pytest.mark.parametrize("arithmetic", Arithmetic)
def test_a_traced_layer_holds_few_operations(path, batch, arithmetic):
    """Written out, the roundings are 40 and 70 operations a node: time to open, memory to keep."""
    own = gradcam.load_network(path, arithmetic=arithmetic)
    gradcam.capture(own, batch[1], called(own, "joined"))
    ((run, _),) = (run for key, run in own.traces.items() if key[0] == "captures")
    assert len(run.graph.get_operations()) < 22 * len(own.model.operations)


@pytest.mark.parametrize("method", sorted(set(METHODS) - {"uniform-map"}))
def test_each_method_gives_maps(network, batch, method):
    own = FEW.get(method, {})
    result = gradcam.explain(
        network, batch[1][:2], method=method, layer=called(network, "joined"), **own
    )
    assert np.isfinite(result.maps).all()
    assert all(np.ptp(each) > 0 for each in result.maps)


def test_what_a_layer_gives_lies_on_its_levels(network, content, batch):
    given = network.activations(batch[1], called(network, "joined"))
    scales = [
        operator.outputs[0].quantisation.scales[0]
        for operator in read_lite_file(content, "small").operators
        if operator.code == "ADD"
    ]
    steps = given / scales[0]
    np.testing.assert_allclose(steps, np.rint(steps), atol=1e-4)
    assert np.ptp(np.rint(steps)) > 20


def test_the_rest_of_what_a_layer_gives_are_the_logits(network, batch):
    for layer in (called(network, "first"), called(network, "joined")):
        own = network.activations(batch[1][:1], layer)
        rest = network.rest(batch[1][:1], layer, own)
        np.testing.assert_array_equal(rest, network.logits(batch[1][:1]))


def test_gradients_are_those_of_the_float_network_nearly(network, model, batch):
    pictures = batch[1]
    weights = np.zeros((len(pictures), 4), np.float32)
    weights[:, 1] = 1
    no = np.zeros(len(pictures), bool)
    layer = called(network, "joined")
    own = network.captures(pictures, [layer], weights, no)[layer].gradients
    other = KerasNetwork(model, "float", "float").captures(pictures, ["joined"], weights, no)
    other = other["joined"].gradients
    for a, b in zip(own, other, strict=True):
        assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95
        assert 0.8 < np.linalg.norm(a) / np.linalg.norm(b) < 1.25


def test_kernels_are_real_numbers(network, model):
    own = network.kernels(called(network, "mixed"))
    kernel = np.moveaxis(model.get_layer("mixed").get_weights()[0], -1, 0)
    np.testing.assert_allclose(own, kernel, atol=np.abs(kernel).max() / 100)


@pytest.mark.whole
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("family", ["MobileNetV2", "MobileNetV3Small", "EfficientNetB0"])
def test_networks_of_the_converter(family, variant):
    keras.utils.set_random_seed(3)
    rng = np.random.default_rng(1)
    shape = (64, 64, 3)
    model = getattr(keras.applications, family)(input_shape=shape, weights=None, classes=10)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            count = layer.gamma.shape[0]
            layer.set_weights([
                rng.uniform(0.7, 1.5, count), rng.normal(0, 0.3, count),
                rng.normal(0, 0.1, count), rng.uniform(0.3, 1, count),
            ])  # fmt: skip
    pictures = rng.uniform(-1, 1, (8, *shape)).astype(np.float32)
    if family != "MobileNetV2":
        pictures = (pictures + 1) * 127.5
    content = converted(model, variant, pictures)
    file = read_lite_file(content, family)
    levels, real = as_levels(pictures, file.inputs[0])
    if not variant.startswith("int8"):
        apart = levels_apart(content, real, levels, Arithmetic.PHONE).max(axis=1)
        # A level that turns with the last bit of a sum moves all behind it, in a deep network with
        # drawn weights without bounds; where none turns every operator gives the same.
        assert (apart.min() if variant == "dynamic" else apart.max()) <= 1e-5
        assert apart.max() <= 2e-2 or (family, variant) == ("EfficientNetB0", "dynamic")
        return
    for arithmetic in Arithmetic:
        parts = first_parting(content, real[:3], levels[:3], arithmetic)
        assert parts is None, parts
        assert not np.rint(levels_apart(content, real, levels, arithmetic)).any()
