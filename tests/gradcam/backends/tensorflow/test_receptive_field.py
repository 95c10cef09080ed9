"""What a cell depends on: against counts by hand, and against gradients, cell by cell."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.tensorflow.receptive_field import every_cell, follow_fields
from gradcam.backends.tensorflow.tracing import collected_outputs, record_calls
from tests.gradcam import networks

k = keras.layers
HEIGHT, WIDTH = 20, 26


def conv(*args, **options):
    return k.Conv2D(2, *args, **options)


def in_a_row(*layers):
    def build(x):
        for layer in layers:
            x = layer(x)
        return x

    return build


def branches(x):
    narrow = conv(1)(x)
    wide = conv(3, padding="same")(conv(5, padding="same")(x))
    return k.Concatenate()([narrow, wide, k.AveragePooling2D(3, 1, "same")(x)])


def residual(x):
    x = conv(3, padding="same")(x)
    side = conv(1, strides=2)(x)
    return k.ReLU()(k.Add()([conv(3, strides=2, padding="same")(x), side]))


def encoder_and_decoder(x):
    fine = conv(3, padding="same")(x)
    coarse = conv(3, padding="same")(k.AveragePooling2D(2)(fine))
    return conv(3, padding="same")(k.Concatenate()([k.UpSampling2D(2)(coarse), fine]))


def gated(x):
    x = conv(3)(x)
    gate = k.Dense(2, activation="sigmoid")(k.GlobalAveragePooling2D(keepdims=True)(x))
    return k.Multiply()([x, gate])


def gated_flat(x):
    x = conv(3)(x)
    gate = k.Reshape((1, 1, 2))(k.Dense(2)(k.GlobalAveragePooling2D()(x)))
    return x * gate


def decoded(x):
    x = k.Dense(5 * 6 * 2)(k.Flatten()(conv(3, strides=4)(x)))
    return conv(3, padding="same")(k.Reshape((5, 6, 2))(x))


def nested(x):
    inner = keras.Input((HEIGHT - 2, WIDTH - 2, 2))
    base = keras.Model(inner, conv(3, strides=2)(inner))
    return conv(3)(base(conv(3)(x)))


# Each with the rows and columns that one cell of its last map sees, counted by hand.
PICTURES = {
    "one": (in_a_row(conv(3)), (3, 3)),
    "two": (in_a_row(conv(3), conv(5)), (7, 7)),
    "strides": (in_a_row(conv(3, strides=2), conv(3, strides=2), conv(3)), (15, 15)),
    "same": (in_a_row(conv(3, strides=2, padding="same"), conv(3, padding="same")), (7, 7)),
    "even": (in_a_row(conv(4, strides=3, padding="same"), conv(2, padding="same")), (7, 7)),
    "dilated": (in_a_row(conv(3), conv(3, dilation_rate=2)), (7, 7)),
    "rectangular": (in_a_row(conv((1, 5)), conv((3, 1), strides=(2, 1)), conv(2)), (5, 6)),
    "pointwise": (in_a_row(conv(1), k.BatchNormalization(), k.ReLU(), k.Dense(3)), (1, 1)),
    "depthwise": (in_a_row(k.DepthwiseConv2D(3, strides=2), conv(1), conv(3)), (7, 7)),
    "separable": (in_a_row(k.SeparableConv2D(2, 5), k.SeparableConv2D(2, 3, strides=2)), (7, 7)),
    "pooled": (in_a_row(conv(3), k.AveragePooling2D(2), conv(3)), (8, 8)),
    "pooled_apart": (in_a_row(k.AveragePooling2D(3, 4), conv(2)), (7, 7)),
    "padded": (in_a_row(k.ZeroPadding2D(((1, 2), (3, 0))), conv(3), conv(3)), (5, 5)),
    "cropped": (in_a_row(conv(3), k.Cropping2D(((4, 1), (0, 5))), conv(3)), (5, 5)),
    "centre_crop": (in_a_row(k.CenterCrop(10, 12), conv(3)), (3, 3)),
    "branches": (branches, (7, 7)),
    "residual": (residual, (5, 5)),
    "enlarged": (in_a_row(k.AveragePooling2D(2), k.UpSampling2D(2), conv(2)), (4, 4)),
    "enlarged_smoothly": (in_a_row(k.UpSampling2D(2, interpolation="bilinear"), conv(3)), (3, 3)),
    "transposed": (in_a_row(conv(2, strides=2), k.Conv2DTranspose(2, 4, 2, "same")), (4, 4)),
    "transposed_valid": (in_a_row(k.Conv2DTranspose(2, 3, 2), conv(2)), (2, 2)),
    "transposed_apart": (in_a_row(k.Conv2DTranspose(2, 2, 2)), (1, 1)),
    "encoder_and_decoder": (encoder_and_decoder, (10, 10)),
    "made_smaller": (in_a_row(k.Resizing(10, 13), conv(3)), (6, 6)),
    "nested": (nested, (9, 9)),
    "normalised": (in_a_row(conv(3), k.LayerNormalization()), (3, 3)),
    "flattened_and_back": (in_a_row(conv(3), k.Flatten(), k.Reshape((18, 24, 2)), conv(3)), (5, 5)),
    "rows": (in_a_row(conv(3), k.Reshape((18, 48)), k.Conv1D(2, 3)), (5, WIDTH)),
    "gated": (gated, (HEIGHT, WIDTH)),
    "gated_flat": (gated_flat, (HEIGHT, WIDTH)),
    "decoded": (decoded, (HEIGHT - 1, WIDTH - 3)),  # strides that do not reach the last pixels
    "larger_than_the_picture": (in_a_row(conv(3, 3), conv(3, 3), conv(2)), (18, 18)),
    "group_normalised": (in_a_row(conv(3), k.GroupNormalization(1)), (HEIGHT, WIDTH)),
}  # fmt: skip
STEPS = {
    "causal": (in_a_row(k.Conv1D(2, 3, padding="causal"), k.Conv1D(2, 2, padding="causal")), 4),
    "dilated_causal": (in_a_row(k.Conv1D(2, 3, padding="causal", dilation_rate=4)), 9),
    "separable": (in_a_row(k.SeparableConv1D(2, 3, strides=2), k.DepthwiseConv1D(3)), 7),
    "pooled": (in_a_row(k.Conv1D(2, 3), k.AveragePooling1D(2), k.Conv1D(2, 3)), 8),
    "padded": (in_a_row(k.ZeroPadding1D((1, 2)), k.Cropping1D((0, 4)), k.Conv1D(2, 3)), 3),
    "enlarged": (in_a_row(k.AveragePooling1D(2), k.UpSampling1D(2), k.Conv1D(2, 2)), 4),
    "transposed": (in_a_row(k.Conv1D(2, 2, 2), k.Conv1DTranspose(2, 4, 2, "same")), 4),
}  # fmt: skip


def positive(model):
    """With all weights above zero no two ways of a number through a network cancel out."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.uniform(0.1, 0.3, w.shape) for w in model.weights])
    return model


