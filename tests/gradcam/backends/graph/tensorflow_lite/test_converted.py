"""Networks that TensorFlow's own converter writes, of families that people start from."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gradcam.loading import load_network
from tests.gradcam.backends.graph.tensorflow_lite.written import answers

pytestmark = pytest.mark.whole

FAMILIES = {
    "MobileNetV2": {"alpha": 0.35},
    "MobileNetV3Small": {},
    "EfficientNetB0": {},
}
SIZE = 96
# Largest difference of logits, as a share of their spread. With drawn weights a minimum that moves
# by a bit moves all that is rounded behind it.
FAR = {"float32": 1e-5, "float16": 1e-5, "dynamic": 3e-2}


def with_drawn_weights(model):
    rng = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([
                rng.uniform(0.7, 1.3, gamma.shape), rng.normal(0, 0.1, beta.shape),
                rng.normal(0, 0.1, mean.shape), rng.uniform(0.5, 1.5, variance.shape),
            ])  # fmt: skip
    return model


@pytest.fixture(scope="module", params=FAMILIES)
def model(request):
    keras.utils.set_random_seed(2)
    make = getattr(keras.applications, request.param)
    return with_drawn_weights(
        make(
            input_shape=(SIZE, SIZE, 3),
            weights=None,
            classes=10,
            classifier_activation=None,
            **FAMILIES[request.param],
        )
    )


def converted(model, kind):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def is_called(name, own):
    """As a layer of the author's, or as one operator of several that it is of: `bn_Sigmoid`."""
    return name in own or any(name.startswith(f"{each}_") for each in own)


@pytest.mark.parametrize("kind", FAR)
def test_a_family_answers_as_the_interpreter_does_and_keeps_its_names(model, kind, tmp_path):
    path = tmp_path / "own.tflite"
    path.write_bytes(converted(model, kind))
    network = load_network(path)
    pictures = np.random.default_rng(3).random((4, SIZE, SIZE, 3), np.float32) * 2 - 1
    expected = answers(path.read_bytes(), pictures)
    far = np.abs(network.run(pictures).outputs - expected).max() / np.ptp(expected)
    assert far < FAR[kind]
    own = {layer.name for layer in model.layers}
    assert sum(is_called(layer.name, own) for layer in network.layers) > 0.85 * len(network.layers)
    assert network.summary.lines[-1].kind == "Dense" or network.default_layer.cells > 1
    if kind == "float32":
        theirs = model.predict(pictures, verbose=0)
        np.testing.assert_allclose(
            network.run(pictures).outputs, theirs, atol=2e-5 * np.ptp(theirs)
        )
