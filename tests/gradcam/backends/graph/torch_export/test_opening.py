"""`.pt2` files: what they hold is read without torch, and what would run is never run."""

import pickle
import zipfile

import numpy as np
import pytest

import gradcam
from gradcam.errors import NetworkError
from gradcam.formats import WRITE_ONNX, WRITE_PT2
from gradcam.layers import last_layer
from tests.gradcam.backends.graph.torch_export.exported import Exported

RNG = np.random.default_rng(11)
PICTURES = RNG.normal(size=(5, 6, 8, 3)).astype(np.float32)
KERNEL = RNG.normal(0, 0.4, (4, 3, 3, 3)).astype(np.float32)
DENSE = RNG.normal(0, 0.4, (2, 4)).astype(np.float32)


def exported(rows=None, kernel=KERNEL, dense=DENSE, **options):
    """A convolution, a residual block whose ReLU is one module, a mean, a dense layer."""
    net = Exported(3, 6, 8, rows=rows, **options)
    first = net.weight("conv.weight", kernel)
    last = net.weight("fc.weight", dense)
    x = net.call("conv2d.default", module="conv", input=net.picture, weight=first, bias=None,
                 padding=[1, 1])  # fmt: skip
    y = net.call("relu_.default", module="block.relu", self=x)
    z = net.call("add.Tensor", module="block", self=y, other=y)
    z = net.call("relu_.default", module="block.relu", turn=1, self=z)
    pooled = net.call("adaptive_avg_pool2d.default", module="pool", self=z, output_size=[1, 1])
    flat = net.call("flatten.using_ints", self=pooled, start_dim=1)
    net.give(net.call("linear.default", module="fc", input=flat, weight=last))
    return net


def by_hand(pictures, kernel=KERNEL, dense=DENSE):
    wide = np.pad(pictures, ((0, 0), (1, 1), (1, 1), (0, 0)))
    maps = sum(
        wide[:, i : i + 6, j : j + 8] @ kernel[:, :, i, j].T for i in range(3) for j in range(3)
    )
    maps = 2 * np.maximum(maps, 0)
    return maps, maps.mean((1, 2)) @ dense.T


def opened(net, tmp_path, folder="net"):
    return gradcam.load_network(net.write(tmp_path / "model.pt2", folder))


