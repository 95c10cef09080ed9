"""Constants that a file works out of others, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcam.backends.graph.tensorflow_lite.file import LiteOperator, LiteTensor, Quantisation
from gradcam.backends.graph.tensorflow_lite.folding import MAX_FOLDED, folded_constant
from gradcam.backends.graph.tensorflow_lite.step import NotReadError

KERNEL = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
ROW = np.array([1, 6, 8, 4], np.int32)


def whole(*numbers):
    return np.array(numbers, np.int32)


def tensor(data, quantisation=None):
    return LiteTensor(0, "", data.shape, data.dtype, data, quantisation)


def operator(code, given, shape, dtype=np.float32, **options):
    own = SimpleNamespace(ellipsisMask=0, newAxisMask=0, **options)
    inputs = tuple(each if isinstance(each, LiteTensor) else tensor(each) for each in given)
    return LiteOperator(0, code, inputs, (LiteTensor(1, "", shape, np.dtype(dtype)),), own)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (operator("TRANSPOSE", (KERNEL, whole(2, 0, 1)), (4, 2, 3)), KERNEL.transpose(2, 0, 1)),
        (operator("RESHAPE", (KERNEL, whole(6, 4)), (6, 4)), KERNEL.reshape(6, 4)),
        (operator("CAST", (KERNEL,), (2, 3, 4), np.int32), KERNEL.astype(np.int32)),
        (operator("MUL", (ROW, whole(2)), (4,), np.int32), whole(2, 12, 16, 8)),
        (operator("DIV", (whole(-7), whole(2)), (1,), np.int32), whole(-3)),
        (operator("DIV", (np.float32([1]), np.float32([4])), (1,)), np.float32([0.25])),
        (operator("RSQRT", (np.float32([4]),), (1,)), np.float32([0.5])),
        (operator("STRIDED_SLICE", (ROW, whole(1), whole(2), whole(1)), (), np.int32,
                  shrinkAxisMask=1, beginMask=0, endMask=0), np.int32(6)),
        (operator("STRIDED_SLICE", (ROW, whole(1), whole(0), whole(2)), (2,), np.int32,
                  shrinkAxisMask=0, beginMask=0, endMask=1), whole(6, 4)),
        (operator("SLICE", (ROW, whole(1), whole(-1)), (3,), np.int32), whole(6, 8, 4)),
        (operator("PACK", (np.int32(3), np.int32(5)), (2,), np.int32, axis=0), whole(3, 5)),
        (operator("CONCATENATION", (ROW, whole(9)), (5,), np.int32, axis=0), whole(1, 6, 8, 4, 9)),
        (operator("GATHER", (ROW, whole(2, 0)), (2,), np.int32, axis=0), whole(8, 1)),
        (operator("FILL", (whole(2, 2), np.float32(7)), (2, 2)), np.full((2, 2), 7)),
        (operator("RANGE", (np.int32(2), np.int32(9), np.int32(3)), (3,), np.int32),
         whole(2, 5, 8)),
        (operator("BROADCAST_TO", (whole(5), whole(3)), (3,), np.int32), whole(5, 5, 5)),
        (operator("REDUCE_PROD", (ROW, whole(0)), (), np.int32, keepDims=False), np.int32(192)),
        (operator("DEQUANTIZE", (tensor(np.int8([3, 4]), Quantisation(
            np.float32([0.5]), np.array([1]))),), (2,)), np.float32([1.0, 1.5])),
    ],
    ids=lambda each: each.code if isinstance(each, LiteOperator) else "",
)  # fmt: skip
def test_a_constant_is_worked_out_of_others(made, expected):
    given = folded_constant(made)
    assert given.shape == np.shape(expected)
    np.testing.assert_array_equal(given, expected)


def test_half_precision_stays_as_it_is_stored():
    halves = np.float16([0.1, 2])
    assert folded_constant(operator("DEQUANTIZE", (halves,), (2,))) is not None
    assert folded_constant(operator("DEQUANTIZE", (halves,), (2,))).dtype == np.float16


@pytest.mark.parametrize(
    "made",
    [
        operator("BROADCAST_TO", (whole(5), whole(1)), (MAX_FOLDED + 1,), np.int32),
        operator("RANDOM_UNIFORM", (whole(5),), (1,)),
        operator("ADD", (tensor(np.int8([3]), Quantisation(np.float32([1]), np.array([0]))),
                         np.int8([3])), (1,), np.int8),
    ],
    ids=["too many", "unknown", "levels"],
)  # fmt: skip
def test_what_nobody_works_out_is_refused(made):
    with pytest.raises(NotReadError):
        folded_constant(made)
