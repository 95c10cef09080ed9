"""Convolutions: plain, in groups, depthwise, transposed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.graph import Compute, Node, Stored, as_stored
from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.tensorflow.model import Margins


def convolution(
    path: str,
    given: str,
    made: str,
    stored: Stored,
    window: SlidingWindow,
    *,
    groups: int = 1,
    activation: Callable[[Any], Any] | None = None,
    real: Callable[[Stored], Stored] = as_stored,
) -> Node:
    """A convolution of maps (N, h, w, C) in real numbers.

    Args:
        path: of the node.
        given: name of the map.
        made: name of what comes out.
        stored: the kernel, and the bias if it has one, as they stand in the file.
        window: that goes over the map.
        groups: that its input channels fall into; as many as there are channels for a depthwise
            one.
        activation: of each number that comes out, where the file has it inside; by its name.
        real: from `stored` to the kernel (rows, columns, channels of a group, output channels) and
            the bias (output channels,), float32.
    """
    kernel, *bias = real(stored)
    depthwise = groups > 1 and kernel.shape[2] == 1
    details = SimpleNamespace(
        # Keras lays a depthwise kernel out as (rows, columns, channels, outputs of each).
        kernel=kernel.reshape(*kernel.shape[:2], groups, -1) if depthwise else kernel,
        bias=bias[0] if bias else None,
        kernel_size=window.size,
        strides=window.strides,
        padding=window.padding,
        dilation_rate=window.dilations,
        groups=groups,
        activation=activation,
    )
    compute = depthwise_convolution(window) if depthwise else plain_convolution(window, groups)

    def absorbing(weights: Stored, scale: Numbers, offset: Numbers) -> Stored:
        own, *more = real(weights)
        both = offset + scale * more[0] if more else offset
        return (own * scale).astype(np.float32), both.astype(np.float32)

    return Node(
        path,
        "DepthwiseConv2D" if depthwise else "Conv2D",
        (given,),
        (made,),
        compute if activation is None else followed_by(compute, activation),
        weights=stored,
        prepared=real,
        details=details,
        kernels=lambda weights: _first_of_all(real(weights)[0]),
        absorbing=absorbing if activation is None else None,
    )


def transposed_convolution(
    path: str,
    given: str,
    made: str,
    stored: Stored,
    window: SlidingWindow,
    cut: Margins,
    *,
    groups: int = 1,
    real: Callable[[Stored], Stored] = as_stored,
) -> Node:
    """What a convolution's gradient does: each cell of (N, h, w, C) paints its window.

    Args:
        path: of the node.
        given: name of the map.
        made: name of what comes out.
        stored: the kernel, and the bias if it has one, as they stand in the file.
        window: its size, strides and dilations.
        cut: rows above and below, columns left and right that are cut off what is painted on; less
            than nothing is added.
        groups: that its input channels fall into.
        real: from `stored` to the kernel (rows, columns, output channels of a group, input
            channels) and the bias (output channels,), float32.
    """
    kernel, *bias = real(stored)
    details = SimpleNamespace(
        kernel=kernel,
        bias=bias[0] if bias else None,
        kernel_size=window.size,
        strides=window.strides,
        padding=cut,
        output_padding=None,
        dilation_rate=window.dilations,
        activation=None,
    )

    def painted(maps: Any, own: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        sides = [
            (maps.shape[axis + 1] - 1) * window.strides[axis]
            + (window.size[axis] - 1) * window.dilations[axis]
            + 1
            for axis in range(2)
        ]
        batch = tf.shape(maps)[0] if maps.shape[0] is None else maps.shape[0]
        shape = [batch, *sides, own.shape[2]]
        return tf.nn.conv2d_transpose(
            maps, own, shape, window.strides, "VALID", dilations=window.dilations
        )

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        maps = tf.split(tensors[0], groups, -1)
        kernels = tf.split(weights[0], groups, -1)
        whole = tf.concat([painted(*both) for both in zip(maps, kernels, strict=True)], -1)
        (above, below), (left, right) = cut
        rows, columns = whole.shape[1:3]
        whole = whole[:, max(above, 0) : rows - max(below, 0)]
        whole = whole[:, :, max(left, 0) : columns - max(right, 0)]
        more = [[max(-before, 0), max(-after, 0)] for before, after in cut]
        whole = tf.pad(whole, [[0, 0], *more, [0, 0]])
        return tf.nn.bias_add(whole, weights[1]) if len(weights) > 1 else whole

    return Node(
        path,
        "Conv2DTranspose",
        (given,),
        (made,),
        compute,
        weights=stored,
        prepared=real,
        details=details,
        kernels=lambda weights: np.asarray(np.moveaxis(real(weights)[0], 2, 0), np.float32),
    )


def followed_by(compute: Compute, function: Callable[[Any], Any]) -> Compute:
    """What an operator computes, and a function of that."""
    return lambda tensors, weights: function(compute(tensors, weights))


def _first_of_all(kernel: NDArray[Any]) -> Floats:
    return np.moveaxis(np.asarray(kernel, np.float32), -1, 0)


def plain_convolution(window: SlidingWindow, groups: int = 1) -> Compute:
    """A convolution of a map by a kernel (rows, columns, channels, outputs), and perhaps a bias."""
    if window.dilations != (1, 1):
        run = _apart(_dilated, groups)
    else:
        run = _together(groups) if groups > 1 else _once

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        made = run(tensors[0], weights[0], window)
        return tf.nn.bias_add(made, weights[1]) if len(weights) > 1 else made

    return compute


_Run = Callable[[Any, Any, SlidingWindow], Any]  # from a map and a kernel to what comes out


def _once(maps: Any, kernel: Any, window: SlidingWindow) -> Any:  # noqa: ANN401 - tf.Tensor
    import tensorflow as tf

    return tf.nn.conv2d(maps, kernel, window.strides, window.padded)


def _dilated(maps: Any, kernel: Any, window: SlidingWindow) -> Any:  # noqa: ANN401 - tf.Tensor
    """On a CPU TensorFlow has a gradient only where cells are moved together first, not for it."""
    import tensorflow as tf

    own = _same(maps, window) if window.margins is None else window.widened(maps, 0.0)
    made = tf.nn.convolution(own, kernel, (1, 1), "VALID", dilations=window.dilations)
    down, right = window.strides
    return made[:, ::down, ::right] if max(down, right) > 1 else made


def _apart(run: _Run, groups: int) -> _Run:
    def each(maps: Any, kernel: Any, window: SlidingWindow) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        if groups == 1:
            return run(maps, kernel, window)
        both = zip(tf.split(maps, groups, -1), tf.split(kernel, groups, -1), strict=True)
        return tf.concat([run(*own, window) for own in both], -1)

    return each


def _together(groups: int) -> _Run:
    def run(maps: Any, kernel: Any, window: SlidingWindow) -> Any:  # noqa: ANN401 - tf.Tensor
        return in_groups(lambda own, part: _once(own, part, window), maps, kernel, groups)

    return run


def in_groups(
    run: Callable[[Any, Any], Any],
    maps: Any,  # noqa: ANN401 - tf.Tensor
    kernel: Any,  # noqa: ANN401 - tf.Tensor
    groups: int,
) -> Any:  # noqa: ANN401 - tf.Tensor
    """All groups of a convolution in one run.

    TensorFlow has no gradient for that on a CPU, but each group by itself has. And where oneDNN is
    off, TensorFlow's optimizer joins a convolution to the bias, normalisation and activation behind
    it, into a kernel that knows no groups and ends the run: it does not look through a snapshot.

    Args:
        run: a convolution, from maps and a kernel to what it gives.
        maps: (N, h, w, C).
        kernel: (rows, columns, C / groups, outputs).
        groups: that the C channels fall into.
    """
    import tensorflow as tf

    @tf.custom_gradient
    def grouped(maps: Any) -> tuple[Any, Callable[[Any], Any]]:  # noqa: ANN401 - tf.Tensor
        def rise(up: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            with tf.GradientTape() as tape:
                tape.watch(maps)
                parts = zip(tf.split(maps, groups, -1), tf.split(kernel, groups, -1), strict=True)
                made = tf.concat([run(*part) for part in parts], -1)
            return tape.gradient(made, maps, up)

        return tf.raw_ops.Snapshot(input=run(maps, kernel)), rise

    return grouped(maps)


def depthwise_convolution(window: SlidingWindow) -> Compute:
    """The same, each channel by itself: the kernel is (rows, columns, 1, outputs)."""
    down, right = window.strides
    # TensorFlow's depthwise kernel wants equal strides, and none beside dilations.
    even = down == right and (window.dilations == (1, 1) or down == 1)

    def compute(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        channels = tensors[0].shape[-1] or tf.shape(tensors[0])[-1]
        kernel = tf.reshape(weights[0], (*window.size, channels, -1))
        maps, padded = (
            tensors[0],
            "SAME" if window.keeps_size or window.margins is None else "VALID",
        )
        if padded == "VALID":
            # TensorFlow's optimizer loses margins given to this kernel, and ends the process.
            maps = window.widened(maps, 0.0)
        elif not even and not window.keeps_size:
            maps, padded = _same(maps, window), "VALID"
        strides = (1, down, right, 1) if even else (1, 1, 1, 1)
        made = tf.nn.depthwise_conv2d(maps, kernel, strides, padded, dilations=window.dilations)
        if not even:
            made = made[:, ::down, ::right]
        return tf.nn.bias_add(made, weights[1]) if len(weights) > 1 else made

    return compute


def _same(maps: Any, window: SlidingWindow) -> Any:  # noqa: ANN401 - tf.Tensor
    """Maps with the margins that TensorFlow's "SAME" gives them."""
    import tensorflow as tf

    paddings = [[0, 0]]
    sizes = tf.shape(maps)
    for axis in range(2):
        stride, reach = window.strides[axis], (window.size[axis] - 1) * window.dilations[axis] + 1
        size = sizes[axis + 1]
        total = tf.maximum((-(-size // stride) - 1) * stride + reach - size, 0)
        paddings.append([total // 2, total - total // 2])
    return tf.pad(maps, [*paddings, [0, 0]])
