"""How much work one operation is, counted from the shapes that were recorded.

Of one picture, at prediction. Padding counts like the picture, as it does in published counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradcam.backends.tensorflow.kinds import ARITHMETIC, CURVES, IDLE
from gradcam.backends.tensorflow.tracing import Call
from gradcam.summary import Cost

# For each number: the largest is looked for, taken off, raised, added up, divided by.
SOFTMAX = 5


def cost_of(call: Call) -> Cost | None:
    """The work of one call; None where it is not known how to count its kind.

    Counted: convolutions, transposed ones too, dense layers and attention (multiply-adds, biases,
    activations); pooling (every number in the window); normalisation by fixed numbers (a product
    and a sum); activations and arithmetic (one for each number, softmax five). What only moves
    numbers, and what does nothing at prediction, is no work.
    """
    rule = _RULES.get(call.operation.kind)
    shapes = [getattr(tensor, "shape", ()) for tensor in (*call.inputs, *call.outputs)]
    if rule is None or any(None in tuple(shape)[1:] for shape in shapes):
        return None
    return rule(call)


def _numbers(tensor: Any) -> int:  # noqa: ANN401 - tf.Tensor
    return math.prod(tensor.shape[1:])


def _given(call: Call) -> int:
    return _numbers(call.outputs[0])


def _kernel(call: Call) -> Cost:
    """Each weight of the kernel is used once for each cell of the output."""
    kernel = call.operation.details.kernel.shape
    cells = _given(call) // kernel[-1]
    return Cost(cells * math.prod(kernel)) + _finish(call)


def _depthwise(call: Call) -> Cost:
    kernel = call.operation.details.kernel.shape
    cells = _given(call) // (kernel[-1] * kernel[-2])
    return Cost(cells * math.prod(kernel)) + _finish(call)


def _separable(call: Call) -> Cost:
    pointwise = call.operation.details.pointwise_kernel.shape
    depthwise = call.operation.details.depthwise_kernel.shape
    cells = _given(call) // pointwise[-1]
    return Cost(cells * (math.prod(depthwise) + math.prod(pointwise))) + _finish(call)


def _transposed(call: Call) -> Cost:
    """Each weight of the kernel is used once for each cell of the input."""
    kernel = call.operation.details.kernel.shape
    cells = _numbers(call.inputs[0]) // kernel[-1]
    return Cost(cells * math.prod(kernel)) + _finish(call)


def _finish(call: Call) -> Cost:
    """Bias and activation of a layer's own."""
    bias = getattr(call.operation.details, "bias", None) is not None
    return Cost(other=_given(call) * bias) + _activated(call)


def _activated(call: Call) -> Cost:
    function = getattr(call.operation.details, "activation", None)
    name = getattr(function, "__name__", type(function).__name__)
    each = {"linear": 0, "NoneType": 0, "softmax": SOFTMAX, "log_softmax": SOFTMAX}.get(name, 1)
    return Cost(other=each * _given(call))


def _each(operations: int) -> Callable[[Call], Cost]:
    return lambda call: Cost(other=operations * _given(call))


def _arithmetic(call: Call) -> Cost:
    return Cost(other=max(len(call.inputs) - 1, 1) * _given(call))


def _average(call: Call) -> Cost:
    return Cost(other=len(call.inputs) * _given(call))


def _all_given(call: Call) -> Cost:
    return Cost(other=_numbers(call.inputs[0]))


def _pooled(call: Call) -> Cost:
    size = call.operation.details.pool_size
    return Cost(other=_given(call) * math.prod(size if isinstance(size, list | tuple) else (size,)))


def _normalised(call: Call) -> Cost:
    """Mean, difference, square, mean, quotient; then what was learned."""
    operation = call.operation.details
    return Cost(other=(5 + bool(operation.scale) + bool(operation.center)) * _given(call))


def _enlarged(call: Call) -> Cost | None:
    way = getattr(call.operation.details, "interpolation", "nearest")
    return Cost() if way == "nearest" else None


def _attention(call: Call) -> Cost | None:
    """Queries on keys, softmax, shares of values; of plain dot products only."""
    if call.operation.details.score_mode != "dot" or len(call.inputs) < 2:
        return None
    queries, values = call.inputs[:2]
    pairs = queries.shape[1] * values.shape[1]
    return Cost(pairs * (queries.shape[-1] + values.shape[-1]), SOFTMAX * pairs)


def _heads(call: Call) -> Cost | None:
    """Multi-head attention: three projections, attention in each head, one projection back."""
    layer = call.operation.details
    if len(call.inputs) < 2 or any(len(tensor.shape) != 3 for tensor in call.inputs[:2]):
        return None
    queries, keys = (tensor.shape[1] for tensor in call.inputs[:2])
    heads, width = layer.num_heads, layer.key_dim
    pairs = heads * queries * keys
    cost = Cost(pairs * (width + layer.value_dim), SOFTMAX * pairs + queries * heads * width)
    for weight in layer.weights:
        part, name = weight.path.split("/")[-2:]
        times = (keys if part in {"key", "value"} else queries) * math.prod(weight.shape)
        cost += Cost(times) if name == "kernel" else Cost(other=times)
    return cost


# What is not here is not counted, and said so.
_RULES: dict[str, Callable[[Call], Cost | None]] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Dense"), _kernel),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), _transposed),
    "Attention": _attention,
    "MultiHeadAttention": _heads,
    **dict.fromkeys(("BatchNormalization", "Normalization", "Rescaling"), _each(2)),
    **dict.fromkeys(("LayerNormalization", "GroupNormalization"), _normalised),
    **dict.fromkeys(
        ("MaxPooling1D", "MaxPooling2D", "AveragePooling1D", "AveragePooling2D"), _pooled
    ),
    **dict.fromkeys(
        (
            "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
            "GlobalMaxPooling2D", "Mean", "Sum", "Max", "Min", "Prod",
        ),
        _all_given,
    ),
    "Activation": _activated,
    **dict.fromkeys(("Softmax", "LogSoftmax"), _each(SOFTMAX)),
    **dict.fromkeys(CURVES, _each(1)),
    **dict.fromkeys(ARITHMETIC, _arithmetic),
    "Average": _average,
    **dict.fromkeys(("UpSampling1D", "UpSampling2D"), _enlarged),
    **dict.fromkeys(
        (
            *IDLE, "Flatten", "Reshape", "Permute", "Transpose", "ExpandDims", "Squeeze",
            "GetItem", "RepeatVector", "Concatenate", "Stack", "Unstack", "Split", "Flip", "Take",
            "Tile", "Repeat", "Pad", "ZeroPadding1D", "ZeroPadding2D", "Cropping1D", "Cropping2D",
            "CenterCrop", "RandomCrop", "SpaceToDepth", "DepthToSpace", "ShapeOf",
        ),
        _each(0),
    ),
}  # fmt: skip
