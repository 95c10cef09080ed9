import copy
import hashlib
import io
import json
import shutil
import warnings
import zipfile

import h5py
import keras
import numpy as np
import pytest
import tf_keras

import gradcam
from gradcam import loading
from gradcam.backends import archive
from gradcam.backends.keras.configuration import refuse_code
from gradcam.backends.keras.upgrading import upgrade_config
from gradcam.formats import Holds
from gradcam.loading import load_network, model_endings, openable_said
from tests.gradcam import networks


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Write a model once into a file and hand out its path."""
    folder, found = tmp_path_factory.mktemp("written"), {}

    def write(architecture, k=keras, suffix=".h5"):
        key = f"{architecture}-{k.__name__}{suffix}"
        if key not in found:
            model = networks.ARCHITECTURES[architecture](k)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model.save(folder / key)
            found[key] = folder / key, model
        return found[key]

    return write


@pytest.fixture(scope="module")
def h5_bytes(written):
    return written("flat")[0].read_bytes()


@pytest.fixture(scope="module")
def keras_bytes(written):
    return written("flat", suffix=".keras")[0].read_bytes()


def config_of(path):
    with h5py.File(path) as file:
        return json.loads(file.attrs["model_config"])


def with_config(path, source, config):
    shutil.copyfile(source, path)
    with h5py.File(path, "r+") as file:
        file.attrs["model_config"] = json.dumps(config) if isinstance(config, dict) else config
    return path


def nodes(value, class_name):
    """Every part of a configuration with that class name."""
    rest = list(value.values()) if isinstance(value, dict) else value
    found = [value] if isinstance(value, dict) and value.get("class_name") == class_name else []
    for item in rest:
        if isinstance(item, dict | list):
            found += nodes(item, class_name)
    return found


def refusal(path):
    """The sentence a file is refused with: one line that names the file, and no traceback."""
    with pytest.raises(gradcam.NetworkError) as caught:
        load_network(path)
    sentence = str(caught.value)
    assert path.name in sentence
    assert sentence.endswith(".")
    for trace in ("\n", "Traceback", "Error", str(path.parent), "<class"):
        assert trace not in sentence
    return sentence


def zipped(**members):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    return packed.getvalue()


# ----------------------------------------------------------------- upgrade_config, JSON to JSON


SHAPE = [None, 8, 8, 3]


def layer(class_name, **config):
    return {"class_name": class_name, "config": config}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            layer("DepthwiseConv2D", name="d", groups=1, strides=[1, 1]),
            layer("DepthwiseConv2D", name="d", strides=[1, 1]),
        ),
        (layer("BatchNormalization", axis=[3]), layer("BatchNormalization", axis=3)),
        (layer("BatchNormalizationV1", axis=[-1]), layer("BatchNormalization", axis=-1)),
        (layer("BatchNormalizationV1", axis=3), layer("BatchNormalization", axis=3)),
        (
            layer("Functional", input_layers=[["a", 0, 0]], output_layers=[["b", 0, 0]]),
            layer("Functional", input_layers=["a", 0, 0], output_layers=["b", 0, 0]),
        ),
        (
            layer("Model", input_layers=[["a", 0, 0]], output_layers=[["b", 0, 0], ["c", 0, 0]]),
            layer("Model", input_layers=["a", 0, 0], output_layers=[["b", 0, 0], ["c", 0, 0]]),
        ),
        (
            layer("GlorotUniform", seed=None, dtype="float32"),
            layer("GlorotUniform", seed=None),
        ),
        (
            layer("VarianceScaling", scale=2.0, mode="fan_out", dtype="float32"),
            layer("VarianceScaling", scale=2.0, mode="fan_out"),
        ),
        (
            layer("Sequential", layers=[layer("Conv2D", name="c", batch_input_shape=SHAPE)]),
            layer(
                "Sequential",
                layers=[
                    layer(
                        "InputLayer",
                        batch_input_shape=SHAPE,
                        dtype="float32",
                        name="c_input",
                    ),
                    layer("Conv2D", name="c"),
                ],
            ),
        ),
        (
            {"class_name": "Sequential", "config": [layer("Conv2D", name="c")]},
            layer("Sequential", name="sequential", layers=[layer("Conv2D", name="c")]),
        ),
    ],
    ids=[
        "groups", "axis", "v1_and_axis", "v1", "ends", "only_single_ends", "initializer",
        "any_initializer", "input_layer", "bare_list",
    ],
)  # fmt: skip
def test_one_rewrite(old, new):
    before = copy.deepcopy(old)
    assert upgrade_config(old) == new
    assert old == before


@pytest.mark.parametrize(
    "kept",
    [
        layer("Conv2D", groups=2, dtype="float32", axis=[3]),
        layer("LayerNormalization", axis=[3]),
        layer("BatchNormalization", axis=[1, 2]),
        layer("Functional", input_layers=[["a", 0, 0], ["b", 0, 0]], output_layers=["b", 0, 0]),
        layer("Functional", input_layers=["a", 0, 0], output_layers=["b", 0, 0]),
        layer("Sequential", layers=[layer("InputLayer", batch_input_shape=[None, 4, 4, 3])]),
        layer("Sequential", layers=[layer("Conv2D", name="c")]),
        layer("Sequential", layers=[]),
        layer("Dense", dtype="float32", batch_input_shape=[None, 4]),
    ],
)
def test_what_needs_no_rewrite_stays(kept):
    assert upgrade_config(kept) == kept


def test_rewrites_reach_every_depth():
    old = layer("Conv2D", kernel_initializer=layer("HeNormal", seed=1, dtype="float32"))
    new = layer("Conv2D", kernel_initializer=layer("HeNormal", seed=1))
    for wrap in (
        lambda inner: layer("Sequential", layers=[layer("InputLayer"), inner]),
        lambda inner: layer("TimeDistributed", layer=inner),
        lambda inner: layer("Functional", layers=[layer("Model", layers=[inner])]),
    ):
        assert upgrade_config(wrap(old)) == wrap(new)


@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_what_keras_3_wrote_stays_as_it_is(written, name):
    config = config_of(written(name)[0])
    assert upgrade_config(config) == config


@pytest.mark.parametrize("value", [None, 5, "text", [], {}, {"class_name": 5}, {"config": {}}])
def test_any_json_value_passes_through(value):
    assert upgrade_config(value) == value


# -------------------------------------------------------------------------- old shapes in files


def add_groups(config):
    for node in nodes(config, "DepthwiseConv2D"):
        node["config"]["groups"] = 1


def list_axis(config):
    for node in nodes(config, "BatchNormalization"):
        node["config"]["axis"] = [3]


def old_name(config):
    for node in nodes(config, "BatchNormalization"):
        node["class_name"] = "BatchNormalizationV1"


def wrapped_ends(config):
    (base,) = nodes(config, "Functional")
    for key in ("input_layers", "output_layers"):
        base["config"][key] = [base["config"][key]]


def initializer_dtype(config):
    for node in nodes(config, "GlorotUniform") + nodes(config, "Zeros"):
        node["config"]["dtype"] = "float32"


def no_input_layer(config):
    layers = config["config"]["layers"]
    shape = layers.pop(0)["config"]["batch_shape"]
    layers[0]["config"]["batch_input_shape"] = shape


def bare_list(config):
    no_input_layer(config)
    config["config"] = config["config"]["layers"]


OLD_SHAPES = [
    # architecture, the old shape, whether Keras 3 alone refuses it
    ("mobile", add_groups, True),
    ("nested_twice", add_groups, True),
    ("mobile", list_axis, False),
    ("mobile", old_name, True),
    ("nested_once", old_name, True),
    ("nested_once", wrapped_ends, True),
    ("nested_twice", wrapped_ends, True),
    ("mobile", initializer_dtype, True),
    ("sequential", no_input_layer, True),
    ("sequential", bare_list, True),
]


@pytest.mark.filterwarnings("ignore:Do not pass an `input_shape`")
@pytest.mark.parametrize(
    ("name", "shape", "refused"),
    OLD_SHAPES,
    ids=[f"{name}-{shape.__name__}" for name, shape, _ in OLD_SHAPES],
)
def test_a_file_of_an_old_shape_opens_with_equal_outputs(
    tmp_path, written, batch, name, shape, refused
):
    source, model = written(name)
    config = config_of(source)
    shape(config)
    assert config != config_of(source)
    path = with_config(tmp_path / "old.h5", source, config)
    if refused:
        with pytest.raises((TypeError, ValueError)):
            keras.models.load_model(path, compile=False)
    content = path.read_bytes()
    network = load_network(path)
    np.testing.assert_allclose(network.predict(batch), model.predict(batch, verbose=0), atol=1e-6)
    assert path.read_bytes() == content


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("name", networks.ARCHITECTURES)
def test_what_keras_2_wrote_opens_with_equal_outputs(written, batch, name, suffix):
    path, model = written(name, tf_keras, suffix)
    expected = model.predict(batch, verbose=0)
    np.testing.assert_allclose(load_network(path).predict(batch), expected, atol=1e-6)


@pytest.mark.parametrize("place", ["keras.src.engine.functional", "keras.engine.functional"])
def test_a_class_at_its_place_in_keras_2_is_found(tmp_path, written, batch, place):
    # Fails: what Keras 2.12 to 2.15 write for a functional model in a Sequential in a Sequential.
    source, model = written("nested_twice", tf_keras)
    text = json.dumps(config_of(source))
    assert "tf_keras.src.engine.functional" in text
    old = text.replace("tf_keras.src.engine.functional", place)
    path = with_config(tmp_path / "old.h5", source, json.loads(old))
    expected = model.predict(batch, verbose=0)
    np.testing.assert_allclose(load_network(path).predict(batch), expected, atol=1e-6)


# ------------------------------------------------------------------------ the bytes decide


@pytest.mark.parametrize("name", ["model.h5", "model.keras", "model.hdf5", "model", "model.png"])
@pytest.mark.parametrize("kind", ["h5", "keras"])
def test_the_bytes_decide_not_the_extension(tmp_path, h5_bytes, keras_bytes, batch, name, kind):
    path = tmp_path / name
    path.write_bytes(h5_bytes if kind == "h5" else keras_bytes)
    network = load_network(str(path))
    expected = networks.flat(keras).predict(batch, verbose=0)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)
    assert network.name == name
    assert network.digest == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "member", ["model.h5", "trained/model.H5", "model.hdf5", "deep/er/model.keras"]
)
def test_a_zip_with_one_model_in_it_opens(tmp_path, h5_bytes, keras_bytes, batch, member):
    """Edge Impulse's trained.h5.zip."""
    path = tmp_path / "trained.h5.zip"
    data = keras_bytes if member.endswith(".keras") else h5_bytes
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", "about")
        archive.writestr(member, data)
    network = load_network(path)
    expected = networks.flat(keras).predict(batch, verbose=0)
    np.testing.assert_allclose(network.predict(batch), expected, atol=1e-6)
    assert network.name == "trained.h5.zip"
    assert network.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_zip_made_on_a_mac_opens(tmp_path, h5_bytes, batch):
    # Fails: the Finder puts a second file, __MACOSX/._model.h5, beside the model.
    path = tmp_path / "trained.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.h5", h5_bytes)
        archive.writestr("__MACOSX/._model.h5", b"\x00\x05\x16\x07" + bytes(60))
    expected = networks.flat(keras).predict(batch, verbose=0)
    np.testing.assert_allclose(load_network(path).predict(batch), expected, atol=1e-6)


