"""Networks that PyTorch exported: torch's own answers and its Grad-CAM, file by file."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import gradcam
from gradcam.errors import NetworkError
from gradcam.loading import load_network
from tests.gradcam.methods.quick import off

FOLDER = Path(__file__).parents[5] / "shared" / "real" / "torch"
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="../shared/real is not there")
pytestmark = [pytest.mark.real, needed]

OUTPUTS, MAPS = 1e-5, 1e-4  # of the largest value, in float32
QUICK = {"resnet_basic.pt2", "softmax_cnn_ts.onnx", "grey_dy.onnx", "vit_token.pt2",
         "resnet_basic_split_dy.onnx", "one_logit.pt2"}  # fmt: skip
# Of Swin's default place torch was asked for the branch into the normalisation alone, without the
# path beside it; of this one there is but one.
PLACES = {"swin": "norm"}
# What a sentence of refusal has to name.
REFUSED = {
    "custom_domain.onnx": "FancyRelu",
    "dense_only.onnx": "convolutional layer",
    "empty.onnx": "empty",
    "external_missing.onnx": "external_missing.onnx.data",
    "external_outside.onnx": "outside",
    "if.onnx": "If",
    "loop.onnx": "Loop",
    "module.pt": "pickle",
    "scripted.pt": "TorchScript",
    "segmentation.onnx": "segmentation",
    "some_zip.pt2": "model.json",
    "state_dict.pth": "weights",
    "truncated.onnx": "damaged",
    "truncated.pt2": "damaged",
    "two_inputs.pt2": "2 inputs",
    "two_inputs_dy.onnx": "2 inputs",
    "two_inputs_ts.onnx": "2 inputs",
    "unknown_operator.onnx": "Relu9000",
    "use_pickle.pt2": "pickle",
}


@dataclass(frozen=True)
class Case:
    """One file of one network: what torch says of eight pictures."""

    network: str
    kind: str
    file: str

    @property
    def told(self):
        return json.loads((FOLDER / "networks.json").read_text())[self.network]

    @property
    def is_float32(self):
        return not self.kind.startswith(("f16", "int8"))


def cases():
    if not FOLDER.is_dir():
        return []
    told = json.loads((FOLDER / "networks.json").read_text())
    return [
        Case(network, kind, own["file"])
        for network, each in told.items()
        for kind, own in each["files"].items()
    ]


def params(which):
    return [
        pytest.param(case, id=case.file, marks=() if case.file in QUICK else pytest.mark.whole)
        for case in cases()
        if which(case)
    ]


def expected(name):
    with np.load(FOLDER / "expected.npz") as held:
        return held[name]


def pictures_of(case):
    return expected(f"inputs/{case.told['input_set']}").transpose(0, 2, 3, 1).copy()


def explained_activation(case):
    """Of the first picture (rows, columns, channels)."""
    place, own = case.told["explained"], expected(f"{case.network}/activation")
    own = own[0] if own.shape[0] == 1 else own
    if place["layout"] == "NCHW":
        return own.transpose(1, 2, 0)
    tokens = own.reshape(-1, own.shape[-1])[place["prefix_tokens_left_out"] :]
    return tokens.reshape(*place["map"], -1)


def layer_giving(network, picture, activation):
    """The layer that gives what torch's module gives."""
    rows, columns, _ = activation.shape
    far = {}
    for layer in network.layers:
        if layer.cells == rows * columns:
            (own,) = network.activations(picture[None], layer.name)
            far[layer.name] = off(own, activation)
    name = min(far, key=far.get)
    assert far[name] <= OUTPUTS
    return name


def classes_of(case, targets):
    """Of a single number the second class is the number itself."""
    return np.ones(len(targets), int) if case.told["outputs"] == 1 else targets.astype(int)


@pytest.mark.parametrize("case", params(lambda case: case.is_float32))
def test_a_file_answers_and_explains_as_torch_does(case):
    network, pictures = load_network(FOLDER / case.file), pictures_of(case)
    logits, outputs, targets = (
        expected(f"{case.network}/{name}") for name in ("logits", "output", "target")
    )
    one_row_each = (len(pictures), -1)  # a single number comes as (N,) from some
    assert off(network.logits(pictures), logits.reshape(one_row_each)) <= OUTPUTS
    assert off(network.run(pictures).outputs, outputs.reshape(one_row_each)) <= OUTPUTS
    layer = PLACES.get(case.network) or layer_giving(
        network, pictures[0], explained_activation(case)
    )
    place = PLACES.get(case.network, case.told["explained"]["key"])
    maps = gradcam.explain(network, pictures, layer, classes_of(case, targets), "grad-cam").maps
    assert off(maps, expected(f"{case.network}/map/{place}")) <= MAPS


@pytest.mark.parametrize("case", params(lambda case: case.kind in {"f16_dy", "f16_pt2"}))
def test_weights_of_sixteen_bits_are_run_in_thirty_two(case):
    """As torch, or onnxruntime, was asked for the same weights in float32."""
    network, pictures = load_network(FOLDER / case.file), pictures_of(case)
    wanted = expected(f"{case.file}/logits")
    assert off(network.logits(pictures), wanted) <= OUTPUTS
    if case.kind == "f16_pt2":
        layer, targets = network.default_layer.name, wanted.argmax(axis=1)
        maps = gradcam.explain(network, pictures, layer, targets, "grad-cam").maps
        assert off(maps, expected(f"{case.file}/map/{case.told['explained']['key']}")) <= MAPS


@pytest.mark.parametrize("case", params(lambda case: case.kind == "f16io32_ts"))
def test_values_of_sixteen_bits_between_real_ones(case):
    """Its nodes are in no order; torch answers with the weights that were not yet rounded."""
    given = load_network(FOLDER / case.file).logits(pictures_of(case))
    assert off(given, expected(f"{case.network}/logits")) <= 2e-2


@pytest.mark.parametrize("case", params(lambda case: case.kind.startswith("int8")))
def test_levels_between_operators_are_those_of_torch(case):
    network, pictures = load_network(FOLDER / case.file), pictures_of(case)
    own, place = f"{case.network}_int8", case.told["explained"]["key"]
    np.testing.assert_array_equal(network.logits(pictures), expected(f"{own}/torch"))
    layer, targets = network.default_layer.name, expected(f"{own}/target").astype(int)
    maps = gradcam.explain(network, pictures, layer, targets, "grad-cam").maps
    assert off(maps, expected(f"{own}/map/{place}")) <= OUTPUTS


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_explained_is_refused_by_name(name):
    with pytest.raises(NetworkError) as caught:
        load_network(FOLDER / "refused" / name)
    said = str(caught.value)
    assert name in said
    assert REFUSED[name] in said
    assert "\n" not in said


def test_every_refused_file_is_tried():
    assert set(json.loads((FOLDER / "refused.json").read_text())) == set(REFUSED)


def test_a_pickle_beside_a_good_network_is_not_run():
    network = load_network(FOLDER / "canary" / "sample_inputs_are_code.pt2")
    pictures = expected("canary/input").transpose(0, 2, 3, 1)
    assert off(network.logits(pictures), expected("canary/logits")) <= OUTPUTS
    assert "A_PICKLE_IN_A_MODEL_FILE_WAS_RUN" not in os.environ