def refusal(path):
    with pytest.raises(NetworkError) as caught:
        gradcam.load_network(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def close(one, two, atol=1e-5):
    np.testing.assert_allclose(one, two, rtol=0, atol=atol)


@pytest.mark.parametrize("folder", ["net", "anything else"])
@pytest.mark.parametrize("rows", [None, 1, 2])
def test_a_network_gives_what_it_gave_however_many_pictures_it_was_exported_with(
    rows, folder, tmp_path
):
    network = opened(exported(rows), tmp_path, folder)
    assert network.layout.picture == (6, 8, 3)
    maps, logits = by_hand(PICTURES)
    close(network.run(PICTURES).outputs, logits)
    close(network.activations(PICTURES, "block/relu"), maps)


def test_layers_are_called_as_in_the_authors_code_and_of_two_calls_the_last_is_meant(tmp_path):
    network = opened(exported(), tmp_path)
    names = [layer.name for layer in network.layers]
    assert names == ["conv", "block/relu/call 1", "block/add", "block/relu"]
    assert last_layer(network.layers, network.passed_over).name == "block/relu"
    assert [line.path for line in network.summary.lines][-1] == "fc"
    assert "secret" not in repr(network.summary)


def test_a_map_is_that_of_the_chosen_layer(tmp_path):
    network = opened(exported(), tmp_path)
    result = gradcam.explain(network, PICTURES, layer="block/relu", target=1)
    maps, _ = by_hand(PICTURES)
    close(result.maps, maps @ DENSE[1] / 48)


@pytest.mark.parametrize("halves", ["float16", "bfloat16"])
def test_weights_of_half_the_bits_are_run_as_real_numbers(halves, tmp_path):
    if halves == "float16":
        kernel = KERNEL.astype(np.float16)
        net = exported(kernel=kernel, dtype="float16")
    else:
        upper = (KERNEL.view(np.uint32) >> 16).astype(np.uint16)
        kernel = (upper.astype(np.uint32) << 16).view(np.float32)
        net = exported(kernel=KERNEL)
        net.files["data/weights/weight_0"] = upper.tobytes()
        net.config["conv.weight"]["tensor_meta"]["dtype"] = 13
        net.tensors["p_conv_weight"]["dtype"] = 13
    network = opened(net, tmp_path)
    _, logits = by_hand(PICTURES, kernel.astype(np.float32))
    close(network.run(PICTURES).outputs, logits)
    assert network.told.numbers == f"weights {halves}"


def test_a_weight_may_be_a_part_of_what_lies_in_its_file(tmp_path):
    net = exported()
    meta = net.config["fc.weight"]["tensor_meta"]  # every second of turned numbers, from the third
    room = np.zeros(3 + 16, np.float32)
    room[3:][::2] = DENSE.T.ravel()
    net.files["data/weights/weight_1"] = room.tobytes()
    meta["storage_offset"] = {"as_int": 3}
    meta["strides"] = [{"as_int": 2}, {"as_int": 4}]
    _, logits = by_hand(PICTURES)
    close(opened(net, tmp_path).run(PICTURES).outputs, logits)


def test_what_writes_over_a_tensor_is_seen_by_its_first_name(tmp_path):
    net = Exported(3, 6, 8)
    x = net.call("add.Tensor", module="first", self=net.picture, other=net.picture)
    net.call("relu_.default", module="act", self=x)
    mean = net.call("mean.dim", self=x, dim=[2, 3])
    net.give(mean)
    close(opened(net, tmp_path).run(PICTURES).outputs, np.maximum(2 * PICTURES, 0).mean((1, 2)))


def test_what_writes_over_a_part_of_what_is_read_later_is_refused(tmp_path):
    net = Exported(3, 6, 8)
    x = net.call("add.Tensor", self=net.picture, other=net.picture)
    part = net.call("select.int", self=x, dim=1, index=0)
    net.call("relu_.default", module="act", self=part)
    net.give(net.call("mean.dim", self=x, dim=[2, 3]))
    said = refusal(net.write(tmp_path / "m.pt2"))
    assert said == "m.pt2 writes over a part of what it reads again later; this is at act."


# ----------------------------------------------------------------------------------- refusals


class _Traitor:
    def __reduce__(self):
        return exec, ("import os; os.environ['A_PICKLE_WAS_RUN'] = '1'",)


def test_sample_inputs_are_never_touched(tmp_path, monkeypatch):
    monkeypatch.delenv("A_PICKLE_WAS_RUN", raising=False)
    net = exported()
    net.files["data/sample_inputs/model.pt"] = pickle.dumps(_Traitor())
    assert opened(net, tmp_path).layers
    import os

    assert "A_PICKLE_WAS_RUN" not in os.environ


def test_pickled_weights_are_refused(tmp_path):
    net = exported()
    net.config["conv.weight"]["use_pickle"] = True
    said = refusal(net.write(tmp_path / "m.pt2"))
    assert "its weights are pickles, which run code when they are read" in said
    assert WRITE_PT2 in said


def test_an_older_torch_is_named(tmp_path):
    net = exported()
    net.schema, net.torch = 7, "2.6.0+cpu"
    assert refusal(net.write(tmp_path / "m.pt2")).startswith("m.pt2 was written by torch 2.6.0; ")
    old = tmp_path / "old.pt2"
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr("serialized_exported_program.json", '{"torch_version": "2.4.1"}')
    assert refusal(old).startswith("old.pt2 was written by torch 2.4.1; write it again with")


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda net: net.input("numbers", 3), "takes 2 inputs; only networks that take one pict"),
        (lambda net: net.config.pop("fc.weight"), "damaged: the weights fc.weight are missing"),
        (lambda net: net.files.pop("data/weights/weight_1"), "damaged: data/weights/weight_1 is"),
        (lambda net: net.files.update({"data/weights/weight_1": b"few"}), "is damaged"),
        (lambda net: net.nodes[0].update(target="torch.ops.aten.conv9d.default"),
         "uses the operator aten.conv9d.default, which is not known here; this is at conv"),
        (lambda net: net.nodes[0].update(target="torch.ops.custom.conv2d.default"),
         "uses the operator custom.conv2d.default, which is not known here"),
        (lambda net: net.nodes[0]["inputs"].append(
            {"name": "new", "arg": {"as_int": 1}, "kind": 1}),
         "uses aten.conv2d.default in a way that is not known here"),
        (lambda net: net.nodes[0]["inputs"][1].update(arg={"as_tensor": {"name": "p_fc_weight"}}),
         "does not fit together: aten.conv2d.default at conv cannot be run on what it gets"),
        (lambda net: net.nodes.pop(0), "is damaged"),
        (lambda net: net.outputs.clear(), "is damaged"),
        (lambda net: net.tensors.pop("x"), "is damaged"),
        (lambda net: net.config["fc.weight"].update(path_name="../../x"), "damaged: data/weights/"),
        (lambda net: net.config["fc.weight"]["tensor_meta"].update(
            sizes=[{"as_int": 1 << 40}, {"as_int": 4}],
            strides=[{"as_int": 0}, {"as_int": 1}]), "is damaged"),
    ],
)  # fmt: skip
def test_what_is_not_as_torch_writes_it_is_refused_in_one_sentence(broken, said, tmp_path):
    net = exported()
    broken(net)
    assert said in refusal(net.write(tmp_path / "m.pt2"))


def test_a_network_in_training_says_how_to_end_that(tmp_path):
    net = exported()
    net.call("dropout.default", module="drop", input=net.picture, p=0.5, train=True)
    assert "call `model.eval()` before" in refusal(net.write(tmp_path / "m.pt2"))


def test_a_cut_file_and_another_zip_are_refused(tmp_path):
    whole = exported().write(tmp_path / "m.pt2").read_bytes()
    cut = tmp_path / "cut.pt2"
    cut.write_bytes(whole[: len(whole) // 2])
    assert refusal(cut) == "cut.pt2 is damaged: it begins as a zip but cannot be read."
    other = tmp_path / "other.pt2"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("readme.txt", "x")
    said = refusal(other)
    assert said.startswith("other.pt2 is no program of torch.export: models/model.json is missing")


@pytest.mark.parametrize(
    ("member", "content", "said"),
    [
        ("net/data.pkl", b"\x80\x02cnets\nNet\n)\x81.",
         "is a PyTorch model as a pickle, which runs code when it is opened; "),
        ("net/data.pkl", b"\x80\x02ccollections\nOrderedDict\n)R.",
         "is a PyTorch state_dict, weights without the network itself; "),
        ("net/code/__torch__/net.py", b"def forward(self): pass",
         "is a TorchScript model, a program that can read files when torch runs it; "),
    ],
)  # fmt: skip
def test_what_only_torch_opens_is_refused_with_the_two_lines_that_help(
    member, content, said, tmp_path
):
    path = tmp_path / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)
        if not member.endswith("data.pkl"):
            archive.writestr("net/data.pkl", b"\x80\x02.")
    whole = refusal(path)
    assert said in whole
    assert f"`{WRITE_PT2}`" in whole
    assert f"`{WRITE_ONNX}`" in whole