def test_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch, h5_bytes, keras_bytes):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    for data in (h5_bytes, keras_bytes, zipped(model_DOT_h5=h5_bytes)):
        (tmp_path / "model").write_bytes(data)
        load_network(tmp_path / "model")
    assert list((tmp_path / "temporary").iterdir()) == []


# ---------------------------------------------------------------------------------- refusals

NOT_ONE = f"a.zip is a zip without exactly one network in it ({', '.join(model_endings())})."


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.h5", b"", "a.h5 is empty."),
        (
            "a.h5",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a21\nsize 8732456\n",
            (
                "a.h5 is a Git LFS pointer, not the model itself; "
                "fetch the real file with `git lfs pull`."
            ),
        ),
        (
            "a.keras",
            b"<!DOCTYPE html>\n<html>Not found</html>",
            f"a.keras is a text file, not a model; open one of {openable_said()}.",
        ),
        (
            "a.h5",
            b"\x1c\x00\x00\x00TFL3" + bytes(100),
            "a.h5 is damaged: it begins as a TensorFlow Lite file but cannot be read.",
        ),
        (
            "a.h5",
            b"\x89PNG\r\n\x1a\n" + bytes(100),
            f"a.h5 is no model that is opened here ({openable_said()}); save or export it again.",
        ),
        (
            "a.zip",
            zipped(model_DOT_txt=b"x"),
            NOT_ONE,
        ),
        (
            "a.zip",
            zipped(a_DOT_h5=b"x", b_DOT_h5=b"x"),
            NOT_ONE,
        ),
        (
            "a.zip",
            zipped(model__saved_model_DOT_pb=b"x", model__keras_metadata_DOT_pb=b"x"),
            "a.zip is damaged, or contradicts itself: its graph cannot be read.",
        ),
        (
            "a.zip",
            zipped(b_DOT_keras=zipped(model_DOT_h5=b"x")),
            "a.zip holds a zip in a zip and was not opened.",
        ),
        ("a.zip", zipped(model_DOT_h5=b""), "a.zip is empty."),
        (
            "a.zip",
            zipped(model_DOT_h5=b"just some text"),
            f"a.zip is a text file, not a model; open one of {openable_said()}.",
        ),
    ],
    ids=[
        "empty", "lfs", "text", "tflite", "binary", "zip_without", "zip_with_two", "saved_model",
        "zip_in_zip", "zip_with_empty", "zip_with_text",
    ],
)  # fmt: skip
def test_what_is_no_keras_network_is_refused_in_one_sentence(tmp_path, name, data, sentence):
    path = tmp_path / name
    path.write_bytes(data)
    assert refusal(path) == sentence


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refusal(tmp_path / "a.h5") == "The model file a.h5 cannot be read."
    (tmp_path / "b.h5").mkdir()
    assert refusal(tmp_path / "b.h5") == (
        "b.h5 is a folder without a network; a SavedModel has saved_model.pb in it."
    )


