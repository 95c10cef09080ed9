"""Shapes of networks that real files have, each written by Keras 2 and 3 and opened again."""

import json
import warnings

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras

import gradcam
from gradcam.backends.keras.upgrading import upgrade_config
from gradcam.loading import load_network
from tests.gradcam import networks

SIZE = 12
FILES = [(keras, ".h5"), (keras, ".keras"), (tf_keras, ".h5"), (tf_keras, ".keras")]
IDS = ["keras.h5", "keras.keras", "keras_2.h5", "keras_2.keras"]


def classified(k, x):
    return k.layers.Dense(3, activation="softmax", name="y_pred")(k.layers.Flatten()(x))


def separable(k):
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.SeparableConv2D(4, 3, depth_multiplier=2, activation="relu", name="first")(inputs)
    x = k.layers.SeparableConv2D(5, 3, strides=2, activation="relu", name="last")(x)
    return k.Model(inputs, classified(k, x))


def depthwise(k):
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", name="first")(inputs)
    x = k.layers.DepthwiseConv2D(3, padding="same", name="last")(x)
    return k.Model(inputs, classified(k, k.layers.ReLU(6.0, name="relu")(x)))


def fixed_batch(k):
    inputs = k.Input(batch_shape=(32, SIZE, SIZE, 3))
    x = k.layers.Conv2D(4, 3, activation="relu", name="last")(inputs)
    return k.Model(inputs, classified(k, x))


def preprocessing(k):
    inputs = k.Input((16, 16, 3))
    x = k.layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    x = k.layers.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0])(x)
    x = k.layers.Resizing(14, 14)(k.layers.RandomFlip("horizontal")(x))
    x = k.layers.CenterCrop(SIZE, SIZE)(k.layers.RandomRotation(0.1)(x))
    x = k.layers.Conv2D(4, 3, activation="relu", name="last")(x)
    return k.Model(inputs, classified(k, x))


def half_precision(k):
    policy = "mixed_float16"
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.Conv2D(4, 3, name="conv", dtype=policy)(inputs)
    x = k.layers.BatchNormalization(name="bn", dtype=policy)(x)
    x = k.layers.ReLU(name="last", dtype=policy)(x)
    x = k.layers.Dense(3, name="y_pred", dtype=policy)(k.layers.Flatten(dtype=policy)(x))
    return k.Model(inputs, k.layers.Activation("softmax", dtype="float32")(x))


def shared_inner(k):
    """The same inner network looks at the picture and at its mirror image."""
    inner = k.Input((SIZE, SIZE, 3))
    base = k.Model(inner, k.layers.Conv2D(4, 3, activation="relu", name="conv")(inner), name="base")
    inputs = k.Input((SIZE, SIZE, 3))
    first = base(inputs)
    small = k.layers.Cropping2D(1)(k.layers.ZeroPadding2D(1)(inputs))
    x = k.layers.Concatenate(name="both")([first, base(k.layers.AveragePooling2D(1)(small))])
    return k.Model(inputs, classified(k, x))


def nested_thrice(k):
    inner = k.Input((SIZE, SIZE, 3))
    model = k.Model(inner, k.layers.Conv2D(4, 3, activation="relu", name="last")(inner), name="a")
    for name in ("b", "c"):
        model = k.Sequential([k.Input((SIZE, SIZE, 3)), model], name=name)
    inputs = k.Input((SIZE, SIZE, 3))
    return k.Model(inputs, classified(k, model(inputs)))


def transfer(k):
    """A functional network in a functional network: Keras 2 counts the calls of one from 1."""
    inner = k.Input((SIZE, SIZE, 3))
    x = k.layers.Conv2D(4, 3, activation="relu", name="last")(inner)
    base = k.Model(inner, k.layers.SpatialDropout2D(0.3)(x), name="base")
    inputs = k.Input((SIZE, SIZE, 3))
    return k.Model(inputs, classified(k, base(inputs)))


