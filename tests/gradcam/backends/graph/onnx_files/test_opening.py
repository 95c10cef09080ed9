"""Whole ONNX files: what opens, under which names, and what is refused in which words."""

import hashlib

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

import gradcam
from gradcam.errors import NetworkError
from gradcam.loading import load_network
from tests.gradcam.backends.back_ends import drawn_pictures, drawn_weights
from tests.gradcam.backends.graph.onnx_files.files import peer, saved, small_network, written

node = helper.make_node
WEIGHTS, PICTURES = drawn_weights(), drawn_pictures()
SHAPE = ["batch", 3, 12, 16]
RNG = np.random.default_rng(17)


def small_file(shape=SHAPE, change=lambda nodes, constants: None, **options):
    nodes, constants = small_network(WEIGHTS)
    change(nodes, constants)
    return written(nodes, constants, shape, **options)


def refusal(path):
    with pytest.raises(NetworkError) as error:
        load_network(path)
    return str(error.value)


def torch_like(nodes, constants):
    """Flattened with channels first, as torch does."""
    del nodes[5]
    nodes[5].input[0] = "/relu/Relu_output_0"


@pytest.mark.parametrize("shape", [SHAPE, [1, 3, 12, 16], [4, 3, 12, 16]])
def test_a_file_of_any_batch_gives_what_onnxruntime_does_at_any_batch(tmp_path, shape):
    model = small_file(shape, torch_like)
    network = load_network(saved(tmp_path, model))

    free = small_file(SHAPE, torch_like)
    (expected,) = peer(free, PICTURES.transpose(0, 3, 1, 2))

    np.testing.assert_allclose(network.predict(PICTURES), expected, atol=1e-6)
    np.testing.assert_allclose(network.predict(PICTURES[:1]), expected[:1], atol=1e-6)


def test_a_batch_that_stands_in_a_reshape_is_any(tmp_path):
    def change(nodes, constants):
        torch_like(nodes, constants)
        nodes[5] = node("Reshape", ["/relu/Relu_output_0", "shape"], ["/flatten/Flatten_output_0"])
        constants["shape"] = np.asarray([1, -1])

    network = load_network(saved(tmp_path, small_file([1, 3, 12, 16], change)))

    whole = load_network(saved(tmp_path, small_file(SHAPE, torch_like), "free.onnx"))
    np.testing.assert_allclose(network.predict(PICTURES), whole.predict(PICTURES), atol=1e-6)


def test_shapes_that_are_worked_out_in_the_file_are_worked_out_while_reading(tmp_path):
    def change(nodes, constants):
        torch_like(nodes, constants)
        constants.update(zero=np.asarray(0), axes=np.asarray([0]), rest=np.asarray([-1]))
        nodes[5:6] = [
            node("Shape", ["/relu/Relu_output_0"], ["sizes"]),
            node("Gather", ["sizes", "zero"], ["count"], axis=0),
            node("Unsqueeze", ["count", "axes"], ["row"]),
            node("Concat", ["row", "rest"], ["target"], axis=0),
            node("Reshape", ["/relu/Relu_output_0", "target"], ["/flatten/Flatten_output_0"]),
        ]

    network = load_network(saved(tmp_path, small_file(SHAPE, change)))

    whole = load_network(saved(tmp_path, small_file(SHAPE, torch_like), "free.onnx"))
    np.testing.assert_array_equal(network.predict(PICTURES), whole.predict(PICTURES))
    assert [line.kind for line in network.summary.lines][-4:] == [
        "Transpose", "Flatten", "Dense", "Softmax",
    ]  # fmt: skip


