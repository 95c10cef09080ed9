"""Operations of TensorFlow's graph inside networks of TensorFlow 2.0 to 2.3.

There `x / 127.5` made a layer of the class TensorFlowOpLayer with the description of one operation
and its constants as JSON. Each is read as the function of TensorFlow that stands for it.
"""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from gradcam.backends.keras.configuration import Config

_TYPES = {"DT_FLOAT": "float32", "DT_HALF": "float16", "DT_INT32": "int32", "DT_BOOL": "bool"}
# Operation: its function, and what this calls the inputs behind the first.
_FUNCTIONS: dict[str, tuple[str, ...]] = {
    **{
        name: (f"math.{function}", "y")
        for name, function in {
            "RealDiv": "truediv", "Sub": "subtract", "Mul": "multiply", "Add": "add",
            "AddV2": "add", "Maximum": "maximum", "Minimum": "minimum", "Pow": "pow",
            "FloorDiv": "floordiv", "FloorMod": "floormod", "DivNoNan": "divide_no_nan",
            "SquaredDifference": "squared_difference", "Greater": "greater", "Less": "less",
            "GreaterEqual": "greater_equal", "LessEqual": "less_equal", "Equal": "equal",
            "NotEqual": "not_equal", "LogicalAnd": "logical_and", "LogicalOr": "logical_or",
        }.items()
    },
    **{
        name: (f"math.{name.lower()}",)
        for name in (
            "Abs", "Sqrt", "Rsqrt", "Square", "Exp", "Log", "Sign", "Floor", "Ceil", "Round",
            "Reciprocal", "Tanh", "Erf", "Sigmoid", "Softplus",
        )
    },
    **{
        name: (f"nn.{name.lower()}",)
        for name in ("Relu", "Relu6", "Elu", "Selu", "Softsign", "Softmax")
    },
    "Neg": ("math.negative",), "LogSoftmax": ("nn.log_softmax",), "LeakyRelu": ("nn.leaky_relu",),
    "BiasAdd": ("nn.bias_add", "bias"), "AddN": ("math.add_n",),
    "Mean": ("math.reduce_mean", "axis"), "Sum": ("math.reduce_sum", "axis"),
    "Max": ("math.reduce_max", "axis"), "Min": ("math.reduce_min", "axis"),
    "Prod": ("math.reduce_prod", "axis"),
    "Reshape": ("reshape", "shape"), "Transpose": ("transpose", "perm"),
    "ExpandDims": ("expand_dims", "axis"), "Squeeze": ("squeeze",), "Tile": ("tile", "multiples"),
    "Pad": ("pad", "paddings"), "PadV2": ("pad", "paddings", "constant_values"),
    "MirrorPad": ("pad", "paddings"), "GatherV2": ("gather", "indices", "axis"),
    "ConcatV2": ("concat",), "Pack": ("stack",), "Split": ("split",),
    "StridedSlice": ("__operators__.getitem",), "SelectV2": ("where", "x", "y"),
    "Cast": ("cast",), "Shape": ("shape",), "Identity": ("identity",),
    "ZerosLike": ("zeros_like",), "OnesLike": ("ones_like",),
    "IdentityN": ("identity",), "StopGradient": ("stop_gradient",),
    "BatchMatMulV2": ("linalg.matmul", "b"), "MatMul": ("linalg.matmul", "b"),
    "MaxPool": ("nn.max_pool2d",), "AvgPool": ("nn.avg_pool2d",),
    "ResizeBilinear": ("image.resize", "size"),
    "ResizeNearestNeighbor": ("image.resize", "size"),
}  # fmt: skip
# What functions call the attributes of operations; the others say nothing that is not known.
_ATTRIBUTES = {
    "keep_dims": "keepdims", "squeeze_dims": "axis", "axis": "axis", "alpha": "alpha",
    "mode": "mode", "ksize": "ksize", "strides": "strides", "padding": "padding",
    "data_format": "data_format", "DstT": "dtype", "out_type": "out_type",
    "num_split": "num_or_size_splits", "adj_x": "transpose_a", "adj_y": "transpose_b",
    "transpose_a": "transpose_a", "transpose_b": "transpose_b", "batch_dims": "batch_dims",
}  # fmt: skip
_REFERENCE = 3  # [layer, call, output]