def ending_in(outer):
    """The output is that of a nested network."""

    def build(k):
        inner = k.Input((8, 8, 4))
        end = k.Model(inner, classified(k, inner), name="end")
        if outer == "sequential":
            layers = [k.layers.Flatten(), k.layers.Dense(3, activation="softmax", name="y_pred")]
            end = k.Sequential([k.Input((8, 8, 4)), *layers], name="end")
        inputs = k.Input((SIZE - 2, SIZE - 2, 3))
        x = k.layers.Conv2D(4, 3, activation="relu", name="last")(inputs)
        return k.Model(inputs, end(x))

    return build


ending_in_functional, ending_in_sequential = ending_in("functional"), ending_in("sequential")


def enlarged(k):
    inputs = k.Input((SIZE, SIZE, 3))
    x = k.layers.Conv2D(4, 3, strides=3, activation="relu")(inputs)
    x = k.layers.Conv2DTranspose(3, 4, 2, "same", activation="relu", name="last")(x)
    return k.Model(inputs, classified(k, x))


def remembered(k):
    """An LSTM that gives all its steps."""
    inputs = k.Input((20, 5))
    x = k.layers.SpatialDropout1D(0.3)(k.layers.Conv1D(4, 3, activation="relu")(inputs))
    return k.Model(inputs, classified(k, k.layers.LSTM(3, return_sequences=True, name="last")(x)))


def flat_input(k):
    """Edge Impulse's: one long row of numbers that is reshaped inside."""
    return k.Sequential(
        [
            k.layers.Input((SIZE * 8 * 3,)),
            k.layers.Reshape((SIZE, 8, 3)),
            k.layers.Conv2D(4, 3, activation="relu", name="last"),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax", name="y_pred"),
        ]
    )


def conv_1d(k):
    return k.Sequential(
        [
            k.layers.Input((20 * 13,)),
            k.layers.Reshape((20, 13)),
            k.layers.Conv1D(4, 3, padding="same", activation="relu", name="first"),
            k.layers.MaxPooling1D(2, padding="same"),
            k.layers.Dropout(0.25),
            k.layers.SeparableConv1D(5, 3, activation="relu", name="last"),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax", name="y_pred"),
        ]
    )


def told_by_first_layers(k):
    """As tutorials have it: no Input, the first layer of each part tells the shape."""
    front = [
        k.layers.RandomFlip(input_shape=(SIZE, SIZE, 3)),
        k.layers.Rescaling(2.0, offset=-1.0),
    ]
    features = [k.layers.Conv2D(4, 3, activation="relu", input_shape=(SIZE, SIZE, 3), name="last")]
    back = [
        k.layers.Flatten(input_shape=(10, 10, 4)),
        k.layers.Dense(3, activation="softmax", name="y_pred"),
    ]
    parts = {"front": front, "features": features, "back": back}
    return k.Sequential([k.Sequential(part, name=name) for name, part in parts.items()])


# Each with its default layer, the size of its map and the shape that a batch has for us.
SHAPES = {
    separable: ("last", (4, 4), (SIZE, SIZE, 3)),
    depthwise: ("relu", (10, 10), (SIZE, SIZE, 3)),
    fixed_batch: ("last", (10, 10), (SIZE, SIZE, 3)),
    preprocessing: ("last", (10, 10), (16, 16, 3)),
    half_precision: ("last", (10, 10), (SIZE, SIZE, 3)),
    shared_inner: ("both", (10, 10), (SIZE, SIZE, 3)),
    nested_thrice: ("c/b/a/last", (10, 10), (SIZE, SIZE, 3)),
    transfer: ("base/last", (10, 10), (SIZE, SIZE, 3)),
    ending_in_functional: ("last", (8, 8), (10, 10, 3)),
    ending_in_sequential: ("last", (8, 8), (10, 10, 3)),
    enlarged: ("last", (8, 8), (SIZE, SIZE, 3)),
    remembered: ("last", (1, 18), (1, 20, 5)),
    flat_input: ("last", (10, 6), (SIZE, 8, 3)),
    conv_1d: ("last", (1, 8), (1, 20, 13)),
    told_by_first_layers: ("features/last", (10, 10), (SIZE, SIZE, 3)),
}


IDS_OF_SHAPES = [
    name for build in SHAPES for name, found in list(globals().items()) if found is build
]


