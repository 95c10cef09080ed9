"""Networks of Keras 2 that compute with TensorFlow's functions between their layers."""

import json
import warnings

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf
import tf_keras as k

import gradcam
from gradcam.backends.keras.functions import FUNCTIONS
from gradcam.loading import load_network
from tests.gradcam import networks

K = k.backend
LONG = k.layers.Reshape((64, 3))
PADS = [[0, 0], [1, 1], [2, 1], [0, 0]]
STEPS = {
    "arithmetic": {  # arithmetic: constants on either side, lists, arrays, further tensors
        "divided": lambda x: x / 127.5,
        "divides": lambda x: 1 / (x + 2.0),
        "subtracted": lambda x: x - 1,
        "subtracts": lambda x: 255 - x,
        "times": lambda x: x * 2,
        "from_array": lambda x: x - np.array([1.0, 2.0, 3.0], np.float32),
        "from_tensor": lambda x: x * tf.constant([1.0, 2.0, 3.0]),
        "from_whole_numbers": lambda x: tf.math.add(x, [1, 2, 3]),
        "other_first": lambda x: tf.add(0.5, x),
        "two_tensors": lambda x: x * tf.nn.sigmoid(x),
        "bias": lambda x: tf.nn.bias_add(x, [1.0, 2.0, 3.0]),
        "bias_of_keras": lambda x: K.bias_add(x, K.constant([-1.0, 0.0, 1.0]), "channels_last"),
        "power": lambda x: x**2,
        "base": lambda x: 2.0**x,
        "minus": lambda x: -x,
        "absolute": abs,
        "floor_div": lambda x: (x * 10) // 3.0,
        "remainder": lambda x: (x * 10) % 3.0,
        "no_nan": lambda x: tf.math.divide_no_nan(x, tf.nn.relu(x)),
        "larger": lambda x: tf.maximum(x, 0.1),
        "smaller": lambda x: tf.minimum(0.1, x),
        "clipped": lambda x: tf.clip_by_value(x, -0.5, 0.5),
        "clipped_of_keras": lambda x: K.clip(x, 0, 1),
        "sum_of_list": lambda x: tf.add_n([x, x * 2]),
        "squares": lambda x: tf.math.squared_difference(x, 0.5),
        "roots": lambda x: tf.sqrt(tf.square(x)) + tf.math.rsqrt(x * x + 1.0),
        "curves": lambda x: tf.exp(x) + tf.math.log(x * x + 1.0) + tf.tanh(x) + tf.math.erf(x),
        "rounded": lambda x: tf.round(x * 3) + tf.floor(x * 3) + tf.math.ceil(x * 3) + tf.sign(x),
    },
    "activations": {  # activations
        "relu": tf.nn.relu,
        "relu6": lambda x: tf.nn.relu6(x * 10),
        "sigmoid": tf.sigmoid,
        "softmax": lambda x: tf.nn.softmax(x, axis=1),
        "log_softmax": tf.nn.log_softmax,
        "elu": tf.nn.elu,
        "selu": tf.nn.selu,
        "silu": tf.nn.swish,
        "gelu": tf.nn.gelu,
        "gelu_by_tanh": lambda x: tf.nn.gelu(x, approximate=True),
        "leaky": lambda x: tf.nn.leaky_relu(x, alpha=0.1),
        "leaky_by_default": tf.nn.leaky_relu,
        "softplus": tf.nn.softplus,
        "softsign": tf.nn.softsign,
        "hard_sigmoid": k.activations.hard_sigmoid,
        "relu_with_all": lambda x: K.relu(x, alpha=0.1, max_value=0.5, threshold=0.1),
        "hard_swish": lambda x: x * tf.nn.relu6(x + 3) * (1 / 6),
        "unit_length": lambda x: tf.nn.l2_normalize(x, -1),
        "local_response": lambda x: tf.nn.local_response_normalization(x, alpha=0.1),
    },
    "comparisons": {  # comparisons
        "where": lambda x: tf.where(x > 0.1, x, 0.0),
        "both": lambda x: tf.cast((x > 0) & (x < 0.2), tf.float32),
        "whole": lambda x: tf.cast(tf.cast(x * 10, tf.int32), tf.float32) / 2.0,
    },
    "along_an_axis": {  # along an axis
        "mean": lambda x: tf.reduce_mean(x, axis=[1, 2]),
        "mean_kept": lambda x: x - tf.math.reduce_mean(x, [1, 2], keepdims=True),
        "mean_of_keras": lambda x: K.mean(x, axis=-1, keepdims=True),
        "sum": lambda x: tf.reduce_sum(x, -1, keepdims=True),
        "largest": lambda x: tf.reduce_max(x, [1, 2]) - tf.reduce_min(x, [1, 2]),
        "product": lambda x: tf.reduce_prod(x, -1),
        "deviation": lambda x: x / tf.math.reduce_std(x, [1, 2, 3], keepdims=True),
        "variance": lambda x: tf.math.reduce_variance(x, [1, 2]),
        "moments": lambda x: tf.nn.moments(x, [1, 2])[1],
    },
    "matrices": {  # products of matrices
        "matmul": lambda x: tf.matmul(x, x, transpose_b=True),
        "matmul_from_left": lambda x: tf.matmul(x, x, transpose_a=True),
        "tensordot": lambda x: tf.tensordot(x, tf.ones((3, 2)), 1),
    },
    "places": {  # where numbers stand
        "part": lambda x: x[:, 1:-1, 2:, tf.newaxis, 0],
        "backwards": lambda x: x[:, ::-2, 1:7:2],
        "one_row": lambda x: x[:, 3],
        "reshaped": lambda x: tf.reshape(x, [-1, 64, 3]),
        "reshaped_by_batch": lambda x: tf.reshape(x, [tf.shape(x)[0], 64, 3]),
        "by_its_size": lambda x: x / tf.cast(tf.shape(x)[1], tf.float32),
        "transposed": lambda x: tf.transpose(x, [0, 2, 1, 3]),
        "expanded": lambda x: tf.squeeze(tf.expand_dims(x, 1), axis=1),
        "joined": lambda x: tf.concat([x, x * 2, x], axis=3),
        "stacked": lambda x: tf.stack([x, x * 2], axis=1),
        "parts": lambda x: tf.concat(tf.split(x, 3, -1)[::-1], -1),
        "parts_of_sizes": lambda x: tf.split(x, [1, 2], axis=-1)[1],
        "unstacked": lambda x: tf.unstack(x, axis=-1)[0],
        "tiled": lambda x: tf.tile(x, [1, 2, 2, 1]),
        "repeated": lambda x: tf.repeat(x, 2, axis=1),
        "gathered": lambda x: tf.gather(x, [2, 1, 0], axis=-1),
        "reversed": lambda x: tf.reverse(x, [-1]),
        "padded": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
        "padded_with_a_number": lambda x: tf.pad(
            x, [[0, 0], [1, 1], [2, 1], [0, 0]], constant_values=3
        ),
        "padded_by_mirror": lambda x: tf.pad(x, PADS, mode="REFLECT"),
        "identity": lambda x: tf.stop_gradient(tf.identity(x)) + tf.zeros_like(x) + tf.ones_like(x),
    },
    "pictures": {  # pictures
        "resized": lambda x: tf.image.resize(x, [4, 5]),
        "resized_by_nearest": lambda x: tf.image.resize(x, (12, 13), method="nearest"),
        "resized_by_bicubic": lambda x: tf.image.resize(x, (12, 13), method="bicubic"),
        "resized_by_lanczos": lambda x: tf.image.resize(
            x, (5, 4), method="lanczos3", antialias=True
        ),
        "enlarged_by_keras": lambda x: K.resize_images(x, 2, 2, "channels_last", "bilinear"),
        "standardized": tf.image.per_image_standardization,
        "grey": tf.image.rgb_to_grayscale,
        "flipped": lambda x: tf.image.flip_up_down(tf.image.flip_left_right(x)),
        "largest_near": lambda x: tf.nn.max_pool2d(x, [1, 3, 3, 1], [1, 2, 2, 1], "SAME"),
        "mean_near": lambda x: tf.nn.avg_pool2d(x, 2, 2, "VALID"),
        "patches": lambda x: tf.image.extract_patches(
            x, [1, 4, 4, 1], [1, 4, 4, 1], [1, 1, 1, 1], "VALID"
        ),
        "blocks": lambda x: tf.nn.depth_to_space(tf.nn.space_to_depth(x, 2), 2),
    },
    "prepared": {  # as keras.applications prepares pictures
        "mobilenet": lambda x: k.applications.mobilenet_v2.preprocess_input(x * 255),
        "densenet": lambda x: k.applications.densenet.preprocess_input(x * 255),
    },
    "attention": {  # layers that are called with more than one tensor
        "layer_with_a_constant": lambda x: k.layers.Add()([x, tf.ones((1, 8, 8, 3))]),
        "attention": lambda x: k.layers.Attention()([LONG(x), LONG(x)]),
        "attention_in_heads": lambda x: k.layers.MultiHeadAttention(2, 4)(LONG(x), LONG(x * 2)),
        "attention_by_names": lambda x: k.layers.MultiHeadAttention(2, 4)(
            query=LONG(x), value=LONG(x * 2), key=LONG(x)
        ),
    },
}
# Keras 2 cannot write an Ellipsis into a .keras archive.
ONLY_IN_HDF5 = {
    "bgr": lambda x: x[..., ::-1],
    "last_channel": lambda x: x[..., 0:1],
    "resnet": lambda x: k.applications.resnet50.preprocess_input(x * 255),
}


