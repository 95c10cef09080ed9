"""Each operator of the standard as onnxruntime computes it, whatever order its maps lie in."""

import numpy as np
import pytest
from onnx import TensorProto, helper

from gradcam.backends.graph.model import GraphModel
from gradcam.backends.graph.onnx_files.parsing import parse
from gradcam.backends.graph.onnx_files.translating import translate
from tests.gradcam.backends.graph.onnx_files.files import peer, saved, written

RNG = np.random.default_rng(17)
SHAPE = (3, 4, 6, 8)  # pictures of three
PICTURES = RNG.normal(size=SHAPE).astype(np.float32)


def numbers(*shape, low=None):
    drawn = RNG.normal(size=shape).astype(np.float32)
    return drawn if low is None else np.abs(drawn) + low


def whole(*values):
    return np.asarray(values, np.int64)


def one(kind, *constants, opset=21, given="x", **attributes):
    """Operators between a 1×1 convolution, so that maps lie channels last, and what flattens."""
    names = [f"c{number}" if each is not None else "" for number, each in enumerate(constants)]
    nodes = [helper.make_node(kind, [given, *names], ["y"], **attributes)]
    held = {name: each for name, each in zip(names, constants, strict=True) if name}
    return nodes, held, opset


MIX = numbers(4, 4, 1, 1)


def run(tmp_path, nodes, constants, opset, pictures=PICTURES, shape=None):
    first = helper.make_node("Conv", ["picture", "mix"], ["x"])
    last = helper.make_node("Flatten", ["y"], ["output"])
    model = written(
        [first, *nodes, last],
        {"mix": MIX, **constants},
        shape or ["batch", *pictures.shape[1:]],
        opset=opset,
        ir_version=8 if opset < 21 else 10,
    )
    graph = translate(parse(saved(tmp_path, model), "network.onnx", ""), "network.onnx").graph
    channels_last = pictures.transpose(0, 2, 3, 1)
    (made,) = GraphModel(graph)(channels_last)
    return model, np.asarray(made), graph


CURVES = [
    one(kind)
    for kind in (
        "Relu", "Sigmoid", "Tanh", "Elu", "Selu", "LeakyRelu", "HardSigmoid", "HardSwish",
        "Softplus", "Softsign", "Exp", "Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Erf", "Sin",
        "Cos", "Mish", "Identity", "Celu", "ThresholdedRelu", "Shrink", "Reciprocal",
    )
]  # fmt: skip