def test_torchs_strided_view_of_a_global_mean_is_what_it_is(tmp_path):
    """ReduceMean, Reshape(-1), and a Gather by an index of the whole batch."""
    constants = {
        "k": RNG.normal(size=(5, 3, 3, 3)).astype(np.float32),
        "w": RNG.normal(size=(5, 2)).astype(np.float32),
        "sides": np.asarray([2, 3]), "all": np.asarray([-1]), "zero": np.asarray(0),
        "one": np.asarray(1), "five": np.asarray(5), "axis": np.asarray([1]),
    }  # fmt: skip
    nodes = [
        node("Conv", ["picture", "k"], ["maps"]),
        node("ReduceMean", ["maps", "sides"], ["mean"]),
        node("Reshape", ["mean", "all"], ["flat"]),
        node("Shape", ["picture"], ["sizes"]),
        node("Gather", ["sizes", "zero"], ["count"]),
        node("Range", ["zero", "count", "one"], ["rows"]),
        node("Mul", ["rows", "five"], ["starts"]),
        node("Unsqueeze", ["starts", "axis"], ["column"]),
        node("Range", ["zero", "five", "one"], ["entries"]),
        node("Add", ["column", "entries"], ["index"]),
        node("Gather", ["flat", "index"], ["view"]),
        node("MatMul", ["view", "w"], ["output"]),
    ]
    model = written(nodes, constants, SHAPE)
    network = load_network(saved(tmp_path, model))

    (expected,) = peer(model, PICTURES.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(network.predict(PICTURES), expected, atol=1e-5)


def test_nodes_out_of_order_are_sorted(tmp_path):
    def change(nodes, constants):
        nodes.reverse()

    network = load_network(saved(tmp_path, small_file(SHAPE, change)))
    whole = load_network(saved(tmp_path, small_file(), "whole.onnx"))
    np.testing.assert_array_equal(network.predict(PICTURES), whole.predict(PICTURES))


def test_pictures_with_channels_last_are_taken_as_they_are(tmp_path):
    def change(nodes, constants):
        nodes.insert(0, node("Transpose", ["picture"], ["turned_in"], perm=[0, 3, 1, 2]))
        nodes[1].input[0] = "turned_in"

    network = load_network(saved(tmp_path, small_file(["batch", 12, 16, 3], change)))
    whole = load_network(saved(tmp_path, small_file(), "whole.onnx"))

    assert network.layout.picture == (12, 16, 3)
    np.testing.assert_array_equal(network.predict(PICTURES), whole.predict(PICTURES))


def test_float16_is_run_as_real_numbers_and_said(tmp_path):
    nodes, constants = small_network(WEIGHTS)
    halves = {name: own.astype(np.float16) for name, own in constants.items()}
    model = written(nodes, halves, SHAPE, input_type=TensorProto.FLOAT16)
    network = load_network(saved(tmp_path, model))

    rounded = {name: own.astype(np.float32) for name, own in halves.items()}
    whole = load_network(saved(tmp_path, written(nodes, rounded, SHAPE), "whole.onnx"))
    np.testing.assert_array_equal(network.predict(PICTURES), whole.predict(PICTURES))
    assert network.told.numbers == "weights float16, activations float"
    assert (network.summary.size, whole.told.numbers) == (2 * network.summary.parameters, "")


def test_labels_inside_are_told(tmp_path):
    """As Custom Vision writes them: a label and a map of labels to scores."""

    def change(nodes, constants):
        nodes += [
            node("ArgMax", ["output"], ["best"], axis=1),
            node("ZipMap", ["output"], ["loss"], domain="ai.onnx.ml",
                 classlabels_strings=["cat", "dog", "none"]),
        ]  # fmt: skip

    model = small_file(SHAPE, change, outputs=("best", "loss"))
    network = load_network(saved(tmp_path, model))

    assert network.told.class_names == ("cat", "dog", "none")
    assert [head.classes for head in network.heads] == [3]


# ------------------------------------------------------------------------------------ quantised


def quantised(scale, zero=-128):
    """The small network with levels of whole numbers between its operators."""
    nodes, constants = small_network(WEIGHTS)
    constants.update(
        s=np.float32(scale), z=np.int8(zero), si=np.float32(0.02), zi=np.int8(3),
        sl=np.float32(0.001), zl=np.int8(0),
    )  # fmt: skip
    kernel = constants["c"]
    scales = np.abs(kernel).max((1, 2, 3)) / 127
    constants["c8"] = np.round(kernel / scales[:, None, None, None]).astype(np.int8)
    constants.update(sc=scales, zc=np.zeros(len(scales), np.int8))
    del constants["c"], nodes[4]  # no ReLU: the range that ends at its zero point does its work
    nodes[0].input[0] = "picture_q"
    nodes[3].input[1] = "c_real"
    nodes[4].input[0] = "/last/q"
    nodes[-1].input[0] = "logits_q"
    pair = [
        ("picture", "picture_q", "si", "zi"),
        ("/last/Conv_output_0", "/last/q", "s", "z"),
        ("/y_pred/Gemm_output_0", "logits_q", "sl", "zl"),
    ]
    for given, made, step, middle in pair:
        nodes.append(node("QuantizeLinear", [given, step, middle], [f"{made}_levels"]))
        nodes.append(node("DequantizeLinear", [f"{made}_levels", step, middle], [made]))
    nodes.append(node("DequantizeLinear", ["c8", "sc", "zc"], ["c_real"], axis=0))
    return written(nodes, constants, SHAPE)


def test_levels_are_those_of_onnxruntime(tmp_path):
    import onnxruntime

    model = quantised(0.02)
    network = load_network(saved(tmp_path, model))

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    ordered = onnx.load_model_from_string(model.SerializeToString())
    session = onnxruntime.InferenceSession(ordered.SerializeToString(), options)
    (expected,) = session.run(None, {"picture": PICTURES.transpose(0, 3, 1, 2)})
    np.testing.assert_allclose(network.predict(PICTURES), expected, atol=1e-6)
    assert network.told.numbers == "weights float and int8, activations float and int8"
    low, high = network.told.input_range
    assert (low, high) == (pytest.approx(0.02 * -131), pytest.approx(0.02 * 124))


def test_no_gradient_passes_where_levels_end_but_at_the_logits(tmp_path):
    network = load_network(saved(tmp_path, quantised(0.02)))
    assert [layer.kind for layer in network.layers] == ["Conv2D", "Conv2D", "ReLU"]
    assert all(layer.receptive_field for layer in network.layers)
    assert network.summary.uncounted == ()
    weights = np.eye(3, dtype=np.float32)[[0, 1, 2, 0]]
    names = [layer.name for layer in network.layers]
    before, after = names[-2:]

    captures = network.captures(PICTURES, [before, after], weights, np.zeros(4, bool))

    levels = np.round(captures[before].activations / 0.02)
    inside = (levels >= 0) & (levels <= 255)
    assert inside.any()
    assert not inside.all()
    np.testing.assert_array_equal(captures[before].gradients[~inside], 0)
    passed = captures[before].gradients[inside]
    np.testing.assert_allclose(passed, captures[after].gradients[inside], rtol=1e-6)
    logits = network.logits(PICTURES)
    assert np.abs(logits).max() >= 0.127  # the end of their own range, where maps would go blank
    assert np.abs(captures[after].gradients).max(axis=(1, 2, 3)).min() > 0


# ---------------------------------------------------------------------------------------- names


def names_of(model, folder):
    network = load_network(saved(folder, model))
    return [line.path for line in network.summary.lines]


def test_names_of_torchs_older_exporter_are_the_modules(tmp_path):
    def change(nodes, constants):
        torch_like(nodes, constants)
        renamed = {
            "/first/Conv_output_0": "/layer1/layer1.0/conv1/Conv_output_0",
            "/first/Relu_output_0": "/layer1/layer1.0/relu/Relu_output_0",
            "/pool/MaxPool_output_0": "/layer1/layer1.0/MaxPool_output_0",
            "/last/Conv_output_0": "/layer1/layer1.0/down/down.0/Conv_output_0",
            "/relu/Relu_output_0": "/layer1/layer1.0/relu_1/Relu_output_0",
            "/flatten/Flatten_output_0": "/Flatten_output_0",
        }
        for each in nodes:
            for names in (each.input, each.output):
                names[:] = [renamed.get(name, name) for name in names]

    assert names_of(small_file(SHAPE, change), tmp_path) == [
        "layer1/0/conv1", "layer1/0/relu", "layer1/0/maxpool", "layer1/0/down/0",
        "layer1/0/relu_1", "flatten/transpose", "flatten", "y_pred", "output",
    ]  # fmt: skip


def test_names_of_torchs_newer_exporter_are_the_modules(tmp_path):
    scopes = ["layer1.0.conv1", "layer1.0.relu", "layer1.0", "layer1.0.down.0", "layer1.0.relu",
              "", "fc", ""]  # fmt: skip

    def change(nodes, constants):
        torch_like(nodes, constants)
        renamed = {name: f"v{number}" for number, each in enumerate(nodes) for name in each.output}
        renamed["output"] = "output"
        for each, scope in zip(nodes, scopes, strict=True):
            for names in (each.input, each.output):
                names[:] = [renamed.get(name, name) for name in names]
            entry = each.metadata_props.add()
            entry.key = "pkg.torch.onnx.name_scopes"
            entry.value = str(["", scope.split(".")[0], scope, "node"])

    assert names_of(small_file(SHAPE, change), tmp_path) == [
        "layer1/0/conv1", "layer1/0/relu", "layer1/0/maxpool", "layer1/0/down/0",
        "layer1/0/relu_1", "flatten/transpose", "flatten", "fc", "softmax",
    ]  # fmt: skip


# --------------------------------------------------------------------------------------- refused


def external(folder, location, length=None):
    """The small file with one array in a second file."""
    model = small_file()
    tensor = model.graph.initializer[0]
    data = tensor.raw_data
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "4"), ("length", str(len(data)))):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    (folder / "weights.bin").write_bytes((b"head" + data)[:length])
    return saved(folder, model)