def model_with(*steps):
    """A network with steps beside each other between its convolution and its end."""
    inputs = k.Input((8, 8, 3))
    first = k.layers.Conv2D(3, 1, name="first")(inputs)
    ends = [k.layers.Dense(2)(k.layers.Flatten()(step(first))) for step in steps]
    outputs = k.layers.Concatenate()(ends) if len(ends) > 1 else ends[0]
    return networks.seeded(k.Model(inputs, outputs))


def nested(model):
    """The same inside of another network, which scales what goes in."""
    inputs = k.Input((8, 8, 3))
    return k.Model(inputs, model(inputs / 2.0) * 3.0)


def saved(model, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)
    return path


def refusal(path):
    with pytest.raises(gradcam.NetworkError) as caught:
        load_network(path)
    return str(caught.value)


def differing(steps, path, wrap=lambda model: model):
    """The names of those steps whose outputs are not what Keras 2 gives."""
    model, batch = wrap(model_with(*steps.values())), networks.pictures(2, size=8)
    expected = model.predict(batch, verbose=0)
    assert np.isfinite(expected).all()
    assert (np.ptp(expected, axis=0) > 1e-4).all()
    given = load_network(saved(model, path)).predict(batch)
    apart = np.abs(given - expected) > 1e-5 * np.maximum(1, np.abs(expected))
    return [
        name for name, own in zip(steps, np.split(apart, len(steps), 1), strict=True) if own.any()
    ]