@pytest.mark.parametrize(("k", "suffix"), FILES, ids=IDS)
@pytest.mark.parametrize("build", SHAPES, ids=IDS_OF_SHAPES)
def test_a_shape_opens_predicts_and_is_explained(tmp_path, build, k, suffix):
    name, size, shape = SHAPES[build]
    model = networks.seeded(build(k))
    path = tmp_path / f"a{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    network = load_network(path)
    layer = network.default_layer
    assert (layer.name, (layer.height, layer.width)) == (name, size)
    assert network.batch_shape == (None, *shape)
    batch = np.random.default_rng(5).uniform(-1, 1, (3, *shape)).astype(np.float32)
    own = batch.reshape(3, *model.input_shape[1:])
    half = build is half_precision
    outputs = network.predict(batch)
    np.testing.assert_allclose(outputs, model(own, training=False), atol=2e-3 if half else 1e-6)
    captured = gradcam.capture(network, batch, target=gradcam.Target.for_class(1))
    np.testing.assert_allclose(captured.outputs, outputs, atol=2e-3 if half else 1e-6)
    expected = gradients_by_hand(network, name, captured.activations)
    assert networks.relative(captured.gradients, expected) <= (5e-3 if half else 1e-5)


def gradients_by_hand(network, name, activations):
    """Of the logit: every shape ends in Flatten and Dense, with pooling behind its layer or not."""
    (path,) = (o.path for o in network.model.operations if o.path.split("/")[-1] == "y_pred")
    kernel = network.operation(path).details.kernel
    flat = tf.constant(activations.reshape(len(activations), -1))
    with tf.GradientTape() as tape:
        tape.watch(flat)
        logit = tf.matmul(flat, tf.cast(kernel, tf.float32))[:, 1]
    return tape.gradient(logit, flat).numpy().reshape(activations.shape)


# ------------------------------------------------------------------------- what is in a file


def test_a_keras_file_that_is_hdf5_is_known_by_its_bytes(tmp_path):
    """One of the real `model.keras` was written by Keras 2, which knew no archives."""
    model = networks.seeded(flat_input(tf_keras))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "a.h5")
    path = (tmp_path / "a.h5").rename(tmp_path / "a.keras")
    assert h5py.is_hdf5(path)
    network = load_network(path)
    batch = networks.pictures(2, size=SIZE)[:, :, :8]
    expected = model(batch.reshape(2, -1), training=False)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)


def test_layers_of_other_precision_than_their_network_are_read_as_written(tmp_path):
    """A float16 layer in a file of Keras 2 has a policy where Keras 3 has a name."""
    model = networks.seeded(half_precision(tf_keras))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "a.h5")
    with h5py.File(tmp_path / "a.h5") as file:
        assert "mixed_float16" in file.attrs["model_config"]
    network = load_network(tmp_path / "a.h5")
    assert network.operation("conv").details.compute_dtype == "float16"
    assert network.operation("y_pred").details.compute_dtype == "float16"


L = tf_keras.layers
OLD_LAYERS = [
    L.Activation("relu"), L.Add(), L.AlphaDropout(0.1), L.Average(), L.AveragePooling1D(),
    L.AveragePooling2D(), L.BatchNormalization(), L.Bidirectional(L.LSTM(2)), L.CenterCrop(2, 2),
    L.Concatenate(), L.Conv1D(2, 3), L.Conv1DTranspose(2, 3), L.Conv2D(2, 3),
    L.Conv2DTranspose(2, 3), L.ConvLSTM1D(2, 3), L.ConvLSTM2D(2, 3), L.Cropping1D(1),
    L.Cropping2D(1), L.Dense(2), L.DepthwiseConv1D(3), L.DepthwiseConv2D(3), L.Dropout(0.1),
    L.ELU(), L.Flatten(), L.GRU(2), L.GaussianDropout(0.1), L.GaussianNoise(0.1),
    L.GlobalAveragePooling1D(), L.GlobalAveragePooling2D(), L.GlobalMaxPooling2D(),
    L.GroupNormalization(1), L.LSTM(2), L.LayerNormalization(), L.LeakyReLU(), L.Masking(),
    L.MaxPooling1D(), L.MaxPooling2D(), L.Maximum(), L.MultiHeadAttention(2, 2), L.Multiply(),
    L.Normalization(mean=0.0, variance=1.0), L.PReLU(), L.Permute((2, 1)), L.RNN(L.LSTMCell(2)),
    L.RandomBrightness(0.1), L.RandomContrast(0.1), L.RandomCrop(2, 2), L.RandomFlip(),
    L.RandomRotation(0.1), L.RandomTranslation(0.1, 0.1), L.RandomZoom(0.1), L.ReLU(6.0),
    L.RepeatVector(2), L.Rescaling(2.0), L.Reshape((2, 2)), L.Resizing(2, 2),
    L.SeparableConv1D(2, 3), L.SeparableConv2D(2, 3), L.SimpleRNN(2), L.Softmax(),
    L.SpatialDropout1D(0.1), L.SpatialDropout2D(0.1), L.SpectralNormalization(L.Conv2D(2, 3)),
    L.Subtract(), L.TimeDistributed(L.Dense(2)), L.UnitNormalization(), L.UpSampling1D(),
    L.UpSampling2D(), L.ZeroPadding1D(), L.ZeroPadding2D(),
]  # fmt: skip