def test_weights_in_a_second_file_are_part_of_the_network(tmp_path):
    path = external(tmp_path, "weights.bin")
    network = load_network(path)
    whole = load_network(saved(tmp_path, small_file(), "whole.onnx"))

    np.testing.assert_array_equal(network.predict(PICTURES), whole.predict(PICTURES))
    (tmp_path / "weights.bin").write_bytes(b"head" + bytes(432))
    assert load_network(path).digest != network.digest
    assert network.digest != hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/hostname", "a/../weights.bin", ""])
def test_weights_from_elsewhere_are_not_read(tmp_path, location):
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "weights.bin").write_bytes(bytes(500))
    said = refusal(external(inner, location))
    assert "from outside of its folder" in said
    assert "external_data=False" in said


def test_weights_behind_a_link_are_not_read(tmp_path):
    path = external(tmp_path, "weights.bin")
    (tmp_path / "weights.bin").rename(tmp_path / "real.bin")
    (tmp_path / "weights.bin").symlink_to(tmp_path / "real.bin")
    assert "weights.bin, which is not beside it" in refusal(path)


def test_weights_that_are_missing_or_too_short_are_named(tmp_path):
    assert "shorter than it says" in refusal(external(tmp_path, "weights.bin", length=50))
    (tmp_path / "weights.bin").unlink()
    assert "weights.bin, which is not beside it" in refusal(tmp_path / "network.onnx")


