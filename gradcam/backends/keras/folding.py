"""What a Keras layer multiplies, adds or puts around a map, and which ones can do that as well.

Only Keras' own layers in plain float32: a subclass may do anything, and in other precisions, LoRA
or quantisation the order of the roundings is part of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Numbers
from gradcam.backends.tensorflow.model import Affine, Make, Margins, Widen
from gradcam.layout import Shape

_Sides = tuple[int, ...]


@dataclass(frozen=True)
class Kernel:
    """A layer whose output is linear in one of its arrays, and which has a bias or could have one.

    Attributes:
        layer: of Keras.
        attribute: of the layer that holds the array.
        of_channels: from the array's shape to the one in which a number for each output channel
            multiplies it.
    """

    layer: Any
    attribute: str
    of_channels: Callable[[_Sides], _Sides]

    def weights(self, scale: Numbers, offset: Numbers) -> Sequence[NDArray[np.float32]]:
        """See `Absorber.weights`: kernel and bias."""
        kernel, bias = _numbers(getattr(self.layer, self.attribute)), offset
        if self.layer.bias is not None:
            bias = offset + scale * _numbers(self.layer.bias)
        scaled = kernel * scale.reshape(self.of_channels(kernel.shape))
        return scaled.astype(np.float32), bias.astype(np.float32)

    def make(self, weights: Sequence[Any]) -> Make:
        """See `Absorber.make`."""
        import tensorflow as tf

        kernel, bias = weights

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - tf.Tensor
                own = {self.attribute: tf.convert_to_tensor(kernel), "bias": None}
                with _replaced_attributes(self.layer, {**own, "use_bias": False}):
                    return tf.nn.bias_add(original(*args, **kwargs), bias)

            return call

        return make


def affine_of(layer: Any) -> Affine | None:  # noqa: ANN401 - keras.Operation
    """See `Operation.affine`: of a batch normalisation over the last axis."""
    import keras

    if type(layer) is not keras.layers.BatchNormalization or not _is_plain(layer):
        return None
    if layer.axis not in {-1, layer.input_spec.ndim - 1}:
        return None

    def affine() -> tuple[Numbers, Numbers]:
        scale = 1.0 / np.sqrt(_numbers(layer.moving_variance) + layer.epsilon)
        scale = scale if layer.gamma is None else scale * _numbers(layer.gamma)
        offset = -scale * _numbers(layer.moving_mean)
        return scale, offset if layer.beta is None else offset + _numbers(layer.beta)

    return affine


def absorber_of(layer: Any) -> Kernel | None:  # noqa: ANN401 - keras.Operation
    """See `Operation.absorber`: of a linear convolution or dense layer."""
    import keras

    known = _KERNELS.get(type(layer).__name__)
    if known is None or type(layer) is not getattr(keras.layers, type(layer).__name__):
        return None
    if not _is_plain(layer) or getattr(layer, "lora_enabled", False):
        return None
    if layer.activation not in {None, keras.activations.linear}:
        return None
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        return None
    return Kernel(layer, *known)


def margins_of(layer: Any) -> Margins | None:  # noqa: ANN401 - keras.Operation
    """See `Operation.margins`."""
    import keras

    if type(layer) is not keras.layers.ZeroPadding2D or layer.data_format != "channels_last":
        return None
    rows, columns = layer.padding
    return tuple(rows), tuple(columns)


def widened_of(layer: Any) -> Widen | None:  # noqa: ANN401 - keras.Operation
    """See `Operation.widened`: of a depthwise convolution; a full one gains nothing.

    It puts there what its padding "same" would, which is what families of networks write in two.
    """
    import keras

    if type(layer) is not keras.layers.DepthwiseConv2D or layer.padding != "valid":
        return None
    if layer.data_format != "channels_last" or {*layer.dilation_rate} != {1}:
        return None

    def widened(margins: Margins, with_them: Shape) -> Make | None:
        kernel = zip(margins, with_them, layer.kernel_size, layer.strides, strict=True)
        return _padded_same(layer) if all(_is_same(*each) for each in kernel) else None

    return widened


def _is_same(margin: tuple[int, int], with_it: int | None, kernel: int, stride: int) -> bool:
    """Whether an axis has the margin that the padding "same" gives it, as TensorFlow has it."""
    if with_it is None:
        return False
    cells = with_it - sum(margin)
    needed = max((-(-cells // stride) - 1) * stride + kernel - cells, 0)
    return margin == (needed // 2, needed - needed // 2)


def _padded_same(layer: Any) -> Make:  # noqa: ANN401 - keras.Layer
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - tf.Tensor
            with _replaced_attributes(layer, {"padding": "same"}):
                return original(*args, **kwargs)

        return call

    return make


def _last(shape: _Sides) -> _Sides:
    return shape[-1:]


def _last_two(shape: _Sides) -> _Sides:  # a depthwise kernel's: input channels, multiplier
    return shape[-2:]


def _one_before_last(shape: _Sides) -> _Sides:  # a transposed kernel's: filters, input channels
    return shape[-2], 1


_KERNELS: Mapping[str, tuple[str, Callable[[_Sides], _Sides]]] = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Dense"), ("_kernel", _last)),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), ("kernel", _last_two)),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), ("pointwise_kernel", _last)),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), ("kernel", _one_before_last)),
}


def _is_plain(layer: Any) -> bool:  # noqa: ANN401 - keras.Layer
    policy = layer.dtype_policy
    precisions = {policy.compute_dtype, policy.variable_dtype}
    return layer.built and policy.quantization_mode is None and precisions == {"float32"}


def _numbers(variable: Any) -> Numbers:  # noqa: ANN401 - keras.Variable
    import keras

    return np.asarray(keras.ops.convert_to_numpy(variable), np.float64)


@contextmanager
def _replaced_attributes(layer: Any, values: Mapping[str, Any]) -> Iterator[None]:  # noqa: ANN401
    """Give a layer other attributes inside the block, past Keras, which would keep them."""
    attributes = vars(layer)
    own = {name: attributes[name] for name in values if name in attributes}
    attributes.update(values)
    try:
        yield
    finally:
        for name in values:
            del attributes[name]
        attributes.update(own)