def test_weights_without_a_network_are_refused(tmp_path):
    path = tmp_path / "a.weights.h5"
    networks.flat(keras).save_weights(path)
    assert refusal(path) == (
        "a.weights.h5 holds weights without the network itself; "
        "save the whole model with `model.save(...)`."
    )


@pytest.mark.parametrize("length", [8, 100, 0.5, 0.95])
def test_a_truncated_hdf5_file_is_refused(tmp_path, h5_bytes, length):
    path = tmp_path / "a.h5"
    path.write_bytes(h5_bytes[: length if length >= 1 else int(len(h5_bytes) * length)])
    assert refusal(path) == "a.h5 is damaged: it begins as HDF5 but cannot be read."


@pytest.mark.parametrize("length", [8, 100, 0.5, 0.95])
def test_a_truncated_archive_is_refused(tmp_path, keras_bytes, length):
    path = tmp_path / "a.keras"
    path.write_bytes(keras_bytes[: length if length >= 1 else int(len(keras_bytes) * length)])
    assert refusal(path) == "a.keras is damaged: it begins as a zip but cannot be read."


@pytest.mark.parametrize("tenth", range(10))
def test_garbage_in_an_archive_is_refused(tmp_path, keras_bytes, tenth):
    path, data = tmp_path / "a.keras", bytearray(keras_bytes)
    start = 64 + (len(data) - 400) * tenth // 10
    data[start : start + 300] = b"\x55" * 300
    path.write_bytes(data)
    assert refusal(path)[:7] in {"a.keras", "Keras c"}