def other_kind(kind, domain=""):
    def change(nodes, constants):
        nodes[1].op_type, nodes[1].domain = kind, domain

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_kind("If"), "decides while it runs which operators come next (If at"),
        (other_kind("Relu9000"), "Relu9000 (first) is not read here"),
        (other_kind("FancyRelu", "com.example"), "needs FancyRelu of com.example"),
    ],
)
def test_operators_that_are_not_read_are_named_with_their_place(tmp_path, change, said):
    assert said in refusal(saved(tmp_path, small_file(SHAPE, change)))


def test_what_is_no_classifier_of_one_picture_is_refused(tmp_path):
    conv = node("Conv", ["picture", "k"], ["output"])
    kernel = {"k": RNG.normal(size=(4, 3, 1, 1)).astype(np.float32)}
    assert "as segmentation does" in refusal(saved(tmp_path, written([conv], kernel, SHAPE)))

    flat = node("Flatten", ["picture"], ["flat"])
    dense = node("MatMul", ["flat", "w"], ["output"])
    weights = {"w": RNG.normal(size=(576, 3)).astype(np.float32)}
    assert "no layer with a map" in refusal(saved(tmp_path, written([flat, dense], weights, SHAPE)))

    model = small_file()
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, [1]))
    assert "has 2 inputs" in refusal(saved(tmp_path, model))


def test_a_file_that_is_cut_off_is_damaged(tmp_path):
    path = saved(tmp_path, small_file())
    path.write_bytes(path.read_bytes()[:600])
    assert refusal(path) == "network.onnx is damaged or cut off and was not opened."


