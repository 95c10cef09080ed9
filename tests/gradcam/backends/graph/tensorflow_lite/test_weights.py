"""Weights in fewer bits than float32: what runs is what LiteRT runs, what is stored stays small."""

import numpy as np
import pytest

from gradcam.loading import load_network
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

RNG = np.random.default_rng(4)
MAPS = RNG.normal(0.3, 1, size=(4, 6, 5, 8)).astype(np.float32)


def opened(content, folder):
    path = folder / "own.tflite"
    path.write_bytes(content)
    return load_network(path)


@pytest.mark.parametrize("kind", ["float32", "float16", "int8"])
def test_a_small_network_answers_as_the_interpreter_does(kind, tmp_path):
    content, pictures = small_file(drawn_weights(), kind), drawn_pictures(8)
    network = opened(content, tmp_path)
    given = network.run(pictures).outputs
    np.testing.assert_allclose(given, answers(content, pictures), atol=3e-6)
    bits = {"float32": "", "float16": "weights float16, activations float",
            "int8": "weights int8, activations float"}  # fmt: skip
    assert network.told.numbers == bits[kind]
    size = {"float32": 4, "float16": 2, "int8": 1}[kind]
    (line,) = [line for line in network.summary.lines if line.path == "last"]
    assert line.size == size * 3 * 3 * 4 * 5 + 4 * 5  # its bias stays float32


@pytest.mark.parametrize(
    ("code", "kernel", "made", "own"),
    [
        ("CONV_2D", (7, 3, 2, 8), (1, 6, 5, 7), options("Conv2DOptions", strideH=1, strideW=1)),
        ("CONV_2D", (7, 1, 1, 8), (1, 6, 5, 7), options("Conv2DOptions", strideH=1, strideW=1)),
        ("FULLY_CONNECTED", (7, 8), (1, 6, 5, 7),
         options("FullyConnectedOptions", keepNumDims=True)),
        ("FULLY_CONNECTED", (7, 240), (1, 7), options("FullyConnectedOptions")),
        ("DEPTHWISE_CONV_2D", (1, 3, 3, 8), (1, 6, 5, 8),
         options("DepthwiseConv2DOptions", strideH=1, strideW=1, depthMultiplier=1)),
    ],
    ids=["picture by picture", "pixel by pixel", "cell by cell", "row by row", "depthwise"],
)  # fmt: skip
def test_real_numbers_are_rounded_for_whole_weights_as_xnnpack_rounds_them(
    code, kernel, made, own, tmp_path
):
    axis = 3 if code.startswith("DEPTHWISE") else 0
    scales = RNG.uniform(0.01, 0.02, kernel[axis]).astype(np.float32)
    weights = constant(RNG.integers(-127, 128, kernel).astype(np.int8), scales, axis=axis)
    bias = constant(RNG.normal(size=kernel[axis]).astype(np.float32))
    tensors = [Tensor((1, 6, 5, 8), "float32"), weights, bias, Tensor(made, "float32")]
    if made != (1, 7):
        numbers = int(np.prod(made))
        tensors += [constant(np.array([1, numbers], np.int32)), Tensor((1, numbers), "float32")]
    operators = [Operator(code, (0, 1, 2), (3,), own)]
    if made != (1, 7):
        operators.append(Operator("RESHAPE", (3, 4), (5,), options("ReshapeOptions")))
    content = written(tensors, operators, (0,), (len(tensors) - 1,) if made != (1, 7) else (3,))
    network = opened(content, tmp_path)
    expected = answers(content, MAPS)
    np.testing.assert_allclose(network.run(MAPS).outputs, expected, rtol=1e-5, atol=2e-5)
    rest = -(-len(MAPS) // 2)  # what one picture gives does not hang on those beside it
    np.testing.assert_allclose(network.run(MAPS[:rest]).outputs, expected[:rest], atol=2e-5)


def test_gradients_go_straight_through_that_rounding(tmp_path):
    pictures = drawn_pictures()
    networks = [opened(small_file(drawn_weights(), kind), tmp_path) for kind in ("float32", "int8")]
    weights = np.tile(np.float32([1, -1, 0]), (len(pictures), 1))
    ours, theirs = (
        network.captures(pictures, ["last"], weights, np.zeros(len(pictures), bool))["last"]
        for network in networks
    )
    assert np.corrcoef(ours.gradients.ravel(), theirs.gradients.ravel())[0, 1] > 0.95