@pytest.mark.parametrize("group", STEPS)
def test_a_step_gives_what_keras_2_gave(tmp_path, group):
    assert differing(STEPS[group], tmp_path / "a.h5") == []


@pytest.mark.parametrize("group", STEPS)
def test_a_step_gives_the_same_nested_and_in_an_archive(tmp_path, group):
    assert differing(STEPS[group], tmp_path / "a.keras", nested) == []


@pytest.mark.parametrize("wrap", [lambda model: model, nested], ids=["flat", "nested"])
def test_an_ellipsis_is_read(tmp_path, wrap):
    assert differing(ONLY_IN_HDF5, tmp_path / "a.h5", wrap) == []


def test_steps_give_the_same_nested_in_hdf5(tmp_path):
    steps = {name: STEPS["arithmetic"][name] for name in ("from_array", "two_tensors", "divides")}
    assert differing(steps | STEPS["attention"], tmp_path / "a.h5", nested) == []


def test_a_network_with_such_steps_can_be_copied_and_explained(tmp_path, batch):
    model = model_with(lambda x: tf.nn.relu6(x / 2.0 + 1) * x)
    network = load_network(saved(model, tmp_path / "a.h5"))
    pictures = networks.pictures(2, size=8)
    copy = network.shuffled().network
    np.testing.assert_array_equal(copy.predict(pictures), network.predict(pictures))
    assert gradcam.explain(network, pictures).maps.shape == (2, 8, 8)