def built(shape, build):
    inputs = keras.Input(shape)
    outputs = build(inputs)
    if len(outputs.shape) > 2:
        outputs = k.Flatten()(outputs)
    return positive(keras.Model(inputs, k.Dense(1, name="y_pred")(outputs)))


def windows_by_gradients(network, layer):
    """For some cells of a map, the first and last rows and columns that the gradient touches."""
    every = [(row, column) for row in range(layer.height) for column in range(layer.width)]
    cells = [every[i] for i in np.unique(np.linspace(0, len(every) - 1, 48).astype(int))]
    shape = (len(cells), network.height, network.width, network.channels)
    batch = tf.constant(np.random.default_rng(1).uniform(0.1, 0.9, shape), tf.float32)
    operation = network.operation(layer.name)
    with tf.GradientTape() as tape:
        tape.watch(batch)
        with collected_outputs(operation, lambda output: None) as seen:
            network._body.forward(batch)
        maps = tf.reshape(seen[-1], (len(cells), layer.height, layer.width, -1))
        explained = tf.gather_nd(maps, [(n, *cell) for n, cell in enumerate(cells)])
    touched = np.abs(tape.gradient(explained, batch).numpy()).max(axis=-1) > 0
    return {
        cell: (ends(seen.any(axis=1)), ends(seen.any(axis=0)))
        for cell, seen in zip(cells, touched, strict=True)
    }


