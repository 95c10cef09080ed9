"""The back ends' small network as a TensorFlow Lite file, weights in several kinds of numbers."""

import numpy as np

from tests.gradcam.backends.graph.tensorflow_lite.written import (
    Operator,
    Tensor,
    constant,
    options,
    written,
)
from tests.gradcam.backends.numpy_network import COLOURS, FIRST, HEIGHT, LAST, WIDTH

RELU, SAME, VALID = 1, 0, 1
CLASSES = 3


def small_file(weights, kind="float32"):
    """The bytes of a file.

    Args:
        weights: see `NumpyNetwork`.
        kind: of numbers that kernels are in: `float32`, `float16`, or `int8` (dynamic range).
    """
    tensors = [Tensor((1, HEIGHT, WIDTH, COLOURS), "float32", name="serving_default_picture:0")]
    operators = []

    def put(tensor):
        tensors.append(tensor)
        return len(tensors) - 1

    def kernel(data):
        if kind == "int8":
            scale = float(np.abs(data).max()) / 127
            return put(constant(np.round(data / scale).astype(np.int8), scale))
        if kind == "float16":
            packed = put(constant(data.astype(np.float16)))
            operators.append(
                Operator("DEQUANTIZE", (packed,), (put(Tensor(data.shape, "float32")),))
            )
            return len(tensors) - 1
        return put(constant(data))

    def step(code, inputs, shape, name, **own):
        kind_of_options = own.pop("of", None)
        made = put(Tensor(shape, "float32", name=name))
        given = options(kind_of_options, **own) if kind_of_options else None
        operators.append(Operator(code, inputs, (made,), given))
        return made

    def convolution(given, path, shape, name, **own):
        rows_first, bias = weights[path]
        both = kernel(np.ascontiguousarray(rows_first.transpose(3, 0, 1, 2))), put(constant(bias))
        return step("CONV_2D", (given, *both), shape, name, of="Conv2DOptions", padding=VALID,
                    strideH=1, strideW=1, **own)  # fmt: skip

    rows, columns = HEIGHT - 2, WIDTH - 2
    x = convolution(0, "first", (1, rows, columns, FIRST), "model/first/Relu;model/first/BiasAdd",
                    fusedActivationFunction=RELU)  # fmt: skip
    rows, columns = rows // 2, columns // 2
    x = step("MAX_POOL_2D", (x,), (1, rows, columns, FIRST), "model/pool/MaxPool",
             of="Pool2DOptions", filterHeight=2, filterWidth=2, strideH=2, strideW=2,
             padding=VALID)  # fmt: skip
    rows, columns = rows - 2, columns - 2
    x = convolution(x, "last", (1, rows, columns, LAST), "model/last/BiasAdd;model/last/Conv2D")
    x = step("RELU", (x,), (1, rows, columns, LAST), "model/relu/Relu")
    numbers = rows * columns * LAST
    shape = put(constant(np.array([-1, numbers], np.int32)))
    x = step("RESHAPE", (x, shape), (1, numbers), "model/flatten/Reshape", of="ReshapeOptions")
    dense, bias = weights["y_pred"]
    both = kernel(np.ascontiguousarray(dense.T)), put(constant(bias))
    x = step("FULLY_CONNECTED", (x, *both), (1, CLASSES), "model/y_pred/MatMul",
             of="FullyConnectedOptions")  # fmt: skip
    x = step("SOFTMAX", (x,), (1, CLASSES), "StatefulPartitionedCall:0", of="SoftmaxOptions",
             beta=1.0)  # fmt: skip
    return written(tensors, operators, (0,), (x,))