def test_steps_are_known_by_their_kinds_and_before_the_first_weights_none_is_a_layer(tmp_path):
    inputs = k.Input((8, 8, 3))
    x = k.applications.resnet50.preprocess_input(inputs)
    x = k.layers.Conv2D(3, 3, name="first")(x / 127.5 - 1)
    x = tf.nn.relu6(x)[:, 1:] * 2
    model = k.Model(inputs, k.layers.Dense(2)(k.layers.Flatten()(x)))
    network = load_network(saved(model, tmp_path / "a.h5"))
    kinds = [line.kind for line in network.summary.lines]
    assert kinds[:5] == ["GetItem", "Add", "TrueDivide", "Subtract", "Conv2D"]
    assert [layer.kind for layer in network.layers] == ["Conv2D", "Relu6", "Multiply"]
    assert [layer.receptive_field for layer in network.layers] == [(3, 3)] * 3
    assert network.layers[-1].height == 5
    assert all(line.cost is not None for line in network.summary.lines)


# ------------------------------------------------------------------------------ what is refused


def with_function(path, source, function, further):
    """The file of a network whose one function is another one."""
    with h5py.File(source) as file:
        config = json.loads(file.attrs["model_config"])
    (layer,) = (x for x in config["config"]["layers"] if x["class_name"] == "TFOpLambda")
    layer["config"]["function"] = function
    layer["inbound_nodes"][0][3] = further
    layer["name"] = layer["config"]["name"] = "step"
    for other in config["config"]["layers"]:
        if other["class_name"] == "Flatten":
            other["inbound_nodes"][0][0][0] = "step"
    path.write_bytes(source.read_bytes())
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps(config)
    return path


SENTENCE = (
    "a.h5 computes with TensorFlow's {} in its layer “step”, which Keras 3 has no "
    "operation for; build that step from Keras' own layers, give the network the same weights, "
    "and save it as .keras."
)


@pytest.mark.parametrize(
    ("function", "further"),
    [
        ("io.read_file", {}),
        ("io.write_file", {"contents": "x"}),
        ("py_function", {"func": "os.system", "Tout": "float32"}),
        ("numpy_function", {"func": "print", "Tout": "float32"}),
        ("raw_ops.ReadFile", {}),
        ("saved_model.load", {}),
        ("keras.models.load_model", {}),
        ("math.add.__globals__", {"y": 1}),
        ("os.system", {}),
        ("", {}),
        ("__class__", {}),
        ("random.normal", {}),
    ],
)
def test_what_stands_not_in_the_list_is_refused_by_name(tmp_path, monkeypatch, function, further):
    source = saved(model_with(lambda x: x * 2), tmp_path / "source.h5")

    def never(*args, **kwargs):
        raise AssertionError("Keras saw the file")

    monkeypatch.setattr("keras.saving.deserialize_keras_object", never)
    path = with_function(tmp_path / "a.h5", source, function, further)
    assert refusal(path) == SENTENCE.format(function)


@pytest.mark.parametrize(
    ("function", "further", "told"),
    [
        ("math.multiply", {"y": 2, "axis": 1}, "math.multiply (axis=1)"),
        (
            "clip_by_value",
            {"clip_value_min": 0, "clip_value_max": ["first", 0, 0]},
            "clip_by_value (bounds that are no numbers)",
        ),
        ("reshape", {"shape": ["first", 0, 0]}, "reshape (a shape that is a tensor)"),
        ("tile", {"multiples": [1, ["first", 0, 0]]}, "tile (of tensors)"),
        ("linalg.matmul", {"b": ["first", 0, 0], "adjoint_a": True}, "linalg.matmul (adjoint_a)"),
    ],
)
def test_an_argument_that_would_be_lost_is_refused_by_name(tmp_path, function, further, told):
    source = saved(model_with(lambda x: x * 2), tmp_path / "source.h5")
    path = with_function(tmp_path / "a.h5", source, function, further)
    assert refusal(path) == SENTENCE.format(told)