@pytest.mark.parametrize("tenth", range(10))
def test_garbage_in_a_compressed_zip_is_refused(tmp_path, h5_bytes, tenth):
    # Fails in most places: zlib.error is none of the exceptions that are caught.
    path, data = tmp_path / "a.zip", bytearray(zipped(model_DOT_h5=h5_bytes))
    start = 64 + (len(data) - 300) * tenth // 10
    data[start : start + 50] = b"\x55" * 50
    path.write_bytes(data)
    assert refusal(path) == "a.zip is damaged: it begins as a zip but cannot be read."


def test_missing_weights_are_refused(tmp_path, written):
    source, _ = written("flat")
    path = with_config(tmp_path / "a.h5", source, config_of(source))
    with h5py.File(path, "r+") as file:
        del file["model_weights"]
    assert refusal(path) == (
        "Keras cannot rebuild the network in a.h5; save it again with a newer Keras."
    )


BROKEN = "a.h5 is damaged: its description of the layers is broken."


@pytest.mark.parametrize(
    "config",
    ['{"class_name": ', "[1, 2]", "null", np.bytes_(b"\xff\xfe{}"), '"text"', "[" * 100_000],
    ids=["cut", "list", "null", "bytes", "text", "deep"],
)
def test_a_broken_description_is_refused(tmp_path, written, config):
    path = with_config(tmp_path / "a.h5", written("flat")[0], config)
    assert refusal(path) == BROKEN


