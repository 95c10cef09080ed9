"""Which layer is explained when nobody names one: the last map, after its activation."""

import keras
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from tests.gradcam import networks

k = keras.layers


def conv(name, **options):
    return k.Conv2D(3, 3, padding="same", name=name, **options)


def in_a_row(*layers):
    def build(x):
        for layer in layers:
            x = layer(x)
        return x

    return build


def residual(x):
    x = conv("before")(x)
    y = k.BatchNormalization(name="bn")(conv("inside", activation="relu")(x))
    return k.ReLU(name="relu")(k.Add(name="sum")([x, y]))


def residual_with_a_side_that_runs_last(x):
    x = conv("before", activation="relu")(x)
    y = conv("inside", activation="relu")(x)
    return k.Add(name="sum")([y, k.Conv2D(3, 1, name="side")(x)])


def branches(x):
    left, right = conv("left", activation="relu")(x), conv("right", activation="relu")(x)
    return k.Concatenate(name="both")([left, k.MaxPooling2D(1)(right)])


def gate(x):
    x = conv("seen", activation="relu")(x)
    y = k.GlobalAveragePooling2D(keepdims=True)(x)
    y = k.Conv2D(3, 1, activation="sigmoid", name="squeezed")(y)
    return k.Multiply(name="gated")([x, y])


CASES = {
    "relu": (in_a_row(conv("c"), k.BatchNormalization(name="bn"), k.ReLU(name="a")), "a"),
    "pooled": (in_a_row(conv("c"), k.ReLU(name="a"), k.MaxPooling2D(2)), "a"),
    "own_activation": (in_a_row(conv("c", activation="relu"), k.MaxPooling2D(2)), "c"),
    "normalised": (in_a_row(conv("c"), k.BatchNormalization(name="bn")), "bn"),
    "bare": (in_a_row(conv("c", activation="relu"), conv("d")), "d"),
    "prelu": (in_a_row(conv("c"), k.PReLU(name="a")), "a"),
    "leaky_relu": (in_a_row(conv("c"), k.LeakyReLU(name="a")), "a"),
    "swish": (in_a_row(conv("c"), k.Activation("swish", name="a")), "a"),
    "operation": (in_a_row(conv("c"), keras.ops.relu6), "relu6"),
    "dropout": (in_a_row(conv("c"), k.Dropout(0.5), k.ReLU(name="a"), k.Dropout(0.5)), "a"),
    "spatial_dropout": (in_a_row(conv("c"), k.ReLU(name="a"), k.SpatialDropout2D(0.5)), "a"),
    "padded": (in_a_row(conv("c", activation="relu"), k.ZeroPadding2D(1)), "c"),
    "enlarged": (in_a_row(conv("c", activation="relu"), k.UpSampling2D(2)), "c"),
    "residual": (residual, "relu"),
    "side": (residual_with_a_side_that_runs_last, "sum"),
    "branches": (branches, "both"),
    "gate": (gate, "gated"),
    "point": (in_a_row(conv("c", activation="relu"), k.Conv2D(4, 12, name="point")), "c"),
    "class_maps": (in_a_row(conv("c", activation="relu"), k.Conv2D(2, 1, name="d")), "d"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["flatten", "pooling"])
def test_the_last_map_after_its_activation(name, end):
    build, expected = CASES[name]
    inputs = keras.Input((12, 12, 3))
    x = build(inputs)
    x = k.Flatten()(x) if end == "flatten" else k.GlobalAveragePooling2D()(x)
    network = KerasNetwork(keras.Model(inputs, k.Dense(2, activation="softmax")(x)))
    assert network.default_layer.name.rstrip("_0123456789") == expected.rstrip("_0123456789")


def test_arithmetic_on_the_picture_is_no_layer():
    inputs = keras.Input((12, 12, 3))
    x = k.Activation("tanh", name="squashed")(inputs / 127.5 - 1.0)
    x = k.ReLU(name="relu")(conv("c")(x))
    network = KerasNetwork(keras.Model(inputs, k.Dense(2)(k.Flatten()(x))))
    assert [layer.name for layer in network.layers] == ["c", "relu"]
    assert network.layers[0].receptive_field == (3, 3)


def test_without_weights_in_front_there_is_no_layer():
    inputs = keras.Input((12, 12, 3))
    x = k.Dense(2)(k.Flatten()(k.ReLU()(inputs)))
    with pytest.raises(gradcam.NoLayerError):
        KerasNetwork(keras.Model(inputs, x), "x.h5").default_layer  # noqa: B018


def test_a_layer_that_ends_on_a_flat_row_is_not_listed_for_an_earlier_map():
    """Its last call is the one that is captured."""
    shared = k.Dense(3, name="shared")
    inputs = keras.Input((12, 12, 3))
    x = k.GlobalAveragePooling2D()(shared(conv("c", activation="relu")(inputs)))
    network = KerasNetwork(networks.seeded(keras.Model(inputs, shared(x))))
    assert [layer.name for layer in network.layers] == ["c"]