CASES = [
    *CURVES,
    one("Gelu"),
    one("Gelu", approximate="tanh"),
    one("Elu", alpha=0.5),
    one("Clip", np.float32(-0.5), np.float32(0.7)),
    one("Clip", None, np.float32(0.2)),
    one("Clip", min=0.0, max=6.0, opset=10),
    one("PRelu", numbers(4, 1, 1)),
    one("Add", numbers(4, 1, 1)),
    one("Sub", numbers(6, 8)),
    one("Mul", numbers(1, 4, 1, 1)),
    one("Div", np.float32(3)),
    one("Pow", np.float32(2)),
    one("Max", np.float32(0.1)),
    one("Min", numbers(8)),
    one("Sum", numbers(4, 6, 8)),
    one("Mean", numbers(4, 6, 8)),
    one("Conv", numbers(5, 4, 3, 3), numbers(5), pads=[1, 1, 1, 1], strides=[2, 1]),
    one("Conv", numbers(5, 4, 3, 2), pads=[0, 1, 2, 0], dilations=[2, 1]),
    one("Conv", numbers(6, 2, 3, 3), group=2),
    one("Conv", numbers(8, 1, 3, 3), numbers(8), group=4, pads=[1, 1, 1, 1], strides=[2, 2]),
    one("Conv", numbers(4, 1, 3, 3), numbers(4), group=4, pads=[2, 2, 2, 2], dilations=[2, 2]),
    one("Conv", numbers(5, 4, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
    one("Conv", numbers(5, 4, 2, 2), auto_pad="SAME_LOWER"),
    one("ConvTranspose", numbers(4, 5, 3, 3), numbers(5), strides=[2, 2], pads=[1, 1, 1, 1],
        output_padding=[1, 1]),
    one("ConvTranspose", numbers(4, 2, 2, 3), group=2, strides=[2, 1], pads=[0, 1, 0, 0]),
    one("ConvTranspose", numbers(4, 3, 3, 3), strides=[2, 2], output_shape=[12, 16]),
    one("ConvTranspose", numbers(4, 3, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2]),
    one("MaxPool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    one("MaxPool", kernel_shape=[2, 2], strides=[3, 3], ceil_mode=1),
    one("MaxPool", kernel_shape=[3, 2], dilations=[2, 1]),
    one("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
    one("AveragePool", kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
    one("AveragePool", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
    one("GlobalAveragePool"),
    one("GlobalMaxPool"),
    one("BatchNormalization", numbers(4), numbers(4), numbers(4), numbers(4, low=0.1)),
    one("InstanceNormalization", numbers(4), numbers(4)),
    one("GroupNormalization", numbers(4), numbers(4), num_groups=2),
    one("LayerNormalization", numbers(8), numbers(8)),
    one("LayerNormalization", numbers(4, 6, 8), axis=1),
    one("LRN", size=3, alpha=0.2),
    one("LpNormalization", axis=1, p=2),
    one("MeanVarianceNormalization", axes=[2, 3]),
    one("Softmax"),
    one("Softmax", axis=1),
    one("Softmax", opset=11),
    one("LogSoftmax", axis=2),
    one("ReduceMean", whole(2, 3)),
    one("ReduceMean", whole(1), keepdims=0),
    one("ReduceMean", axes=[2, 3], keepdims=0, opset=13),
    one("ReduceSum", whole(1, 3)),
    one("ReduceMax", whole(-1)),
    one("ReduceMin", whole(2), keepdims=0),
    one("ReduceProd", whole(3)),
    one("ReduceL1", whole(1)),
    one("ReduceL2", whole(1)),
    one("ReduceSumSquare", whole(2, 3)),
    one("ReduceLogSumExp", whole(1)),
    one("Reshape", whole(0, 2, 2, 6, 8)),
    one("Reshape", whole(-1, 4, 48)),
    one("Reshape", whole(0, -1)),
    one("Flatten", axis=1),
    one("Transpose", perm=[0, 2, 3, 1]),
    one("Transpose", perm=[0, 3, 1, 2]),
    one("Unsqueeze", whole(1, 5)),
    one("Slice", whole(1, 2), whole(3, 100), whole(1, 3)),
    one("Slice", whole(-1), whole(-100), whole(2), whole(-2)),
    one("Slice", starts=[1], ends=[-1], axes=[3], opset=9),
    one("Gather", np.asarray(2), axis=1),
    one("Gather", whole(3, 0, -1), axis=1),
    one("Gather", np.asarray([[1, 2], [3, 4]]), axis=3),
    one("Pad", whole(0, 0, 1, 2, 0, 0, 0, 1), np.float32(0.5)),
    one("Pad", whole(0, 0, 2, 1, 0, 0, 1, 1), mode="reflect"),
    one("Pad", whole(0, 1, 2, 1, 0, 0, 0, 0), mode="edge"),
    one("Pad", whole(0, 0, -1, 1, 0, 0, -2, 0)),
    one("Pad", whole(2, 1), None, whole(-1)),
    one("Pad", pads=[0, 0, 1, 1, 0, 0, 1, 1], opset=9),
    one("Tile", whole(1, 2, 1, 1)),
    one("DepthToSpace", blocksize=2),
    one("DepthToSpace", blocksize=2, mode="CRD"),
    one("SpaceToDepth", blocksize=2),
    one("Resize", None, np.asarray([1, 1, 2, 2], np.float32), mode="nearest"),
    one("Resize", None, np.asarray([1, 1, 1.5, 0.5], np.float32), mode="linear"),
    one("Resize", None, None, whole(3, 4, 9, 5), mode="linear",
        coordinate_transformation_mode="align_corners"),
    one("Resize", None, np.asarray([1, 1, 2, 3], np.float32), mode="cubic"),
    one("Resize", None, np.asarray([1, 1, 2, 2], np.float32), mode="nearest",
        coordinate_transformation_mode="asymmetric", nearest_mode="floor"),
    one("Resize", None, np.asarray([1, 1, 0.5, 0.5], np.float32), mode="linear", antialias=1),
    one("Upsample", np.asarray([1, 1, 2, 2], np.float32), opset=9),
    one("MatMul", numbers(8, 5)),
    one("MatMul", numbers(4, 8, 5)),
    one("Einsum", numbers(8, 5), equation="nchw,wk->nchk"),
    one("Dropout"),
    one("Cast", to=TensorProto.FLOAT),
    one("Expand", whole(1, 4, 6, 8)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("nodes", "constants", "opset"),
    CASES,
    ids=[f"{number}-{case[0][0].op_type}" for number, case in enumerate(CASES)],
)
def test_an_operator_gives_what_onnxruntime_does(tmp_path, nodes, constants, opset):
    model, made, _ = run(tmp_path, nodes, constants, opset)

    (expected,) = peer(model, PICTURES)

    assert made.shape == expected.shape
    assert np.abs(made - expected).max() <= 1e-5 * max(np.abs(expected).max(), 1)