@pytest.mark.parametrize(
    "config",
    [
        '{"config":' * 800 + "{}" + "}" * 800,
        '{"class_name": "Sequential", "config": {"layers": [5]}}',
        '{"class_name": "Sequential", "config": {"layers": {"a": 1}}}',
        '{"class_name": "Sequential", "config": {"layers": [{"class_name": "D", "config": [1]}]}}',
    ],
    ids=["deep", "layer_is_a_number", "layers_are_an_object", "config_is_a_list"],
)
def test_a_hostile_description_is_refused_as_well(tmp_path, written, config):
    # Fails: RecursionError, AttributeError or KeyError leaves upgrade_config.
    refusal(with_config(tmp_path / "a.h5", written("flat")[0], config))


@pytest.mark.parametrize("value", [5, np.arange(3), h5py.Empty("f")], ids=type)
def test_a_description_that_is_no_text_is_refused(tmp_path, written, value):
    # Fails: json.loads raises a TypeError, which is not caught.
    path = with_config(tmp_path / "a.h5", written("flat")[0], value)
    assert refusal(path) == BROKEN


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch, h5_bytes):
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", len(h5_bytes))
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(model_DOT_h5=h5_bytes))
    assert load_network(path).units == 3
    path.write_bytes(zipped(model_DOT_h5=h5_bytes, note_DOT_txt=b"x"))
    assert refusal(path) == "a.zip unpacks to more than 2 GB and was not opened."


class Whitening(keras.layers.Layer):
    """A layer Keras does not have; it is never registered."""

    def call(self, inputs):
        return inputs * 1.0


@pytest.mark.parametrize("suffix", [".h5", ".keras"])
def test_a_layer_keras_does_not_have_is_named(tmp_path, suffix):
    inputs = keras.Input((16, 16, 3))
    x = keras.layers.Flatten()(Whitening(name="odd")(inputs))
    path = tmp_path / f"a{suffix}"
    keras.Model(inputs, keras.layers.Dense(2)(x)).save(path)
    assert refusal(path) == (
        f"a{suffix} uses a layer that Keras does not have, “Whitening”; "
        "save the network with Keras' own layers."
    )


# ------------------------------------------------------------------------------------- code


def with_lambda(k, marker, depth):
    """A network whose Lambda layer writes a file when it runs."""

    def scale(x, marker=str(marker)):
        from pathlib import Path

        Path(marker).write_text("ran", encoding="utf-8")
        return x / 2

    inputs = k.Input((16, 16, 3))
    base = k.Model(inputs, k.layers.Lambda(scale, name="scale_it")(inputs))
    for _ in range(depth):
        base = k.Sequential([k.Input((16, 16, 3)), base])
    x = k.layers.Flatten()(base(inputs) if depth else base.output)
    return k.Model(inputs, k.layers.Dense(2)(x))


@pytest.mark.parametrize("depth", [0, 2])
@pytest.mark.parametrize("suffix", [".h5", ".keras"])
@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "keras_2"])
def test_a_lambda_is_refused_by_name_and_has_not_run(tmp_path, k, suffix, depth):
    marker, path = tmp_path / "ran", tmp_path / f"a{suffix}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with_lambda(k, marker, depth).save(path)
    assert marker.read_text() == "ran"  # building it ran it, so opening it would
    marker.unlink()
    assert refusal(path) == (
        f"a{suffix} carries Python code in its Lambda layer “scale_it” and was not opened; "
        "replace that layer by a Keras layer such as Rescaling and save it again."
    )
    assert not marker.exists()
    (tmp_path / "a.zip").write_bytes(zipped(**{f"model_DOT_{suffix[1:]}": path.read_bytes()}))
    assert "carries Python code" in refusal(tmp_path / "a.zip")
    assert not marker.exists()


