"""A recorded network as a plan, by which its family is told."""

from __future__ import annotations

from typing import Any

from gradcam.backends.tensorflow.listing import PASSING
from gradcam.backends.tensorflow.model import Operation
from gradcam.backends.tensorflow.tracing import Call, distinct
from gradcam.topology import Plan

_WORDS = {
    "BatchNormalization": "b", "LayerNormalization": "l",
    "GlobalAveragePooling2D": "G", "GlobalMaxPooling2D": "X",
    "Add": "+", "Multiply": "*", "Concatenate": "|",
}  # fmt: skip
_KERNELS = {"DepthwiseConv2D": "d", "SeparableConv2D": "s"}
_POOLINGS = {"MaxPooling2D": "m", "AveragePooling2D": "a"}
_ACTIVATIONS = {
    "relu": "r", "relu6": "6", "silu": "w", "swish": "w", "hard_silu": "h", "hard_swish": "h",
    "hardsilu": "h", "hardswish": "h", "gelu": "e", "sigmoid": "S", "hard_sigmoid": "i",
    "hardsigmoid": "i", "softmax": "P", "linear": "", "tanh": "t",
}  # fmt: skip
_SCALES = frozenset({"LayerScale", "CustomScaleLayer"})  # a factor within a block


def plan_of(calls: list[Call]) -> Plan:
    """What `record_calls` wrote down, as a plan."""
    steps: list[str] = []
    widths: list[int] = []
    depth = 0
    for number in distinct(calls):
        operation = calls[number].operation
        if not steps and (operation.kind in PASSING or not operation.weights):
            continue  # work on the picture
        depth = depth if steps else operation.path.count("/")
        steps += [word for word in (_word(operation), _activation(operation)) if word]
        if operation.kind == "Conv2D":
            widths.append(int(calls[number].outputs[0].shape[-1]))
    return Plan(tuple(steps), tuple(widths), depth)


def _word(operation: Operation) -> str:
    kind, own = operation.kind, operation.details
    if kind in _WORDS:
        return _WORDS[kind]
    if kind in _POOLINGS:
        return f"{_POOLINGS[kind]}{_kernel(own.pool_size)}{_stride(own)}"
    if kind in _KERNELS:
        return f"{_KERNELS[kind]}{_kernel(own.kernel_size)}{_stride(own)}"
    if kind == "Conv2D":
        groups = "g" if getattr(own, "groups", 1) > 1 else ""
        return f"{'c' if own.bias is None else 'C'}{_kernel(own.kernel_size)}{groups}{_stride(own)}"
    if kind == "Dense":
        return "N" if own.bias is None else "D"
    idle = (
        kind in PASSING or kind in _SCALES or kind == "Activation" or kind.lower() in _ACTIVATIONS
    )
    return "" if idle else "?"


def _activation(operation: Operation) -> str:
    kind, own = operation.kind, operation.details
    if kind == "ReLU":
        highest = getattr(own, "max_value", None)
        return "r" if highest is None else "6" if float(highest) == 6.0 else "?"
    name = kind.lower()
    if name not in _ACTIVATIONS:
        name = getattr(getattr(own, "activation", None), "__name__", "linear").lower()
    return _ACTIVATIONS.get(name, "?")


def _kernel(size: Any) -> str:  # noqa: ANN401 - an int, or one for each axis
    sides = dict.fromkeys(size if isinstance(size, list | tuple) else (size,))
    return "x".join(str(side) for side in sides)


def _stride(own: Any) -> str:  # noqa: ANN401 - details of an operation
    first = own.strides[0] if isinstance(own.strides, list | tuple) else own.strides
    return f"/{first}" if first > 1 else ""
