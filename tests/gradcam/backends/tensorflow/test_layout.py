"""Sequences, flat inputs and pictures read row by row: what a batch and a map are there."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.targets import Target
from tests.gradcam import networks

k = keras.layers


def numbers(*shape):
    return np.random.default_rng(3).uniform(-1, 1, shape).astype(np.float32)


def classified(x):
    return k.Dense(3, activation="softmax", name="y_pred")(k.Flatten()(x))


def model_of(shape, *layers):
    inputs = x = keras.Input(shape)
    for layer in layers:
        x = layer(x)
    return networks.seeded(keras.Model(inputs, classified(x)))


def conv_1d(name="last"):
    return k.Conv1D(4, 3, activation="relu", name=name)


def conv_2d(name="last"):
    return k.Conv2D(4, 3, activation="relu", name=name)


# The network's own input, what it does first, and the batch that it takes from us.
INPUTS = {
    "picture": ((10, 8, 3), [conv_2d()], (10, 8, 3)),
    "flat_picture": ((240,), [k.Reshape((10, 8, 3)), conv_2d()], (10, 8, 3)),
    "two_channels": ((10, 8, 2), [conv_2d()], (10, 8, 2)),
    "flat_five_channels": ((400,), [k.Reshape((10, 8, 5)), conv_2d()], (10, 8, 5)),
    "flat_gray": ((80,), [k.Reshape((10, -1, 1)), conv_2d()], (10, 8, 1)),
    "scaled_first": ((80,), [k.Rescaling(0.5), k.Reshape((10, 8, 1)), conv_2d()], (10, 8, 1)),
    "no_channel": ((10, 8), [k.Reshape((10, 8, 1)), conv_2d()], (10, 8, 1)),
    "no_channel_expanded": (
        (10, 8), [lambda x: keras.ops.expand_dims(x, -1), conv_2d()], (10, 8, 1)
    ),
    "sequence": ((10, 8), [conv_1d()], (1, 10, 8)),
    "flat_sequence": ((80,), [k.Reshape((10, 8)), conv_1d()], (1, 10, 8)),
    "lstm": ((10, 8), [k.LSTM(4, return_sequences=True, name="last")], (1, 10, 8)),
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_a_batch_is_laid_out_as_the_network_takes_it(name):
    own, layers, shape = INPUTS[name]
    model = model_of(own, *layers)
    network = KerasNetwork(model)
    assert network.batch_shape == (None, *shape)
    assert (network.height, network.width, network.channels) == shape
    assert network.layout.is_sequence is (shape[0] == 1)
    batch = numbers(3, *shape)
    expected = model(batch.reshape(3, *own), training=False)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)
    captured = gradcam.capture(network, batch, target=Target.for_class(1))
    np.testing.assert_allclose(captured.outputs, expected, atol=1e-6)
    layer = network.layer("last")
    assert captured.activations.shape == (3, layer.height, layer.width, layer.channels)


def test_maps_of_a_sequence_run_from_left_to_right():
    network = KerasNetwork(networks.sequence((20, 13)))
    batch = numbers(4, 1, 20, 13)
    captured = gradcam.capture(network, batch, "last", Target.for_class(2))
    assert captured.activations.shape == captured.gradients.shape == (4, 1, 8, 5)
    seen, gradients = sequence_by_hand(network.model.own, batch[:, 0], 2)
    assert networks.relative(captured.activations[:, 0], seen) <= 1e-5
    assert networks.relative(captured.gradients[:, 0], gradients) <= 1e-5
    assert [(x.name, x.height, x.width, x.receptive_field) for x in network.layers] == [
        ("first", 1, 20, (1, 3)),
        ("last", 1, 8, (1, 8)),
    ]


def sequence_by_hand(model, batch, index):
    x = batch
    for layer in model.layers[:4]:
        x = layer(x, training=False)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = tf.matmul(tf.reshape(x, (len(batch), -1)), model.get_layer("y_pred").kernel)
        explained = tf.reduce_sum(logits[:, index])
    return x.numpy(), tape.gradient(explained, x).numpy()


def test_layers_that_only_pass_steps_on_are_left_out():
    passing = [
        k.SpatialDropout1D(0.5), k.ZeroPadding1D(1), k.Cropping1D(1), k.UpSampling1D(2),
        k.MaxPooling1D(2), k.AveragePooling1D(2), k.Reshape((4, 4)),
    ]  # fmt: skip
    network = KerasNetwork(model_of((10, 8), conv_1d(), *passing))
    assert [layer.name for layer in network.layers] == ["last"]


def test_a_picture_that_is_read_row_by_row_has_maps_of_rows():
    model = model_of((10, 8, 3), k.Reshape((10, 24)), conv_1d())
    network = KerasNetwork(model)
    (layer,) = network.layers
    assert (layer.height, layer.width, layer.receptive_field) == (8, 1, (3, 8))
    batch = numbers(2, 10, 8, 3)
    captured = gradcam.capture(network, batch, target=Target.for_class(0))
    seen = model.get_layer("last")(batch.reshape(2, 10, 24))
    np.testing.assert_allclose(captured.activations[:, :, 0], seen, atol=1e-6)
    gradients = model.get_layer("y_pred").kernel[:, 0].numpy().reshape(8, 4)
    np.testing.assert_allclose(captured.gradients[0, :, 0], gradients, atol=1e-6)
    below = batch.copy()
    below[:, 5:] += 1.0  # only what lies below changes the lower rows of the map
    changed = gradcam.capture(network, below, target=Target.for_class(0)).activations
    assert (changed != captured.activations).any(axis=(0, 2, 3)).tolist() == [False] * 3 + [
        True
    ] * 5


def test_a_map_that_was_pooled_to_one_row_is_read_along_its_columns():
    squeezed = [k.Conv2D(4, 3, activation="relu"), k.MaxPooling2D((8, 1)), k.Reshape((10, 4))]
    network = KerasNetwork(model_of((10, 12, 3), *squeezed, conv_1d()))
    layer = network.layer("last")
    assert (layer.height, layer.width, layer.receptive_field) == (1, 8, (10, 5))


def test_steps_that_have_lost_their_place_are_not_listed():
    """Of patches that were cut through nobody can tell where they were."""
    patches = [conv_2d("patches"), k.Reshape((12, 16)), k.Dense(4, name="tokens")]
    network = KerasNetwork(model_of((10, 8, 3), *patches))
    assert [layer.name for layer in network.layers] == ["patches"]


def test_a_sequence_of_any_length_is_taken_and_explained():
    inputs = keras.Input((None, 5))
    x = k.GlobalAveragePooling1D()(conv_1d()(inputs))
    model = networks.seeded(keras.Model(inputs, k.Dense(2, name="y_pred")(x)))
    network = KerasNetwork(model, "s.h5")
    assert network.batch_shape == (None, 1, None, 5)
    for length in (7, 12):
        batch = numbers(2, 1, length, 5)
        captured = gradcam.capture(network, batch, target=Target.for_class(1))
        expected = model(batch[:, 0])
        np.testing.assert_allclose(captured.outputs, expected, atol=1e-6)
        share = model.get_layer("y_pred").kernel[:, 1].numpy() / (length - 2)
        assert captured.gradients.shape == (2, 1, length - 2, 4)
        np.testing.assert_allclose(captured.gradients[1, 0, 3], share, atol=1e-6)
    with pytest.raises(gradcam.NetworkError) as refusal:
        network.predict(numbers(2, 1, 7, 4))
    assert str(refusal.value) == (
        "s.h5 takes sequences of 1 × any × 5 (1 × steps × features), not 1 × 7 × 4."
    )


def test_a_picture_without_a_channel_may_have_any_size():
    inputs = keras.Input((None, None))
    x = conv_2d()(keras.ops.expand_dims(inputs, -1))
    x = k.Dense(2)(k.GlobalAveragePooling2D()(x))
    model = networks.seeded(keras.Model(inputs, x))
    network = KerasNetwork(model)
    assert network.batch_shape == (None, None, None, 1)
    batch = numbers(2, 9, 12, 1)
    np.testing.assert_allclose(network.predict(batch), model(batch[..., 0]), atol=1e-6)


@pytest.mark.parametrize(
    ("own", "layers", "said"),
    [
        ((240,), [k.Dense(8)], "an input of 240 numbers"),
        ((240,), [k.Dense(240), k.Reshape((10, 8, 3)), conv_2d()], "an input of 240 numbers"),
        ((4, 6, 5, 1), [], "an input of 4 × 6 × 5 × 1 numbers"),
        ((None, None), [], "an input of any × any numbers"),
    ],
    ids=["dense", "reshaped_later", "four_axes", "any_features"],
)
def test_what_is_neither_picture_nor_sequence_is_refused(own, layers, said):
    if None in own:
        model = keras.Model(inputs := keras.Input(own), keras.ops.mean(inputs, axis=-1)[:, :1])
    else:
        model = model_of(own, *layers)
    with pytest.raises(gradcam.NetworkError) as refusal:
        KerasNetwork(model, "x.h5")
    why = ", not a picture (height × width × channels)."
    assert str(refusal.value) == f"x.h5 takes {said}{why}"