class Described(NamedTuple):
    """A function with what it is called with, as TFOpLambda has it.

    Attributes:
        symbol: its name; that of the operation where none stands for it.
        first: its first argument.
        further: the others by their names.
    """

    symbol: str
    first: Any
    further: Config


def function_of(config: Config, node: list[Any]) -> Described:
    """Read a layer of one operation.

    Args:
        config: of the layer.
        node: its call, in Keras 2's way.
    """
    own = config["node_def"]
    own = json.loads(own) if isinstance(own, str) else own
    attributes = {key: _attribute(value) for key, value in own.get("attr", {}).items()}
    inputs: list[Any] = [tensor[:_REFERENCE] for tensor in node]
    for index, constant in sorted((int(i), value) for i, value in config["constants"].items()):
        inputs.insert(index, _plain(constant))
    operation = own["op"]
    if operation not in _FUNCTIONS or _is_of_corners(operation, attributes):
        return Described(operation, None, {})
    symbol, *names = _FUNCTIONS[operation]
    own = {_ATTRIBUTES[key]: value for key, value in attributes.items() if key in _ATTRIBUTES}
    if operation == "ResizeNearestNeighbor":
        own["method"] = "nearest"
    first, rest = _sorted(operation, inputs, attributes)
    return Described(symbol, first, {**own, **rest, **dict(zip(names, inputs[1:], strict=False))})


def _is_of_corners(operation: str, attributes: Config) -> bool:
    """Whether a picture is resized in the way of TensorFlow 1, which Keras 3 does not have."""
    own = attributes.get("align_corners") or not attributes.get("half_pixel_centers")
    return operation.startswith("Resize") and bool(own)


def _sorted(operation: str, inputs: list[Any], attributes: Config) -> tuple[Any, Config]:
    """Inputs that stand otherwise than in the function's arguments."""
    match operation:
        case "StridedSlice":
            return inputs[0], {"slice_spec": _parts(inputs[1:], attributes)}
        case "ConcatV2":
            return inputs[:-1], {"axis": inputs[-1]}
        case "Split":
            return inputs[1], {"axis": inputs[0]}
        case "Pack" | "AddN":
            return inputs, {}
    return inputs[0], {}


def _plain(constant: Any) -> Any:  # noqa: ANN401 - any JSON value
    match constant:
        case {"class_name": "__numpy__", "config": {"value": value}}:
            return value
    return constant


def _attribute(value: Config) -> Any:  # noqa: ANN401 - any JSON value
    match value:
        case {"s": str(text)}:
            return base64.b64decode(text).decode()
        case {"i": number}:
            return int(number)
        case {"list": {"i": numbers}}:
            return [int(number) for number in numbers]
        case {"type": str(kind)}:
            return _TYPES.get(kind, kind)
        case {"b": own} | {"f": own}:
            return own
    return None


def _parts(ends: list[Any], masks: Config) -> list[Any]:
    """The slices of a StridedSlice: bit n of a mask is about the n-th of them."""
    parts: list[Any] = []
    for bit, (start, stop, step) in enumerate(zip(*ends, strict=True)):
        said = {key for key, mask in masks.items() if key.endswith("_mask") and mask >> bit & 1}
        if "ellipsis_mask" in said:
            parts.append({"class_name": "__ellipsis__"})
        elif "new_axis_mask" in said:
            parts.append(None)
        elif "shrink_axis_mask" in said:
            parts.append(start)
        else:
            own = {"start": start, "stop": stop, "step": step}
            open_ends = {"start": "begin_mask", "stop": "end_mask"}
            parts.append({k: None if open_ends.get(k) in said else v for k, v in own.items()})
    return parts