def test_a_function_without_what_it_needs_is_damage(tmp_path):
    source = saved(model_with(lambda x: x * 2), tmp_path / "source.h5")
    path = with_function(tmp_path / "a.h5", source, "math.multiply", {})
    assert refusal(path) == "a.h5 is damaged: its description of the layers is broken."


def test_the_list_reads_and_writes_no_files_and_runs_no_code():
    words = ("file", "py_", "numpy", "io.", "raw", "load", "save", "print", "function", "lambda")
    assert not [name for name in FUNCTIONS if any(word in name for word in words)]


# ---------------------------------------------------------------------- TensorFlow 2.0 to 2.3

IN_THE_GRAPH = {
    "mobilenet": lambda x: x / 127.5 - 1.0,
    "resnet": lambda x: tf.nn.bias_add(x[..., ::-1], [-103.939, -116.779, -123.68]) / 100.0,
    "divides": lambda x: 1 / (x * x + 2.0),
    "part": lambda x: x[:, 1:-1, 2:, tf.newaxis, 0],
    "hard_swish": lambda x: x * tf.nn.relu6(x + 3) * (1 / 6),
    "swish": tf.nn.swish,
    "mean": lambda x: x - tf.reduce_mean(x, [1, 2], keepdims=True),
    "reshaped": lambda x: tf.transpose(tf.reshape(x, [-1, 16, 4, 3]), [0, 2, 1, 3]),
    "joined": lambda x: tf.concat([x, x * 2, x], -1),
    "parts": lambda x: tf.split(x, 3, -1)[1],
    "stacked": lambda x: tf.stack([x, x * 2], 1),
    "padded": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    "padded_by_mirror": lambda x: tf.pad(x, PADS, mode="REFLECT"),
    "resized": lambda x: tf.image.resize(x, [4, 5]),
    "resized_by_nearest": lambda x: tf.image.resize(x, [12, 13], method="nearest"),
    "softmax": tf.nn.softmax,
    "clipped": lambda x: tf.clip_by_value(x, -0.5, 0.5),
    "leaky": lambda x: tf.nn.leaky_relu(x, 0.1),
    "squeezed": lambda x: tf.squeeze(tf.expand_dims(x, 1), 1),
    "powers": lambda x: x**2 + tf.sqrt(tf.abs(x)) + tf.maximum(-x, 0.1),
    "whole": lambda x: tf.cast(tf.cast(x * 10, tf.int32), tf.float32),
    "pooled": lambda x: tf.nn.max_pool2d(x, 2, 2, "SAME"),
    "matmul": lambda x: tf.matmul(x, x, transpose_b=True),
    "gathered": lambda x: tf.gather(x, [2, 1, 0], axis=-1),
    "where": lambda x: tf.where(x > 0.1, x, tf.zeros_like(x) + x * 0.1),
}


def of_the_graph(folder, steps):
    """A network as TensorFlow 2.0 to 2.3 built it, and what it makes of pictures."""
    batch = networks.pictures(2, size=8)
    with tf.Graph().as_default(), tf.compat.v1.Session().as_default():
        model = model_with(*steps.values())
        (folder / "model.json").write_text(model.to_json(), encoding="utf-8")
        model.save_weights(folder / "model.h5")
        return batch, model.predict(batch)


def test_operations_of_the_graph_give_what_keras_2_gave(tmp_path):
    batch, expected = of_the_graph(tmp_path, IN_THE_GRAPH)
    assert "TensorFlowOpLayer" in (tmp_path / "model.json").read_text(encoding="utf-8")
    network = load_network(tmp_path / "model.json", weights=tmp_path / "model.h5")
    apart = np.abs(network.predict(batch) - expected) > 1e-5 * np.maximum(1, np.abs(expected))
    by_step = zip(IN_THE_GRAPH, np.split(apart, len(IN_THE_GRAPH), axis=1), strict=True)
    assert [name for name, own in by_step if own.any()] == []