def test_code_is_refused_before_keras_sees_the_file(tmp_path, monkeypatch):
    path = tmp_path / "a.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with_lambda(keras, tmp_path / "ran", 1).save(path)

    def never(*args, **kwargs):
        raise AssertionError("Keras saw a file that carries code")

    monkeypatch.setattr(keras.models, "load_model", never)
    assert "carries Python code" in refusal(path)


@pytest.mark.parametrize(
    "config",
    [
        {"class_name": "Lambda"},
        {"class_name": "Lambda", "config": None},
        {"class_name": "Lambda", "config": {"name": "unnamed"}},
        {"class_name": "__lambda__", "config": {"value": "4wEAAA"}},
        layer("Dense", activation={"class_name": "__lambda__", "config": {"value": "4wEAAA"}}),
        {"layers": [[{"deep": [{"class_name": "Lambda", "config": {}}]}]]},
    ],
)
def test_code_is_found_anywhere(config):
    with pytest.raises(gradcam.NetworkError, match="Lambda layer “unnamed”"):
        refuse_code(config, "a.h5")


def test_code_is_found_at_a_depth_where_python_would_not_recurse():
    config = {"class_name": "Lambda", "config": {"name": "deep"}}
    for _ in range(20_000):
        config = {"config": [config]}
    with pytest.raises(gradcam.NetworkError, match="“deep”"):
        refuse_code(config, "a.h5")


def test_a_network_without_code_is_not_refused(written):
    for name in networks.ARCHITECTURES:
        refuse_code(config_of(written(name)[0]), "a.h5")
    refuse_code({"name": "Lambda", "config": ["__lambda__"]}, "a.h5")


@pytest.mark.parametrize("k", [keras, tf_keras], ids=["keras", "keras_2"])
def test_a_loss_of_ones_own_is_only_for_training(tmp_path, k):
    model = networks.ARCHITECTURES["flat"](k)
    model.compile("adam", loss=lambda true, said: (true - said) ** 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "a.keras")
    batch = np.random.default_rng(0).random((2, *model.input_shape[1:]), np.float32)
    outputs = load_network(tmp_path / "a.keras").run(batch).outputs
    np.testing.assert_allclose(outputs, model.predict(batch, verbose=0), atol=1e-6)


def test_a_saved_model_behind_a_layer_is_refused(tmp_path, written):
    """TFSMLayer would load, and run, any SavedModel of the machine."""
    source, _ = written("sequential")
    config = config_of(source)
    config["config"]["layers"].insert(1, layer("TFSMLayer", filepath="elsewhere", name="outside"))
    assert refusal(with_config(tmp_path / "a.h5", source, config)).startswith(("a.h5", "Keras"))


# ----------------------------------------------------------- weights in a second file


class TwoFiles:
    """Opens a network whose weights lie beside it under its own name."""

    endings = (".two",)

    def knows(self, seen):
        return seen.head.startswith(b"TWO")

    def holds(self, _path, seen):
        return Holds.NETWORK if self.knows(seen) else None

    def open(self, path, _name, _digest, _options):
        return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def test_weights_beside_a_network_in_a_zip_come_along_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr(loading, "READERS", (*loading.READERS, TwoFiles()))
    with zipfile.ZipFile(tmp_path / "both.zip", "w") as file:
        file.writestr("net/model.two", "TWO")
        file.writestr("net/model.two.data", "weights")
        file.writestr("model.two.data", "another's")
        file.writestr("net/labels.txt", "a")
    opened = load_network(tmp_path / "both.zip")
    assert opened == {"model": b"TWO", "model.two.data": b"weights"}


def test_the_files_of_a_network_are_itself_and_its_weights(tmp_path):
    for name in ("model.onnx", "model.onnx.data", "other.onnx.data"):
        (tmp_path / name).write_bytes(b"")
    own = tmp_path / "model.onnx"
    assert loading.network_files(own) == (own, tmp_path / "model.onnx.data")
