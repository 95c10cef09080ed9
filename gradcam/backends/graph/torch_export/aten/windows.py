"""Convolutions and poolings of torch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.channels_last import Held, channels_last_order
from gradcam.backends.graph.graph import Node, Stored
from gradcam.backends.graph.operators.convolution import convolution
from gradcam.backends.graph.operators.pooling import (
    average_pooling,
    global_average_pooling,
    max_pooling,
)
from gradcam.backends.graph.operators.shapes import pad
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.torch_export.aten.at import At, AtenValue, RefusalError, Writer, pair
from gradcam.backends.tensorflow.model import Margins


def _maps(at: At, given: Held) -> Held:
    if given.rank != 4:
        raise RefusalError("uses a convolution or a pooling on other than maps of rows and columns")
    return at.graph.channels_last(given, at.path)


def _conv2d(
    at: At,
    given: Held,
    weight: NDArray[Any],
    bias: NDArray[Any] | None = None,
    stride: AtenValue = 1,
    padding: AtenValue = 0,
    dilation: AtenValue = 1,
    groups: int = 1,
    activation: str | None = None,
) -> Held:
    import tensorflow as tf

    if not isinstance(weight, np.ndarray):
        raise RefusalError("uses a convolution whose weights follow from the picture")
    maps = _maps(at, given)
    size = weight.shape[2:]
    window = SlidingWindow(size, pair(stride), pair(dilation))
    margins: Margins
    if padding == "same":
        reach = [(side - 1) * apart for side, apart in zip(size, window.dilations, strict=True)]
        margins = tuple((total // 2, total - total // 2) for total in reach)  # type: ignore[assignment]
    else:
        rows, columns = pair(0 if padding == "valid" else padding)
        margins = ((rows, rows), (columns, columns))
    window = SlidingWindow(size, window.strides, window.dilations, margins)
    stored = [weight] if bias is None else [weight, bias]
    path = at.free
    own = tf.nn.relu if activation else None
    node = convolution(
        path, maps.name, path, stored, window, groups=groups, activation=own, real=_kernel_last
    )
    return at.graph.add(node, channels_last_order(4))


def _kernel_last(stored: Stored) -> Stored:
    """(outputs, channels of a group, rows, columns) and a bias, as TensorFlow has them."""
    kernel, *bias = (np.asarray(each, np.float32) for each in stored)
    return [np.ascontiguousarray(kernel.transpose(2, 3, 1, 0)), *bias]


def _convolution(
    at: At,
    given: Held,
    weight: NDArray[Any],
    bias: NDArray[Any] | None,
    stride: AtenValue,
    padding: AtenValue,
    dilation: AtenValue,
    transposed: bool,
    output_padding: AtenValue,  # noqa: ARG001 - of transposed ones
    groups: int,
) -> Held:
    if transposed:
        raise RefusalError("uses a transposed convolution")
    return _conv2d(at, given, weight, bias, stride, padding, dilation, groups)


def _max_pool2d(
    at: At,
    given: Held,
    kernel_size: AtenValue,
    stride: AtenValue = (),
    padding: AtenValue = 0,
    dilation: AtenValue = 1,
    ceil_mode: bool = False,
) -> Held:
    maps = _maps(at, given)
    size, strides = pair(kernel_size), pair(stride or kernel_size)
    window = SlidingWindow(size, strides, pair(dilation))
    margins, beyond = _margins(maps, window, pair(padding), ceil_mode=ceil_mode)
    both = tuple((a, b + more) for (a, b), more in zip(margins, beyond, strict=True))
    path = at.free
    whole = SlidingWindow(size, strides, window.dilations, both)  # type: ignore[arg-type]
    return at.graph.add(max_pooling(path, maps.name, path, whole), channels_last_order(4))


def _avg_pool2d(
    at: At,
    given: Held,
    kernel_size: AtenValue,
    stride: AtenValue = (),
    padding: AtenValue = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Held:
    if divisor_override is not None:
        raise RefusalError("uses a mean over windows with a divisor of its own")
    maps = _maps(at, given)
    size, strides = pair(kernel_size), pair(stride or kernel_size)
    margins, beyond = _margins(
        maps, SlidingWindow(size, strides), pair(padding), ceil_mode=ceil_mode
    )
    if count_include_pad and any(beyond):
        # What a last window sees beyond the margins counts for nothing, unlike these.
        wide = at.free
        maps = at.graph.add(pad(wide, maps.name, wide, ((0, 0), *margins, (0, 0))), maps.order)
        margins = ((0, 0), (0, 0))
        count_include_pad = False
    both = tuple((a, b + more) for (a, b), more in zip(margins, beyond, strict=True))
    path = at.free
    window = SlidingWindow(size, strides, margins=both)  # type: ignore[arg-type]
    node = average_pooling(path, maps.name, path, window, counts_margins=count_include_pad)
    return at.graph.add(node, channels_last_order(4))


def _margins(
    maps: Held, window: SlidingWindow, padding: tuple[int, int], *, ceil_mode: bool
) -> tuple[Margins, tuple[int, int]]:
    """Torch's margins, and how far beyond them a last window reaches that begins within."""
    beyond = []
    for axis in range(2):
        size, pad, stride = maps.shape[axis + 2], padding[axis], window.strides[axis]
        reach = (window.size[axis] - 1) * window.dilations[axis] + 1
        left = (size + 2 * pad - reach) % stride if size + 2 * pad >= reach else 0
        begins = size + 2 * pad - reach - left + stride  # in the map with its margins
        more = ceil_mode and left and begins < size + pad
        beyond.append(stride - left if more else 0)
    margins = ((padding[0], padding[0]), (padding[1], padding[1]))
    return margins, (beyond[0], beyond[1])


def _adaptive_avg_pool2d(at: At, given: Held, output_size: AtenValue) -> Held:
    maps = _maps(at, given)
    wanted = [
        maps.shape[axis + 2] if each is None else int(each)  # type: ignore[arg-type]
        for axis, each in enumerate(
            output_size if isinstance(output_size, tuple) else (output_size,) * 2
        )
    ]
    path = at.free
    if wanted == [1, 1]:
        return at.graph.add(
            global_average_pooling(path, maps.name, path, keeps_sides=True), channels_last_order(4)
        )
    if wanted == list(maps.shape[2:]):
        return maps
    node = _adaptive(path, maps, wanted)
    return at.graph.add(node, channels_last_order(4))


def _adaptive(path: str, maps: Held, wanted: list[int]) -> Node:
    """The mean of windows that cover a map evenly, whose sizes may differ by one."""
    shares = [_shares(maps.shape[axis + 2], wanted[axis]) for axis in range(2)]

    def compute(tensors: Any, _: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.einsum("nhwc,ph,qw->npqc", tensors[0], *shares)

    return Node(path, "AdaptiveAveragePooling2D", (maps.name,), (path,), compute)


def _shares(size: int, wanted: int) -> NDArray[np.float32]:
    """(wanted, size): how much each entry counts in each mean."""
    shares = np.zeros((wanted, size), np.float32)
    for number in range(wanted):
        first, end = number * size // wanted, -(-(number + 1) * size // wanted)
        shares[number, first:end] = 1 / (end - first)
    return shares


ATEN_WINDOWS: dict[str, Writer] = {
    "conv2d": _conv2d,
    "convolution": _convolution,
    "max_pool2d": _max_pool2d,
    "avg_pool2d": _avg_pool2d,
    "adaptive_avg_pool2d": _adaptive_avg_pool2d,
    "_adaptive_avg_pool2d": _adaptive_avg_pool2d,
}