@pytest.mark.parametrize(
    ("operation", "constants", "told"),
    [("ReadFile", {}, "ReadFile"), ("PyFunc", {}, "PyFunc"), ("Mul", {"1": 2.0}, None)],
)
def test_an_operation_of_the_graph_that_is_not_in_the_list_is_refused(
    tmp_path, operation, constants, told
):
    of_the_graph(tmp_path, {"times": lambda x: x * 2.0})
    config = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    (layer,) = (x for x in config["config"]["layers"] if x["class_name"] == "TensorFlowOpLayer")
    layer["config"]["node_def"]["op"] = operation
    layer["config"]["node_def"] = json.dumps(layer["config"]["node_def"])  # as TensorFlow 2.1 had
    layer["config"]["constants"] = constants
    (tmp_path / "model.json").write_text(json.dumps(config), encoding="utf-8")
    if told is None:
        assert load_network(tmp_path / "model.json", weights=tmp_path / "model.h5").units == 2
        return
    with pytest.raises(gradcam.NetworkError, match=f"TensorFlow's {told} in its layer"):
        load_network(tmp_path / "model.json", weights=tmp_path / "model.h5")


# -------------------------------------------------------------------- what Keras 3 itself wrote


def of_keras_3():
    """Operations and layers of one name, constants on both sides, slices and parts."""
    ops, layers = keras.ops, keras.layers
    inputs = keras.Input((8, 8, 3))
    x = (inputs / 127.5 - 1)[..., ::-1] - np.array([0.1, 0.2, 0.3], np.float32)
    x = layers.Conv2D(4, 3, name="first")(x[:, 1:, :-1])
    sums = layers.Add()([x, ops.add(x, 1.0)])
    products = layers.Multiply()([sums, 1 - x]) * 0.5
    mixed = layers.Maximum()([products, ops.maximum(x, 0.1)])
    x = ops.concatenate([*ops.split(mixed, 2, axis=-1), ops.softmax(mixed, axis=-1)], axis=-1)
    x = layers.Softmax()(ops.image.resize(ops.transpose(x, (0, 2, 1, 3)), (4, 4)))
    x = ops.reshape(ops.clip(x, 0, 0.5), (-1, 16, 8))
    x = ops.mean(ops.stack([x, x**2], axis=1), axis=[1, 2])
    x = ops.cast(ops.relu6(ops.squeeze(ops.expand_dims(x, 1), 1)), "float32")
    x = ops.where(ops.greater(x, 0.1), x, 0.0)
    return networks.seeded(keras.Model(inputs, layers.Dense(3, name="y_pred")(x)))


@pytest.mark.parametrize("wrap", ["flat", "nested", "in_a_sequential"])
def test_operations_in_hdf5_of_keras_3_open(tmp_path, wrap):
    model = of_keras_3()
    if wrap != "flat":
        inputs = keras.Input((8, 8, 3))
        inner = model(inputs * 2) + 1 if wrap == "nested" else model(inputs)
        model = keras.Model(inputs, inner)
    if wrap == "in_a_sequential":
        model = keras.Sequential([keras.Input((8, 8, 3)), model, keras.layers.ReLU()])
    path = saved(model, tmp_path / "a.h5")
    batch = 200 * networks.pictures(3, size=8)
    expected = model.predict(batch, verbose=0)
    assert np.ptp(expected, axis=0).max() > 1e-3
    network = load_network(path)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-5)
    kinds = [line.kind for line in network.summary.lines if line.kind in {"Add", "Multiply"}]
    assert len(kinds) >= 4


def test_an_operation_that_keras_does_not_have_is_named(tmp_path):
    source = saved(of_keras_3(), tmp_path / "source.h5")
    with h5py.File(source, "r+") as file:
        config = file.attrs["model_config"]
        file.attrs["model_config"] = config.replace('"TrueDivide"', '"Obliterate"')
    assert refusal(source) == (
        "source.h5 uses a layer that Keras does not have, “Obliterate”; "
        "save the network with Keras' own layers."
    )
