"""Operators with a kernel: convolutions and dense layers, with their bias where one follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.graph import Absorbing, Stored
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.saved_model.operator import Operator, Traits

_Spread = Callable[[Numbers, NDArray[Any]], Numbers]  # one number for each output, over a kernel


def kernel_traits(operator: Operator) -> Traits | None:
    """What it is; None for a product of two values that both depend on the picture."""
    return _RULES[operator.op](operator)


def with_bias(own: Traits, bias: NDArray[Any]) -> Traits:
    """The same where a bias (outputs,) is added to what it gives."""
    details = SimpleNamespace(**{**vars(own.details), "bias": bias})
    return replace(own, details=details)


def _convolution(operator: Operator) -> Traits | None:
    kernel = operator.constant(1)
    if kernel is None:
        return None
    channels = operator.given[0].shape[-1] or kernel.shape[2]
    details = _geometry(operator, kernel)
    details.groups = channels // kernel.shape[2]
    return Traits(
        "Conv2D", details, (1,), kernels=lambda stored: _outputs_first(stored[0]),
        absorbing=_absorbing(kernel, lambda scale, _: scale),
    )  # fmt: skip


def _depthwise(operator: Operator) -> Traits | None:
    kernel = operator.constant(1)
    if kernel is None:
        return None
    details = _geometry(operator, kernel)
    details.groups = kernel.shape[2]
    return Traits(
        "DepthwiseConv2D", details, (1,), kernels=_each_alone,
        absorbing=_absorbing(kernel, lambda scale, own: scale.reshape(own.shape[2:])),
    )  # fmt: skip


def _transposed(operator: Operator) -> Traits | None:
    kernel = operator.constant(1)
    if kernel is None:
        return None
    details = _geometry(operator, kernel)
    details.output_padding = None
    return Traits(
        "Conv2DTranspose", details, (1,),
        kernels=lambda stored: np.moveaxis(np.asarray(stored[0], np.float32), -2, 0),
        absorbing=_absorbing(kernel, lambda scale, _: scale[:, None]),
    )  # fmt: skip


def _dense(operator: Operator) -> Traits | None:
    kernel, attributes = operator.constant(1), operator.attributes
    turned = bool(attributes.get("transpose_b", attributes.get("adj_y", False)))
    other = bool(attributes.get("transpose_a", attributes.get("adj_x", False)))
    if kernel is None or kernel.ndim != 2 or other or operator.given[0].constant is not None:
        return None
    plain = kernel.T if turned else kernel
    details = SimpleNamespace(kernel=plain, bias=None, units=plain.shape[1])
    return Traits(
        "Dense", details, (1,),
        absorbing=_absorbing(kernel, lambda scale, _: scale[:, None] if turned else scale),
    )  # fmt: skip


def _geometry(operator: Operator, kernel: NDArray[Any]) -> SimpleNamespace:
    attributes = operator.attributes
    rows = list(attributes.get("explicit_paddings") or (0,) * 8)
    window = SlidingWindow(
        kernel.shape[:2],
        tuple(attributes["strides"][1:3]),
        tuple((attributes.get("dilations") or (1, 1, 1, 1))[1:3]),
        None if attributes["padding"] == "SAME" else ((rows[2], rows[3]), (rows[4], rows[5])),
    )
    return SimpleNamespace(
        kernel=kernel, bias=None, kernel_size=window.size, strides=window.strides,
        padding=window.padding, dilation_rate=window.dilations, activation=None,
    )  # fmt: skip


def _absorbing(kernel: NDArray[Any], spread: _Spread) -> Absorbing | None:
    if kernel.dtype != np.float32:
        return None

    def absorbing(stored: Stored, scale: Numbers, offset: Numbers) -> Stored:
        own, *bias = stored
        both = offset + scale * bias[0] if bias else offset
        return (own * spread(scale, own)).astype(np.float32), both.astype(np.float32)

    return absorbing


def _outputs_first(kernel: NDArray[Any]) -> Floats:
    return np.moveaxis(np.asarray(kernel, np.float32), -1, 0)


def _each_alone(stored: Stored) -> Floats:
    kernel = np.asarray(stored[0], np.float32)
    return _outputs_first(kernel.reshape(*kernel.shape[:2], -1))[..., None]


_RULES: dict[str, Callable[[Operator], Traits | None]] = {
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _depthwise,
    "Conv2DBackpropInput": _transposed,
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2"), _dense),
}
