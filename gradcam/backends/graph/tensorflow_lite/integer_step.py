"""What operators on whole numbers ask of a step: grids, clipping, the same in real numbers."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcam.backends.graph.graph import Compute, Node
from gradcam.backends.graph.tensorflow_lite.file import LiteTensor
from gradcam.backends.graph.tensorflow_lite.floats import FLOATS
from gradcam.backends.graph.tensorflow_lite.levels import Clipping, Levels
from gradcam.backends.graph.tensorflow_lite.step import LiteStep, NotReadError, real_numbers

_NONE, _RELU, _RELU_N1_TO_1, _RELU6 = 0, 1, 2, 3  # the schema's ActivationFunctionType


def holds_steps(tensor: LiteTensor) -> bool:
    """Whether a tensor's numbers are levels of eight bits that stand for real ones."""
    return tensor.dtype in {np.dtype(np.int8), np.dtype(np.uint8)} and bool(tensor.quantisation)


def levels_of(tensor: LiteTensor) -> Levels:
    """What its levels stand for.

    Raises:
        NotReadError: they have several scales, or more than eight bits.
    """
    own = tensor.quantisation
    if not holds_steps(tensor) or own is None or len(own.scales) != 1:
        raise NotReadError("whole numbers of a kind that is not run")
    bounds = np.iinfo(tensor.dtype)
    return Levels(float(own.scales[0]), int(own.zero_points[0]), bounds.min, bounds.max)


def clipping_of(step: LiteStep, grid: Levels) -> Clipping:
    """Where its output ends: by its grid and by the activation inside.

    Raises:
        NotReadError: whole numbers do not have that activation.
    """
    low, high = grid.bounds
    number = getattr(step.options, "fusedActivationFunction", _NONE)
    if number not in {_NONE, _RELU, _RELU_N1_TO_1, _RELU6}:
        raise NotReadError("an activation that whole numbers do not have")
    if number in {_RELU, _RELU6}:
        low = max(low, 0)
    if number == _RELU6:
        high = min(high, _nearest(6 / grid.scale))
    if number == _RELU_N1_TO_1:
        low, high = max(low, -_nearest(1 / grid.scale)), min(high, _nearest(1 / grid.scale))
    # Beyond the logits' range the calibration saw nothing: a gradient of 0 would blank the map.
    return Clipping(low, high, passes=step.gives_logits and number == _NONE)


def _nearest(number: float) -> int:
    return int(np.floor(np.float32(number) + 0.5))


def in_real_numbers(step: LiteStep) -> list[Node]:
    """Its nodes as if the file held real numbers, without the activation inside."""
    constants = [
        None
        if tensor is None
        else tensor
        if tensor.data is None or tensor.quantisation is None
        else replace(
            tensor,
            data=real_numbers(tensor.data, tensor.quantisation),
            dtype=np.dtype(np.float32),
            quantisation=None,
        )
        for tensor in step.operator.inputs
    ]
    options = copy.copy(step.options)
    if hasattr(options, "fusedActivationFunction"):
        options.fusedActivationFunction = _NONE
    operator = replace(step.operator, inputs=tuple(constants), options=options)
    return list(FLOATS[operator.code](replace(step, operator=operator)))


def on_the_cpu(compute: Compute) -> Compute:
    """A GPU's float32 is not exact."""

    def placed(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        with tf.device("/CPU:0"):
            return compute(tensors, weights)

    return placed
