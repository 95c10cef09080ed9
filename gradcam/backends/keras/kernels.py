"""What a Keras convolution learned, in one shape whatever kind of convolution it is."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcam.arrays import Floats


def kernels_of(layer: Any) -> Floats | None:  # noqa: ANN401 - keras.Operation
    """Kernels (F, *kernel size, input channels) float32; None for what is no convolution."""
    import keras

    # Some of these are each other's subclasses: the particular ones come first.
    kinds = keras.layers
    if isinstance(layer, kinds.SeparableConv1D | kinds.SeparableConv2D):
        depth = _numbers(layer.depthwise_kernel)
        point = _numbers(layer.pointwise_kernel).reshape(*depth.shape[-2:], -1)
        return np.einsum("...cm,cmf->f...c", depth, point)
    if isinstance(layer, kinds.DepthwiseConv1D | kinds.DepthwiseConv2D):
        depth = _numbers(layer.kernel)
        return np.moveaxis(depth.reshape(*depth.shape[:-2], -1), -1, 0)[..., None]
    if isinstance(layer, kinds.Conv1DTranspose | kinds.Conv2DTranspose):
        return np.moveaxis(_numbers(layer.kernel), -2, 0)
    if isinstance(layer, kinds.Conv1D | kinds.Conv2D):
        return np.moveaxis(_numbers(layer.kernel), -1, 0)
    return None


def _numbers(kernel: Any) -> Floats:  # noqa: ANN401 - keras.Variable or a tensor
    import keras

    return np.asarray(keras.ops.convert_to_numpy(kernel), np.float32)
