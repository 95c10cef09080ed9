"""Files of public projects: the same answers as LiteRT's, the same maps as Keras'."""

import json
from pathlib import Path

import numpy as np
import pytest

import gradcam
from gradcam.arithmetic import Arithmetic
from gradcam.errors import NetworkError
from gradcam.loading import load_network

REAL = Path(__file__).parents[6] / "shared" / "real"
FILES = REAL / "tflite"
needed = pytest.mark.skipif(not FILES.is_dir(), reason="../shared/real is not there")
pytestmark = [pytest.mark.real, needed]

# What a sentence of refusal has to name.
REFUSED = {
    "compiled_for_edge_tpu": ("compiled for an Edge TPU", "edgetpu-custom-op"),
    "contradictory": ("damaged",),
    "dense_only": ("an input of 640 numbers, not a picture",),
    "lstm": ("recurrent", "UNIDIRECTIONAL_SEQUENCE_LSTM", " at "),
    "lstm_float": ("recurrent", "UNIDIRECTIONAL_SEQUENCE_LSTM", " at "),
    "one_number": ("an input of 1 numbers, not a picture",),
    "segmentation": ("ARG_MAX", "no scores", " at "),
    "split_concat": ("3 inputs",),
    "svdf_keyword": ("recurrent", "SVDF"),
}


FEW_NUMBERS = ("resnet_cifar_int8", "vww_int8", "person_detect_int8", "micro_speech_int8")
INTEGER = (
    *FEW_NUMBERS,
    *(
        pytest.param(name, marks=pytest.mark.whole)
        for name in (
            "resnet_large_cifar_int8", "mobilenet_v1_0.25_128_uint8",
            "mobilenet_v1_0.5_160_uint8", "mobilenet_v2_1.0_224_uint8", "mobilenet_v2_224_ptq",
            "mobilenet_v2_birds_uint8", "mobilenet_v2_torch_int8",
        )
    ),
)  # fmt: skip
KERNELS = {Arithmetic.PHONE: "phone", Arithmetic.MICROCONTROLLER: "reference"}


def pictures_of(name, told):
    inputs = np.load(FILES / "inputs.npz")[told["inputs"]].astype(np.float32)
    return inputs * told["real_per_pixel"] + told["real_offset"]


@pytest.mark.parametrize("arithmetic", KERNELS)
@pytest.mark.parametrize("name", INTEGER)
def test_an_integer_file_gives_the_levels_that_the_kernels_give(name, arithmetic):
    told = json.loads((FILES / "networks.json").read_text())[name]
    network = load_network(FILES / f"{name}.tflite", arithmetic=arithmetic)
    pictures = pictures_of(name, told).reshape(-1, *network.layout.picture)
    real = network.run(pictures).outputs
    expected = np.load(FILES / "expected.npz")[f"{name}/{KERNELS[arithmetic]}"].astype(int)
    levels = np.rint(real / np.float32(told["output_scale"])) + told["output_zero"]
    np.testing.assert_array_equal(levels, expected.reshape(levels.shape))


@pytest.mark.parametrize("name", ["vww_float", "resnet_cifar_float"])
def test_a_float_file_answers_as_the_interpreter_does(name):
    told = json.loads((FILES / "networks.json").read_text())[name]
    outputs = load_network(FILES / f"{name}.tflite").run(pictures_of(name, told)).outputs
    np.testing.assert_allclose(outputs, np.load(FILES / "expected.npz")[f"{name}/phone"], atol=1e-5)


@pytest.mark.parametrize(
    ("lite", "keras"),
    [
        ("tflite/vww_float.tflite", "tflite/vww.h5"),
        ("tflite/resnet_cifar_float.tflite", "tflite/resnet_cifar.h5"),
        ("meter_digits/float.tflite", "meter_digits/model.h5"),
    ],
)
def test_a_float_file_explains_as_its_keras_network_does(lite, keras):
    both = load_network(REAL / lite), load_network(REAL / keras)
    height, width, channels = both[1].layout.picture
    batch = np.random.default_rng(1).random((6, height, width, channels), np.float32)
    layer = both[1].default_layer.name
    maps = [gradcam.explain(network, batch, layer).maps for network in both]
    heats = [[gradcam.normalize(each) for each in own] for own in maps]
    np.testing.assert_allclose(heats[0], heats[1], atol=1.5e-5)


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_explained_is_refused_by_name(name):
    with pytest.raises(NetworkError) as caught:
        load_network(FILES / "refused" / f"{name}.tflite")
    said = str(caught.value)
    assert all(words in said for words in (f"{name}.tflite", *REFUSED[name])), said
    assert "\n" not in said


def test_every_refused_file_is_tried():
    assert {path.stem for path in (FILES / "refused").iterdir()} == set(REFUSED)
