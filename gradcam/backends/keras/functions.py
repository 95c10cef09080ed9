"""Which operation of Keras' does what a function of TensorFlow does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any, NamedTuple

from gradcam.backends.keras.configuration import Config
from gradcam.backends.keras.nodes import as_array, as_tensors, holds_reference, is_reference


class Unsupported(Exception):  # noqa: N818 - it says what is there
    """An argument that Keras' operation does not take."""


class Counterpart(NamedTuple):
    """An operation of Keras'.

    Attributes:
        kind: its place and class: `numpy.Add` of Keras' operations, `layers.Identity`, or `own`.
        inputs: what it is called with.
        settings: what it is made with.
    """

    kind: str
    inputs: list[Any]
    settings: Config = {}  # noqa: RUF012 - never changed


# From the first argument and the further ones by their names, of which it takes out what it reads.
Function = Callable[[Any, Config], Counterpart]


def _tensor(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """An input: a tensor, a number, or a list of numbers as an array."""
    return as_tensors(value) if holds_reference(value) else as_array(as_tensors(value))


def _of(kind: str, *names: str) -> Function:
    """An operation on the first argument and on these."""

    def function(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
        return Counterpart(kind, [_tensor(first), *(_tensor(rest.pop(name)) for name in names)])

    return function


def _set(kind: str, **settings: tuple[str] | tuple[str, Any]) -> Function:
    """An operation on the first argument, made with settings: own name = (TensorFlow's, usual)."""

    def function(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
        own = {name: rest.pop(*theirs) for name, theirs in settings.items()}
        return Counterpart(kind, [_tensor(first)], own)

    return function


def _reduced(kind: str) -> Function:
    return _set(kind, axis=("axis", None), keepdims=("keepdims", False))


def _clipped(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    low, high = rest.pop("clip_value_min"), rest.pop("clip_value_max")
    if not all(isinstance(end, int | float) for end in (low, high)):
        raise Unsupported("bounds that are no numbers")
    return Counterpart("numpy.Clip", [_tensor(first)], {"x_min": low, "x_max": high})


def _sliced(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    key = rest.pop("slice_spec", None)
    parts = key if isinstance(key, list) and not is_reference(key) else [key]
    return Counterpart("numpy.GetItem", [_tensor(first), [_slice(part) for part in parts]])


def _slice(part: Any) -> Any:  # noqa: ANN401 - any JSON value
    match part:
        case {"class_name": "__ellipsis__"}:
            return {"class_name": "__ellipsis__", "config": {}}
        case {"start": start, "stop": stop, "step": step}:
            own = {"start": start, "stop": stop, "step": step}
            if all(end is None or type(end) is int for end in own.values()):
                return {"class_name": "__slice__", "config": own}
        case int() | None:
            return part
    raise Unsupported("of tensors")


def _reshaped(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    shape = rest.pop("shape")
    if not isinstance(shape, list) or is_reference(shape):
        raise Unsupported("a shape that is a tensor")
    # One side that is worked out, (tf.shape(x)[0], 49, 8), is what is left: the batch.
    sides = [-1 if is_reference(side) else side for side in shape]
    if sides.count(-1) > 1:
        raise Unsupported("a shape of tensors")
    return Counterpart("numpy.Reshape", [_tensor(first)], {"newshape": sides})


def _split(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    parts = rest.pop("num_or_size_splits")
    if isinstance(parts, list):
        if not all(type(part) is int and part >= 0 for part in parts):
            raise Unsupported("sizes that are worked out")
        parts = list(accumulate(parts[:-1]))
    own = {"indices_or_sections": parts, "axis": rest.pop("axis", 0)}
    return Counterpart("numpy.Split", [_tensor(first)], own)


def _padded(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    pads, mode = rest.pop("paddings"), str(rest.pop("mode", "CONSTANT")).lower()
    value = rest.pop("constant_values", 0)
    match pads:
        case [[0, 0], rows, columns, [0, 0]] if mode == "constant" and value == 0:
            own = {"padding": [rows, columns]}
            return Counterpart("layers.ZeroPadding2D", [_tensor(first)], own)
    inputs = [_tensor(first), value] if mode == "constant" else [_tensor(first)]
    return Counterpart("numpy.Pad", inputs, {"pad_width": pads, "mode": mode})


def _multiplied(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    inputs = [_tensor(first), _tensor(rest.pop("b"))]
    sides = ["kj" if rest.pop(name, False) else "jk" for name in ("transpose_a", "transpose_b")]
    own = [
        key for key in ("adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse") if rest.pop(key, 0)
    ]
    if own:
        raise Unsupported(own[0])
    rest.pop("output_type", None)
    if sides == ["jk", "jk"]:
        return Counterpart("numpy.Matmul", inputs)
    one, other = ("ji" if sides[0] == "kj" else "ij"), sides[1]
    return Counterpart("numpy.Einsum", inputs, {"subscripts": f"...{one},...{other}->...ik"})


def _pooled(kind: str) -> Function:
    def function(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
        own = {
            "pool_size": _window(rest.pop("ksize")),
            "strides": _window(rest.pop("strides")),
            "padding": str(rest.pop("padding")).lower(),
        }
        return Counterpart(kind, [_tensor(first)], own)

    return function


def _window(sides: Any) -> Any:  # noqa: ANN401 - an int, [h, w] or [1, h, w, 1]
    return sides[1:3] if isinstance(sides, list) and len(sides) == 4 else sides


def _patches(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    own = {
        "size": _window(rest.pop("sizes")),
        "strides": _window(rest.pop("strides")),
        "dilation_rate": _window(rest.pop("rates"))[0],
        "padding": str(rest.pop("padding")).lower(),
    }
    return Counterpart("image.ExtractPatches", [_tensor(first)], own)


def _flipped(axis: int) -> Function:
    return lambda first, _: Counterpart("numpy.Flip", [_tensor(first)], {"axis": axis})


def _grey(first: Any, _: Config) -> Counterpart:  # noqa: ANN401
    # TensorFlow rounds the weights to four places, Keras to three.
    return Counterpart("numpy.Matmul", [_tensor(first), _tensor([[0.2989], [0.587], [0.114]])])


def _unit(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
    # TensorFlow's smallest is of the squares, Keras' of their root.
    own = {"axis": rest.pop("axis", None), "epsilon": rest.pop("epsilon", 1e-12) ** 0.5}
    return Counterpart("nn.Normalize", [_tensor(first)], own)


def _of_all(kind: str, **settings: tuple[str] | tuple[str, Any]) -> Function:
    """An operation on a list of tensors."""

    def function(first: Any, rest: Config) -> Counterpart:  # noqa: ANN401
        tensors = [first] if is_reference(first) else first
        own = {name: rest.pop(*theirs) for name, theirs in settings.items()}
        return Counterpart(kind, [[_tensor(each) for each in tensors]], own)

    return function


FUNCTIONS: dict[str, Function] = {
    # arithmetic
    **dict.fromkeys(("math.add", "add", "__operators__.add"), _of("numpy.Add", "y")),
    "nn.bias_add": _of("numpy.Add", "bias"),
    **dict.fromkeys(("math.subtract", "subtract"), _of("numpy.Subtract", "y")),
    **dict.fromkeys(("math.multiply", "multiply"), _of("numpy.Multiply", "y")),
    "math.scalar_mul": _of("numpy.Multiply", "x"),
    **dict.fromkeys(
        ("math.truediv", "truediv", "math.divide", "divide", "div", "realdiv"),
        _of("numpy.TrueDivide", "y"),
    ),
    "math.divide_no_nan": _of("numpy.DivideNoNan", "y"),
    "math.squared_difference": _of("own.SquaredDifference", "y"),
    **dict.fromkeys(("math.floordiv", "floordiv", "floor_div"), _of("numpy.FloorDivide", "y")),
    **dict.fromkeys(("math.floormod", "math.mod", "mod"), _of("numpy.Mod", "y")),
    **dict.fromkeys(("math.pow", "pow"), _of("numpy.Power", "y")),
    **dict.fromkeys(("math.maximum", "maximum"), _of("numpy.Maximum", "y")),
    **dict.fromkeys(("math.minimum", "minimum"), _of("numpy.Minimum", "y")),
    "clip_by_value": _clipped,
    "math.add_n": _of_all("layers.Add"),
    **{
        f"math.{name}": _of(f"numpy.{kind}")
        for name, kind in {
            "abs": "Absolute", "negative": "Negative", "sqrt": "Sqrt", "square": "Square",
            "exp": "Exp", "expm1": "Expm1", "log": "Log", "log1p": "Log1p", "sign": "Sign",
            "floor": "Floor", "ceil": "Ceil", "round": "Round", "reciprocal": "Reciprocal",
            "sin": "Sin", "cos": "Cos", "tan": "Tan", "sinh": "Sinh", "cosh": "Cosh",
            "tanh": "Tanh", "atan": "Arctan", "logical_not": "LogicalNot",
        }.items()
    },
    "math.rsqrt": _of("math.Rsqrt"),
    "math.erf": _of("math.Erf"),
    # activations
    **dict.fromkeys(("math.sigmoid", "nn.sigmoid", "sigmoid"), _of("nn.Sigmoid")),
    "nn.relu": _of("nn.Relu"),
    "nn.relu6": _of("nn.Relu6"),
    "nn.selu": _of("nn.Selu"),
    "nn.elu": _of("nn.Elu"),
    **dict.fromkeys(("nn.silu", "nn.swish"), _of("nn.Silu")),
    "nn.gelu": _set("nn.Gelu", approximate=("approximate", False)),
    "nn.leaky_relu": _set("nn.LeakyRelu", negative_slope=("alpha", 0.2)),
    **dict.fromkeys(("math.softplus", "nn.softplus"), _of("nn.Softplus")),
    "nn.softsign": _of("nn.Softsign"),
    "nn.tanh": _of("numpy.Tanh"),
    "math.log_sigmoid": _of("nn.LogSigmoid"),
    **dict.fromkeys(("nn.softmax", "math.softmax"), _set("nn.Softmax", axis=("axis", -1))),
    **dict.fromkeys(
        ("nn.log_softmax", "math.log_softmax"), _set("nn.LogSoftmax", axis=("axis", -1))
    ),
    **dict.fromkeys(("math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize"), _unit),
    "nn.local_response_normalization": _set(
        "own.LocalResponseNormalization", depth_radius=("depth_radius", 5), bias=("bias", 1.0),
        alpha=("alpha", 1.0), beta=("beta", 0.5),
    ),
    # comparisons
    "math.greater": _of("numpy.Greater", "y"),
    "math.greater_equal": _of("numpy.GreaterEqual", "y"),
    "math.less": _of("numpy.Less", "y"),
    "math.less_equal": _of("numpy.LessEqual", "y"),
    "math.equal": _of("numpy.Equal", "y"),
    "math.not_equal": _of("numpy.NotEqual", "y"),
    "math.logical_and": _of("numpy.LogicalAnd", "y"),
    "math.logical_or": _of("numpy.LogicalOr", "y"),
    "where": _of("numpy.Where", "x", "y"),
    "cast": _set("core.Cast", dtype=("dtype",)),
    # all numbers along an axis
    "math.reduce_mean": _reduced("numpy.Mean"),
    "math.reduce_sum": _reduced("numpy.Sum"),
    "math.reduce_max": _reduced("numpy.Max"),
    "math.reduce_min": _reduced("numpy.Min"),
    "math.reduce_prod": _reduced("numpy.Prod"),
    "math.reduce_std": _reduced("numpy.Std"),
    "math.reduce_variance": _reduced("numpy.Var"),
    "nn.moments": _set("nn.Moments", axes=("axes",), keepdims=("keepdims", False)),
    "math.argmax": _set("numpy.Argmax", axis=("axis", 0)),
    # what is multiplied as matrices
    **dict.fromkeys(("linalg.matmul", "matmul"), _multiplied),
    "tensordot": lambda first, rest: Counterpart(
        "numpy.Tensordot", [_tensor(first), _tensor(rest.pop("b"))], {"axes": rest.pop("axes")}
    ),
    # where numbers stand
    "__operators__.getitem": _sliced,
    "reshape": _reshaped,
    "expand_dims": _set("numpy.ExpandDims", axis=("axis",)),
    "squeeze": _set("numpy.Squeeze", axis=("axis", None)),
    "transpose": _set("numpy.Transpose", axes=("perm", None)),
    "concat": _of_all("numpy.Concatenate", axis=("axis",)),
    "stack": _of_all("numpy.Stack", axis=("axis", 0)),
    "unstack": _set("core.Unstack", num=("num", None), axis=("axis", 0)),
    "split": _split,
    "tile": _set("numpy.Tile", repeats=("multiples",)),
    "repeat": _set("numpy.Repeat", repeats=("repeats",), axis=("axis", None)),
    "gather": lambda first, rest: Counterpart(
        "numpy.Take", [_tensor(first), _tensor(rest.pop("indices"))], {"axis": rest.pop("axis", 0)}
    ),
    "reverse": _set("numpy.Flip", axis=("axis",)),
    "pad": _padded,
    "identity": _of("layers.Identity"),
    "stop_gradient": _of("core.StopGradient"),
    "zeros_like": _of("numpy.ZerosLike"),
    "ones_like": _of("numpy.OnesLike"),
    "shape": _set("own.ShapeOf", dtype=("out_type", "int32")),
    # pictures
    "image.resize": _set(
        "image.Resize", size=("size",), interpolation=("method", "bilinear"),
        antialias=("antialias", False),
    ),
    "image.per_image_standardization": _of("own.PerImageStandardization"),
    "image.rgb_to_grayscale": _grey,
    "image.flip_left_right": _flipped(axis=-2),
    "image.flip_up_down": _flipped(axis=-3),
    "image.extract_patches": _patches,
    **dict.fromkeys(("nn.max_pool", "nn.max_pool2d"), _pooled("layers.MaxPooling2D")),
    **dict.fromkeys(("nn.avg_pool", "nn.avg_pool2d"), _pooled("layers.AveragePooling2D")),
    "nn.space_to_depth": _set("nn.SpaceToDepth", block_size=("block_size",)),
    "nn.depth_to_space": _set("nn.DepthToSpace", block_size=("block_size",)),
}  # fmt: skip