def ends(touched):
    found = np.flatnonzero(touched)
    return (int(found[0]), int(found[-1]) + 1) if len(found) else None


def fields_of(network):
    recording = record_calls(network.model, network.layout.own)
    start = every_cell(network.height, network.width)
    fields = follow_fields(recording.calls, recording.source, start)
    return {c.operation.path: field for c, field in zip(recording.calls, fields, strict=True)}


def check_every_cell(network, layer):
    field = fields_of(network)[layer.name]
    for (row, column), (rows, columns) in windows_by_gradients(network, layer).items():
        if rows is None:
            continue  # a cell that sees padding alone
        assert (rows, columns) == (tuple(field.rows[row]), tuple(field.columns[column]))
    assert layer.receptive_field == field.size


@pytest.mark.parametrize("name", PICTURES)
def test_a_cell_sees_what_its_gradient_touches(name):
    build, expected = PICTURES[name]
    network = KerasNetwork(built((HEIGHT, WIDTH, 3), build))
    layer = network.layers[-1]
    assert layer.receptive_field == expected
    check_every_cell(network, layer)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_sees_what_its_gradient_touches(name):
    build, expected = STEPS[name]
    network = KerasNetwork(built((24, 3), build))
    layer = network.layers[-1]
    assert layer.receptive_field == (1, expected)
    check_every_cell(network, layer)


def test_a_layer_that_remembers_sees_all_steps():
    build = in_a_row(k.Conv1D(2, 3), k.LSTM(2, return_sequences=True))
    network = KerasNetwork(built((24, 3), build))
    layer = network.layers[-1]
    assert (layer.kind, layer.receptive_field) == ("LSTM", (1, 24))
    assert windows_by_gradients(network, layer)[0, 21] == ((0, 1), (0, 24))


def test_a_maximum_sees_as_much_as_a_mean():
    for pooling in (k.MaxPooling2D(3, 2), k.AveragePooling2D(3, 2)):
        network = KerasNetwork(built((16, 16, 3), in_a_row(conv(3), pooling, conv(3))))
        assert network.layers[-1].receptive_field == (9, 9)


def test_what_is_not_known_is_not_guessed():
    class Odd(k.Layer):
        def call(self, inputs):
            return tf.reverse(inputs, [1])

    unknown = [Odd(), k.Permute((2, 1, 3)), k.UpSampling2D(2, interpolation="bicubic")]
    for layer in (*unknown, k.LayerNormalization(axis=[1, 2]), k.Softmax(axis=1)):
        network = KerasNetwork(built((16, 16, 3), in_a_row(conv(3), layer, conv(3))))
        assert network.layers[0].receptive_field == (3, 3)
        assert network.layers[-1].receptive_field is None


def test_a_network_of_any_size_is_measured_on_a_picture_of_the_listed_size():
    inputs = keras.Input((None, None, 3))
    x = k.GlobalAveragePooling2D()(conv(5, strides=2)(conv(3)(inputs)))
    network = KerasNetwork(keras.Model(inputs, k.Dense(2)(x)))
    assert [layer.receptive_field for layer in network.layers] == [(3, 3), (7, 7)]


def test_a_layer_counts_its_own_weights():
    network = KerasNetwork(networks.mobile(keras))
    counts = {layer.name: layer.parameters for layer in network.layers}
    assert counts == {
        "stem": 3 * 3 * 3 * 4,
        "stem_bn": 4 * 4,
        "stem_relu": 0,
        "depthwise": 3 * 3 * 4,
        "depthwise_bn": 4 * 4,
        "depthwise_relu": 0,
        "pointwise": 4 * 6,
        "pointwise_bn": 4 * 6,
        "pointwise_relu": 0,
    }
