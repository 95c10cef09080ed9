"""What a file says beside its network: which numbers it holds, what range it takes, its classes."""

from __future__ import annotations

import numpy as np

from gradcam.backends.graph.tensorflow_lite.building import holds_levels
from gradcam.backends.graph.tensorflow_lite.file import LiteFile, LiteOperator, LiteTensor
from gradcam.backends.graph.tensorflow_lite.labels import labels_inside
from gradcam.told import Told

_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV", "BATCH_MATMUL")


def told_of_file(file: LiteFile, data: bytes) -> Told:
    """What a file says; `data` is all of it."""
    return Told(_numbers(file), _input_range(file), labels_inside(file, data))


def holds_integers(file: LiteFile) -> bool:
    """Whether anything in it is run in whole numbers."""
    return any(holds_levels(made) for operator in file.operators for made in operator.outputs)


def _numbers(file: LiteFile) -> str:
    """As `weights int8, activations float`; "" where all is float32."""
    unpacked = {
        operator.outputs[0].number: operator.inputs[0]
        for operator in file.operators
        if operator.code == "DEQUANTIZE" and operator.outputs
    }
    weights = [_kernel(operator, unpacked) for operator in file.operators]
    weighted = [each for each in file.operators if each.code in _WEIGHTED and each.outputs]
    kinds = _listed({_word(each.dtype) for each in weights if each is not None})
    activations = _listed(
        {
            _word(each.outputs[0].dtype) if holds_levels(each.outputs[0]) else "float"
            for each in weighted
        }
    )
    if not weighted or (kinds, activations) == ("float", "float"):
        return ""
    return f"weights {kinds}, activations {activations}"


def _kernel(operator: LiteOperator, unpacked: dict[int, LiteTensor | None]) -> LiteTensor | None:
    if operator.code not in _WEIGHTED or len(operator.inputs) < 2:
        return None
    kernel = operator.inputs[1]
    return unpacked.get(kernel.number, kernel) if kernel is not None else None


def _word(dtype: np.dtype[np.generic]) -> str:
    return "float" if dtype == np.float32 else dtype.name


def _listed(words: set[str]) -> str:
    return " and ".join(sorted(words))


def _input_range(file: LiteFile) -> tuple[float, float] | None:
    """What the input's whole numbers reach; of a float input the first that it is made into."""
    (given,) = file.inputs
    made = [
        operator.outputs[0]
        for operator in file.operators
        if operator.code == "QUANTIZE" and operator.inputs[:1] == (given,)
    ]
    for tensor in (given, *made):
        if holds_levels(tensor) and tensor.quantisation is not None:
            levels = np.iinfo(tensor.dtype)
            zero, scale = int(tensor.quantisation.zero_points[0]), tensor.quantisation.scales[0]
            low, high = (float(scale) * (level - zero) for level in (levels.min, levels.max))
            return low, high
    return None