def test_a_map_is_the_same_whatever_order_the_file_has(tmp_path):
    network = load_network(saved(tmp_path, small_file(SHAPE, torch_like)))
    result = gradcam.explain(network, PICTURES)
    assert result.maps.shape == (4, 3, 5)
    assert network.default_layer.name == "relu"


def attending(nodes, x, number):
    """One block of a transformer whose attention has one head, with tokens `x`."""
    own = f"/blocks/{number}"
    nodes += [
        node("LayerNormalization", [x, "g", "o"], [f"{own}/norm1/LayerNormalization_output_0"]),
        *(
            step
            for part in "qkv"
            for step in (
                node("MatMul", [f"{own}/norm1/LayerNormalization_output_0", f"w{part}"],
                     [f"{own}/{part}/MatMul_output_0"]),
                node("Add", [f"b{part}", f"{own}/{part}/MatMul_output_0"],
                     [f"{own}/{part}/Add_output_0"]),
            )
        ),
        node("Transpose", [f"{own}/k/Add_output_0"], [f"{own}/turned"], perm=[0, 2, 1]),
        node("MatMul", [f"{own}/q/Add_output_0", f"{own}/turned"], [f"{own}/scores"]),
        node("Softmax", [f"{own}/scores"], [f"{own}/shares"]),
        node("MatMul", [f"{own}/shares", f"{own}/v/Add_output_0"], [f"{own}/mixed"]),
        node("Add", [x, f"{own}/mixed"], [f"{own}/Add_output_0"]),
    ]  # fmt: skip
    return f"{own}/Add_output_0"


def transformer():
    """Two blocks on patches of 4 × 4 with a class token, of which the last one's is read."""
    draw = lambda *shape: RNG.normal(size=shape, scale=0.4).astype(np.float32)  # noqa: E731
    constants = {
        "patch": draw(8, 3, 4, 4), "cls": draw(1, 1, 8), "place": draw(1, 13, 8),
        "g": draw(8), "o": draw(8), "head": draw(8, 3), "rows": np.asarray([0, 8, -1]),
        "zero": np.asarray(0), "axes": np.asarray([0]), "ones": np.asarray([1, 8]),
    }  # fmt: skip
    constants |= {f"w{part}": draw(8, 8) for part in "qkv"} | {
        f"b{part}": draw(8) for part in "qkv"
    }
    nodes = [
        node("Conv", ["picture", "patch"], ["/proj/Conv_output_0"], strides=[4, 4]),
        node("Reshape", ["/proj/Conv_output_0", "rows"], ["in_a_row"]),
        node("Transpose", ["in_a_row"], ["tokens"], perm=[0, 2, 1]),
        node("Shape", ["picture"], ["sizes"]),
        node("Gather", ["sizes", "zero"], ["count"]),
        node("Unsqueeze", ["count", "axes"], ["row"]),
        node("Concat", ["row", "ones"], ["wanted"], axis=0),
        node("Expand", ["cls", "wanted"], ["each"]),
        node("Concat", ["each", "tokens"], ["all"], axis=1),
        node("Add", ["all", "place"], ["/Add_output_0"]),
    ]
    x = attending(nodes, "/Add_output_0", 0)
    x = attending(nodes, x, 1)
    nodes += [
        node("Gather", [x, "zero"], ["class_token"], axis=1),
        node("MatMul", ["class_token", "head"], ["output"]),
    ]
    return written(nodes, constants, SHAPE)


def test_tokens_of_a_transformer_lie_as_a_grid_as_long_as_they_count(tmp_path):
    model = transformer()
    network = load_network(saved(tmp_path, model))

    (expected,) = peer(model, PICTURES.transpose(0, 3, 1, 2))
    np.testing.assert_allclose(network.predict(PICTURES), expected, atol=1e-5)
    shown = {layer.name: (layer.height, layer.width) for layer in network.layers}
    assert shown["blocks/0/add"] == shown["blocks/1/norm1"] == (3, 4)
    # Queries, keys and values are no place to look at, nor are tokens that nobody reads.
    assert network.default_layer.name == "blocks/1/norm1"
    assert {"blocks/1/q", "blocks/1/k", "blocks/1/v", "blocks/1/add"} <= network.passed_over
