"""What a TensorFlow Lite file is opened as: any batch, any order of axes, what it tells beside."""

import io
import zipfile

import flatbuffers
import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema

from gradcam.backends.graph.tensorflow_lite import parsing
from gradcam.errors import NetworkError
from gradcam.formats import Holds
from gradcam.head import Squash
from gradcam.loading import load_network, look_at
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.graph.tensorflow_lite.networks import small_file
from tests.gradcam.backends.graph.tensorflow_lite.written import (
    Operator,
    Tensor,
    answers,
    constant,
    options,
    written,
)

RNG = np.random.default_rng(6)
STRIDES = {"strideH": 1, "strideW": 1}


def whole(*numbers):
    return constant(np.array(numbers, np.int32))


def drawn(*shape):
    return constant(RNG.normal(size=shape).astype(np.float32))


@pytest.fixture(scope="module")
def content():
    return small_file(drawn_weights())


@pytest.fixture
def opened(tmp_path):
    def run(content, name="own.tflite"):
        (tmp_path / name).write_bytes(content)
        return load_network(tmp_path / name)

    return run


def refusal(opened, content):
    with pytest.raises(NetworkError) as caught:
        opened(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(content, change):
    """The same file after `change(model, graph)`."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    change(model, model.subgraphs[0])
    builder = flatbuffers.Builder(len(content))
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


# ------------------------------------------------------------------------------- what it is


def test_its_layers_are_those_of_its_author(opened, content):
    network = opened(content)
    assert [(layer.name, layer.kind, layer.receptive_field) for layer in network.layers] == [
        ("first", "Conv2D", (3, 3)),
        ("last", "Conv2D", (8, 8)),
        ("relu", "ReLU", (8, 8)),
    ]
    assert network.default_layer.name == "relu"
    assert [head.squash for head in network.heads] == [Squash.SOFTMAX]
    assert network.arithmetics == ()


def test_a_file_in_a_zip_opens_by_either_ending(opened, content, tmp_path):
    outputs = opened(content).run(drawn_pictures()).outputs
    for name in ("net.tflite", "net.lite", "deep/model_unquant.tflite"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(name, content)
            archive.writestr("labels.txt", "0 cat\n1 dog\n2 cow\n")
        given = opened(packed.getvalue(), "converted.zip").run(drawn_pictures()).outputs
        np.testing.assert_array_equal(given, outputs)


def test_a_file_is_seen_by_its_bytes(content, tmp_path):
    path = tmp_path / "anything.bin"
    path.write_bytes(content)
    assert look_at(path).holds is Holds.NETWORK


# ------------------------------------------------------------------------- batches and axes


def test_a_dense_layer_over_cells_folded_into_rows_runs_at_any_batch(opened):
    tensors = [
        Tensor((1, 5, 5, 3), "float32"), drawn(8, 3, 3, 3), drawn(8),
        Tensor((1, 5, 5, 8), "float32", name="conv/Relu"),
        whole(25, 8), Tensor((25, 8), "float32"), drawn(4, 8), drawn(4), Tensor((25, 4), "float32"),
        whole(1, 100), Tensor((1, 100), "float32"), drawn(3, 100), drawn(3),
        Tensor((1, 3), "float32"),
    ]  # fmt: skip
    content = written(
        tensors,
        [
            Operator("CONV_2D", (0, 1, 2), (3,), options("Conv2DOptions", **STRIDES)),
            Operator("RESHAPE", (3, 4), (5,), options("ReshapeOptions")),
            Operator("FULLY_CONNECTED", (5, 6, 7), (8,), options("FullyConnectedOptions")),
            Operator("RESHAPE", (8, 9), (10,), options("ReshapeOptions")),
            Operator("FULLY_CONNECTED", (10, 11, 12), (13,), options("FullyConnectedOptions")),
        ],
        (0,),
        (13,),
    )
    maps = RNG.normal(size=(5, 5, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(opened(content).run(maps).outputs, answers(content, maps), rtol=1e-4)


@pytest.mark.parametrize("straight_back", [True, False])
def test_a_picture_with_channels_first_is_taken_with_channels_last(opened, straight_back):
    """As converters of PyTorch write it: a transpose first, or padding before that."""
    margins = whole(0, 0, 0, 0, 1, 1, 1, 1)
    margins = constant(margins.data.reshape(4, 2))
    sides = (6, 7) if straight_back else (8, 9)
    tensors = [
        Tensor((1, 3, 6, 7), "float32"), margins, Tensor((1, 3, 8, 9), "float32", name="pad"),
        whole(0, 2, 3, 1), Tensor((1, *sides, 3), "float32", name="turned"),
        drawn(4, 3, 3, 3), drawn(4), Tensor((1, *sides, 4), "float32", name="conv/Relu"),
        whole(1, 2), Tensor((1, 4), "float32", name="mean/Mean"),
    ]  # fmt: skip
    operators = [
        Operator("PAD", (0, 1), (2,), options("PadOptions")),
        Operator("TRANSPOSE", (0 if straight_back else 2, 3), (4,), options("TransposeOptions")),
        Operator("CONV_2D", (4, 5, 6), (7,), options("Conv2DOptions", **STRIDES)),
        Operator("MEAN", (7, 8), (9,), options("ReducerOptions")),
    ]
    content = written(tensors, operators[straight_back:], (0,), (9,))
    network = opened(content)
    maps = RNG.normal(size=(3, 6, 7, 3)).astype(np.float32)
    assert network.layout.picture == (6, 7, 3)
    expected = answers(content, np.ascontiguousarray(maps.transpose(0, 3, 1, 2)))
    np.testing.assert_allclose(network.run(maps).outputs, expected, atol=1e-5)
    (layer,) = [layer for layer in network.layers if layer.name == "conv"]
    assert (layer.height, layer.width) == sides
    if straight_back:
        assert layer.receptive_field == (3, 3)
        assert network.summary.lines[0].path == "conv"  # no transpose is run


def test_what_is_worked_out_of_shapes_is_not_run(opened):
    """SHAPE, STRIDED_SLICE and PACK before a RESHAPE, as networks of any batch have them."""
    tensors = [
        Tensor((1, 4, 4, 3), "float32"), drawn(5, 3, 3, 3), drawn(5),
        Tensor((1, 4, 4, 5), "float32", name="conv/Relu"),
        Tensor((4,), "int32"), whole(0), whole(1), whole(1), Tensor((), "int32"),
        whole(80), Tensor((2,), "int32"), Tensor((1, 80), "float32"),
    ]  # fmt: skip
    tensors[9] = constant(np.array(80, np.int32))
    content = written(
        tensors,
        [
            Operator("CONV_2D", (0, 1, 2), (3,), options("Conv2DOptions", **STRIDES)),
            Operator("SHAPE", (3,), (4,), options("ShapeOptions", outType=2)),
            Operator("STRIDED_SLICE", (4, 5, 6, 7), (8,),
                     options("StridedSliceOptions", shrinkAxisMask=1)),
            Operator("PACK", (8, 9), (10,), options("PackOptions", axis=0, valuesCount=2)),
            Operator("RESHAPE", (3, 10), (11,), options("ReshapeOptions")),
        ],
        (0,),
        (11,),
    )  # fmt: skip
    network = opened(content)
    assert [line.kind for line in network.summary.lines] == ["Conv2D", "Flatten"]
    maps = RNG.normal(size=(3, 4, 4, 3)).astype(np.float32)
    np.testing.assert_allclose(network.run(maps).outputs, answers(content, maps), atol=1e-5)


# ------------------------------------------------------------------------- what it tells


def with_files(content, **files):
    """A file with others behind it, as TensorFlow's metadata writer puts them."""
    packed = io.BytesIO(content)
    packed.seek(0, io.SEEK_END)
    with zipfile.ZipFile(packed, "a") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_DOT_", "."), text)
    return packed.getvalue()


def test_names_of_classes_inside_the_file_are_told(opened, content):
    network = opened(with_files(content, labels_DOT_txt="cat\ndog\n\u0259\n"))
    assert network.told.class_names == ("cat", "dog", "\u0259")
    np.testing.assert_array_equal(
        network.run(drawn_pictures()).outputs, opened(content).run(drawn_pictures()).outputs
    )


@pytest.mark.parametrize("text", ["cat\ndog\n", "a\nb\nc\nd\n", "cat\n\ncow\n", ""])
def test_names_that_are_not_as_many_as_the_outputs_are_not_told(opened, content, text):
    assert opened(with_files(content, labels_DOT_txt=text)).told.class_names == ()


def test_a_float_file_tells_of_no_range(opened, content):
    assert opened(content).told.input_range is None


@pytest.mark.parametrize(
    ("kind", "scale", "zero", "said"),
    [
        ("int8", 1 / 255, -128, (0, 1)),
        ("uint8", 1 / 127.5, 127.5, (-1, 1)),
        ("int8", 1.0, -128, (0, 255)),
    ],
)
def test_the_numbers_of_an_input_tell_its_range(opened, kind, scale, zero, said):
    own = options("Conv2DOptions", **STRIDES)
    kernel = constant(RNG.integers(-99, 99, (2, 3, 3, 3)).astype(np.int8), 0.01)
    if kind == "uint8":
        kernel = constant(RNG.integers(0, 255, (2, 3, 3, 3)).astype(np.uint8), 0.01, 128)
    tensors = [
        Tensor((1, 4, 4, 3), kind, scale, int(zero)), kernel,
        constant(np.zeros(2, np.int32), 0.01 * scale), Tensor((1, 4, 4, 2), kind, 0.05, int(zero)),
        whole(1, 32), Tensor((1, 32), kind, 0.05, int(zero)),
    ]  # fmt: skip
    operators = [
        Operator("CONV_2D", (0, 1, 2), (3,), own),
        Operator("RESHAPE", (3, 4), (5,), options("ReshapeOptions")),
    ]
    told = opened(written(tensors, operators, (0,), (5,))).told
    assert told.input_range == pytest.approx(said, abs=0.01)
    assert told.numbers == f"weights {kind}, activations {kind}"


# ----------------------------------------------------------------------------- refusals


def test_one_of_several_graphs_is_refused(opened, content):
    said = refusal(opened, changed(content, lambda model, graph: model.subgraphs.append(graph)))
    assert "own.tflite holds 2 graphs" in said


def test_sparse_weights_are_refused_by_their_place(opened, content):
    def change(_, graph):
        graph.tensors[1].sparsity = schema.SparsityParametersT()
        graph.tensors[1].name = "model/first/Conv2D"

    assert "sparse weights (at model/first/Conv2D)" in refusal(opened, changed(content, change))


@pytest.mark.parametrize(
    ("custom", "said"),
    [
        ("FlexErf", "TensorFlow's own operator Erf (Flex, at model/relu/Relu)"),
        ("edgetpu-custom-op", "compiled for an Edge TPU (custom operator edgetpu-custom-op at"),
        ("Mine", "the custom operator Mine (at model/relu/Relu)"),
    ],
)
def test_operators_of_others_are_refused_by_name_and_place(opened, content, custom, said):
    def change(model, graph):
        code = model.operatorCodes[graph.operators[3].opcodeIndex]
        code.builtinCode, code.deprecatedBuiltinCode, code.customCode = 32, 32, custom

    assert said in refusal(opened, changed(content, change))


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_TENSORS", 5), ("MAX_NUMBERS", 500), ("MAX_NAMES", 40)]
)
def test_more_than_can_be_run_is_refused_before_it_is_made(
    opened, content, monkeypatch, limit, value
):
    monkeypatch.setattr(parsing, limit, value)
    assert " 5 " in (said := refusal(opened, content)) or "too many numbers" in said


def test_a_network_of_nothing_learned_is_refused(opened):
    tensors = [Tensor((1, 4, 4, 3), "float32"), Tensor((1, 4, 4, 3), "float32")]
    content = written(tensors, [Operator("RELU", (0,), (1,))], (0,), (1,))
    assert "no layer that learned anything" in refusal(opened, content)


def test_shapes_that_contradict_each_other_are_refused(opened, content):
    def change(_, graph):
        graph.tensors[-3].shape = [1, 4]

    assert "own.tflite" in refusal(opened, changed(content, change))
