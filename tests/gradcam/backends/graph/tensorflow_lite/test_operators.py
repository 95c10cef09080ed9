"""Every operator on real numbers, in a file of its own: what LiteRT makes of it."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from gradcam.backends.graph.tensorflow_lite.floats import FLOATS
from gradcam.loading import load_network
from tests.gradcam.backends.graph.tensorflow_lite.written import (
    Operator,
    Tensor,
    answers,
    constant,
    options,
    written,
)

RNG = np.random.default_rng(8)
HEIGHT, WIDTH, CHANNELS = 6, 8, 4
MAPS = RNG.normal(size=(3, HEIGHT, WIDTH, CHANNELS)).astype(np.float32)
SAME, VALID = 0, 1
RELU, RELU_N1_TO_1, RELU6 = 1, 2, 3


def drawn(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def whole(*numbers):
    return np.array(numbers, np.int32)


@dataclass(frozen=True)
class Case:
    """An operator on a map (1, 6, 8, 4).

    Attributes:
        code: of it.
        made: shapes of what it makes.
        constants: its other inputs, after the map.
        options: of it.
        first: constants before the map.
        again: how often the map is an input.
    """

    code: str
    made: tuple = ((1, HEIGHT, WIDTH, CHANNELS),)
    constants: tuple = ()
    options: object = None
    first: tuple = ()
    again: int = 1
    id: str = field(default="", compare=False)


def window(kind, strides=(1, 1), padding=SAME, **more):
    return options(kind, strideH=strides[0], strideW=strides[1], padding=padding, **more)


def conv(**more):
    return window("Conv2DOptions", **more)


POOL = {"filterHeight": 3, "filterWidth": 2}
CASES = [
    Case("CONV_2D", ((1, 3, 8, 5),), (drawn(5, 3, 2, 4), drawn(5)),
         conv(strides=(2, 1), fusedActivationFunction=RELU6), id="strides"),
    Case("CONV_2D", ((1, 2, 6, 5),), (drawn(5, 3, 2, 4), drawn(5)),
         conv(padding=VALID, dilationHFactor=2, dilationWFactor=2), id="dilations"),
    Case("CONV_2D", ((1, 6, 8, 5),), (drawn(5, 1, 1, 4), drawn(5)),
         conv(fusedActivationFunction=RELU_N1_TO_1), id="of a cell"),
    Case("CONV_2D", ((1, 6, 8, 6),), (drawn(6, 3, 3, 2), drawn(6)),
         conv(fusedActivationFunction=RELU), id="groups"),
    Case("DEPTHWISE_CONV_2D", ((1, 3, 4, 8),), (drawn(1, 3, 3, 8), drawn(8)),
         window("DepthwiseConv2DOptions", (2, 2), depthMultiplier=2), id="twice"),
    Case("DEPTHWISE_CONV_2D", ((1, 2, 7, 4),), (drawn(1, 3, 2, 4), drawn(4)),
         window("DepthwiseConv2DOptions", (2, 1), VALID, depthMultiplier=1), id="uneven"),
    Case("TRANSPOSE_CONV", ((1, 12, 16, 3),), (),
         window("TransposeConvOptions", (2, 2), SAME),
         (whole(1, 12, 16, 3), drawn(3, 3, 3, 4)), id="same"),
    Case("TRANSPOSE_CONV", ((1, 13, 17, 3),), (),
         window("TransposeConvOptions", (2, 2), VALID),
         (whole(1, 13, 17, 3), drawn(3, 3, 3, 4)), id="valid"),
    Case("FULLY_CONNECTED", ((1, 7),), (drawn(7, 192), drawn(7)),
         options("FullyConnectedOptions", fusedActivationFunction=RELU6), id="flattened"),
    Case("FULLY_CONNECTED", ((1, 6, 8, 7),), (drawn(7, 4), drawn(7)),
         options("FullyConnectedOptions", keepNumDims=True), id="each cell"),
    Case("FULLY_CONNECTED", ((48, 7),), (drawn(7, 4),), options("FullyConnectedOptions"),
         id="cells as rows"),
    Case("MAX_POOL_2D", ((1, 3, 8, 4),), (), window("Pool2DOptions", (2, 1), **POOL)),
    Case("AVERAGE_POOL_2D", ((1, 3, 8, 4),), (), window("Pool2DOptions", (2, 1), **POOL)),
    Case("L2_POOL_2D", ((1, 3, 8, 4),), (), window("Pool2DOptions", (2, 1), **POOL)),
    Case("MEAN", ((1, 4),), (whole(1, 2),), options("ReducerOptions"), id="global"),
    Case("MEAN", ((1, 6, 8, 1),), (whole(-1),), options("ReducerOptions", keepDims=True)),
    Case("SUM", ((1, 6, 4),), (whole(2),), options("ReducerOptions")),
    Case("REDUCE_MAX", ((1, 4),), (whole(1, 2),), options("ReducerOptions")),
    Case("REDUCE_MIN", ((1, 6, 8),), (whole(3),), options("ReducerOptions")),
    Case("REDUCE_PROD", ((1, 6, 8),), (whole(3),), options("ReducerOptions")),
    Case("RESIZE_BILINEAR", ((1, 12, 10, 4),), (whole(12, 10),),
         options("ResizeBilinearOptions", halfPixelCenters=True), id="centres"),
    Case("RESIZE_BILINEAR", ((1, 12, 10, 4),), (whole(12, 10),),
         options("ResizeBilinearOptions", alignCorners=True), id="corners"),
    Case("RESIZE_BILINEAR", ((1, 12, 10, 4),), (whole(12, 10),),
         options("ResizeBilinearOptions"), id="edges"),
    Case("RESIZE_NEAREST_NEIGHBOR", ((1, 12, 10, 4),), (whole(12, 10),),
         options("ResizeNearestNeighborOptions", halfPixelCenters=True)),
    Case("ADD", constants=(drawn(4),), options=options("AddOptions", fusedActivationFunction=RELU)),
    Case("ADD", options=options("AddOptions"), again=2, id="to itself"),
    Case("SUB", constants=(drawn(1, 6, 8, 4),), options=options("SubOptions")),
    Case("SUB", first=(drawn(4),), options=options("SubOptions"), id="from a constant"),
    Case("MUL", constants=(drawn(8, 1),), options=options("MulOptions")),
    Case("DIV", constants=(drawn(4) + 9,), options=options("DivOptions")),
    Case("MAXIMUM", constants=(drawn(4),), options=options("MaximumMinimumOptions")),
    Case("MINIMUM", constants=(drawn(4),), options=options("MaximumMinimumOptions")),
    Case("SQUARED_DIFFERENCE", constants=(drawn(4),),
         options=options("SquaredDifferenceOptions")),
    Case("POW", constants=(np.array([2, 3, 2, 1], np.float32),), options=options("PowOptions")),
    Case("PRELU", constants=(drawn(1, 1, 4),)),
    Case("LEAKY_RELU", options=options("LeakyReluOptions", alpha=0.3)),
    Case("GELU", options=options("GeluOptions", approximate=True), id="approximate"),
    Case("GELU", options=options("GeluOptions", approximate=False)),
    Case("SOFTMAX", options=options("SoftmaxOptions", beta=0.5)),
    Case("LOG_SOFTMAX", options=options("LogSoftmaxOptions")),
    Case("L2_NORMALIZATION", options=options("L2NormOptions")),
    Case("LOCAL_RESPONSE_NORMALIZATION", options=options(
        "LocalResponseNormalizationOptions", radius=1, bias=1.0, alpha=0.5, beta=0.75)),
    *(Case(code) for code in (
        "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "LOGISTIC", "TANH", "ELU", "EXP", "SQUARE",
        "ABS", "NEG", "HARD_SWISH", "SIN", "COS", "FLOOR", "CEIL", "ROUND", "SIGN",
    )),
    Case("RESHAPE", ((1, 48, 4),), (whole(1, 48, 4),), options("ReshapeOptions")),
    Case("RESHAPE", ((6, 32),), (whole(6, 32),), options("ReshapeOptions"), id="into rows"),
    Case("SQUEEZE", ((1, 6, 8, 4),), (), options("SqueezeOptions"), id="of nothing"),
    Case("EXPAND_DIMS", ((1, 1, 6, 8, 4),), (whole(1),), options("ExpandDimsOptions")),
    Case("TRANSPOSE", ((1, 4, 6, 8),), (whole(0, 3, 1, 2),), options("TransposeOptions")),
    Case("TRANSPOSE", ((6, 1, 8, 4),), (whole(1, 0, 2, 3),), options("TransposeOptions"),
         id="over the batch"),
    Case("PAD", ((1, 9, 8, 5),), (whole(0, 0, 1, 2, 0, 0, 0, 1).reshape(4, 2),),
         options("PadOptions")),
    Case("PADV2", ((1, 9, 8, 4),),
         (whole(0, 0, 1, 2, 0, 0, 0, 0).reshape(4, 2), np.array([-2.5], np.float32)),
         options("PadV2Options")),
    Case("MIRROR_PAD", ((1, 9, 9, 4),), (whole(0, 0, 1, 2, 1, 0, 0, 0).reshape(4, 2),),
         options("MirrorPadOptions", mode=0)),
    Case("CONCATENATION", ((1, 6, 8, 8),), (), options("ConcatenationOptions", axis=-1), again=2),
    Case("CONCATENATION", ((1, 7, 8, 4),), (drawn(1, 1, 8, 4),),
         options("ConcatenationOptions", axis=1), id="with a constant"),
    Case("PACK", ((1, 2, 6, 8, 4),), (), options("PackOptions", axis=1, valuesCount=2), again=2),
    Case("UNPACK", ((1, 6, 8),) * 4, (), options("UnpackOptions", axis=3, num=4)),
    Case("SPLIT", ((1, 6, 4, 4),) * 2, (), options("SplitOptions", numSplits=2), (whole(2),)),
    Case("SPLIT_V", ((1, 6, 3, 4), (1, 6, 5, 4)), (whole(3, 5), whole(2)),
         options("SplitVOptions", numSplits=2)),
    Case("SLICE", ((1, 4, 7, 4),), (whole(0, 2, 1, 0), whole(1, 4, -1, 4)),
         options("SliceOptions")),
    Case("STRIDED_SLICE", ((1, 3, 4),), (whole(0, 1, 5, 0), whole(1, 6, 6, 4), whole(1, 2, 1, 1)),
         options("StridedSliceOptions", beginMask=9, endMask=9, shrinkAxisMask=4)),
    Case("GATHER", ((1, 3, 8, 4),), (whole(5, 0, 2),), options("GatherOptions", axis=1)),
    Case("REVERSE_V2", constants=(whole(2),), options=options("ReverseV2Options")),
    Case("TILE", ((1, 12, 8, 12),), (whole(1, 2, 1, 3),), options("TileOptions")),
    Case("SPACE_TO_DEPTH", ((1, 3, 4, 16),), (), options("SpaceToDepthOptions", blockSize=2)),
    Case("DEPTH_TO_SPACE", ((1, 12, 16, 1),), (), options("DepthToSpaceOptions", blockSize=2)),
    Case("BATCH_MATMUL", ((1, 6, 8, 3),), (drawn(1, 6, 4, 3),), options("BatchMatMulOptions")),
    Case("BATCH_MATMUL", ((1, 6, 8, 8),), (), options("BatchMatMulOptions", adjY=True), again=2,
         id="with itself"),
    Case("CAST", options=options("CastOptions", inDataType=0, outDataType=0)),
]  # fmt: skip
# LOG, SQRT and RSQRT want numbers above 0; DEQUANTIZE is never run.
ELSEWHERE = {"LOG", "SQRT", "RSQRT", "DEQUANTIZE", "BROADCAST_TO"}


def file_of(case):
    """The case behind a convolution, so that there is something to explain."""
    tensors = [Tensor((1, HEIGHT, WIDTH, CHANNELS), "float32", name="picture")]
    mixing = np.eye(CHANNELS, dtype=np.float32).reshape(CHANNELS, 1, 1, CHANNELS)
    nothing = np.zeros(CHANNELS, np.float32)
    tensors += [
        constant(mixing),
        constant(nothing),
        Tensor((1, HEIGHT, WIDTH, CHANNELS), "float32", name="x/Conv2D"),
    ]
    operators = [Operator("CONV_2D", (0, 1, 2), (3,), conv())]
    numbers = []
    for given in (*case.first, *[None] * case.again, *case.constants):
        if given is None:
            numbers.append(3)
        else:
            tensors.append(constant(given))
            numbers.append(len(tensors) - 1)
    made = []
    for shape in case.made:
        tensors.append(Tensor(shape, "float32", name=f"y/{case.code}/{len(tensors)}"))
        made.append(len(tensors) - 1)
    operators.append(Operator(case.code, tuple(numbers), tuple(made), case.options))
    last = made[-1]
    size = int(np.prod(case.made[-1]))
    tensors += [constant(whole(1, size)), Tensor((1, size), "float32", name="z")]
    operators.append(
        Operator(
            "RESHAPE", (last, len(tensors) - 2), (len(tensors) - 1,), options("ReshapeOptions")
        )
    )
    return written(tensors, operators, (0,), (len(tensors) - 1,))


def ids(case):
    return f"{case.code} {case.id}".strip()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_an_operator_makes_what_the_interpreter_makes(case, tmp_path):
    content = file_of(case)
    path = tmp_path / "own.tflite"
    path.write_bytes(content)
    made = load_network(path).run(MAPS).outputs
    np.testing.assert_allclose(made, answers(content, MAPS), rtol=1e-5, atol=1e-5)


def test_every_operator_has_a_file():
    assert FLOATS.keys() - ELSEWHERE == {case.code for case in CASES}