@pytest.mark.parametrize("old", OLD_LAYERS, ids=lambda old: type(old).__name__)
def test_a_layer_as_keras_2_wrote_it_is_built_by_keras_3(old):
    old = type(old).from_config({**old.get_config(), "name": "named"})
    written = json.loads(json.dumps(tf_keras.saving.serialize_keras_object(old)))
    new = keras.saving.deserialize_keras_object(upgrade_config(written))
    assert (type(new).__name__, new.name) == (type(old).__name__, "named")


def tensor(name, call=0):
    """As Keras 3 writes it: what else than the first argument is a tensor needs it."""
    own = {"shape": [None], "dtype": "float32", "keras_history": [name, call, 0]}
    return {"class_name": "__keras_tensor__", "config": own}


def test_calls_of_nested_models_are_counted_from_0():
    nested = {"name": "b", "class_name": "Functional", "inbound_nodes": [[["a", 0, 0, {}]]]}
    piled = {"name": "s", "class_name": "Sequential", "inbound_nodes": [[["b", 2, 0, {}]]]}
    seen = [[["b", 1, 0, {"mask": ["s", 1, 0]}], ["a", 1, 0, {}]]]
    layers = [nested, piled, {"name": "c", "class_name": "Add", "inbound_nodes": seen}]
    ends = {"input_layers": ["a", 0, 0], "output_layers": [["b", 1, 0], ["s", 1, 0]]}
    old = {"class_name": "Functional", "config": {"layers": layers, **ends}}
    new = upgrade_config(old)["config"]
    assert [x["inbound_nodes"] for x in new["layers"]] == [
        [[["a", 0, 0, {}]]],
        [[["b", 1, 0, {}]]],
        [{"args": [[tensor("b"), tensor("a", 1)]], "kwargs": {"mask": tensor("s")}}],
    ]
    assert new["output_layers"] == [["b", 1, 0], ["s", 0, 0]]


def test_a_precision_policy_becomes_its_name():
    for name in ("Policy", "PolicyV1"):
        old = {"dtype": {"class_name": name, "config": {"name": "mixed_float16"}}}
        assert upgrade_config(old) == {"dtype": "mixed_float16"}


@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "keras_2"])
def test_what_a_normalisation_learned_counts_however_deep_it_is_nested(tmp_path, k, suffix, depth):
    """As in EfficientNet; Keras' own reading of HDF5 forgets it inside of another network."""
    normalisation = k.layers.Normalization(axis=-1)
    normalisation.adapt(100 + 30 * networks.pictures(8, seed=3))
    inputs = k.Input((16, 16, 3))
    x = k.layers.Conv2D(4, 3, name="last")(normalisation(inputs))
    model = k.Model(inputs, k.layers.Dense(2)(k.layers.GlobalAveragePooling2D()(x)))
    for _ in range(depth):
        model = k.Sequential([k.Input((16, 16, 3)), model])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / f"a{suffix}")
    batch = 100 + 30 * networks.pictures(4)
    given = load_network(tmp_path / f"a{suffix}").predict(batch)
    np.testing.assert_allclose(given, model.predict(batch, verbose=0), atol=1e-4)
