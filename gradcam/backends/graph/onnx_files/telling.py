"""What an ONNX file says beside its network: which numbers it holds, what range it takes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gradcam.backends.graph.onnx_files.parsing import OnnxFile
from gradcam.backends.graph.onnx_files.step import OnnxStep
from gradcam.told import Told

_WEIGHTED = frozenset({"Conv", "ConvTranspose", "Gemm", "MatMul"})
_PASSING = frozenset({"Cast", "Identity", "Transpose"})


def told_by(file: OnnxFile) -> Told:
    """What a file says."""
    return Told(_numbers(file), _input_range(file), file.class_names)


def _numbers(file: OnnxFile) -> str:
    """As `weights int8, activations uint8`; "" where all is float32."""
    made = {name: step for step in file.steps for name in step.outputs}
    weighted = [step for step in file.steps if step.kind in _WEIGHTED and len(step.inputs) > 1]
    weights = _listed(_kind_of(file, made, step.inputs[1]) for step in weighted)
    activations = _listed(_kind_of(file, made, step.inputs[0], "float") for step in weighted)
    if not weighted or (weights, activations) == ("float", "float"):
        return ""
    return f"weights {weights}, activations {activations}"


def _kind_of(file: OnnxFile, made: dict[str, OnnxStep], name: str, otherwise: str = "") -> str:
    """In which numbers a value stands in the file, before it is made real."""
    step = made.get(name)
    if step is not None and step.kind in _PASSING | {"DequantizeLinear"} and step.inputs:
        return _kind_of(file, made, step.inputs[0], otherwise)
    if step is not None and step.kind == "QuantizeLinear":
        zero = step.inputs[2] if len(step.inputs) > 2 else ""
        return file.constants[zero].dtype.name if zero in file.constants else "uint8"
    own = file.constants.get(name)
    if own is None:
        return otherwise
    return "float" if own.dtype == np.float32 else own.dtype.name


def _listed(words: Iterable[str]) -> str:
    return " and ".join(sorted({word for word in words if word})) or "float"


def _input_range(file: OnnxFile) -> tuple[float, float] | None:
    """What the levels reach that the picture is made into, where that is the first thing done."""
    picture = {file.picture.name}
    for step in file.steps:
        if not picture.intersection(step.inputs[:1]):
            continue
        if step.kind in _PASSING:
            picture.update(step.outputs)
        if step.kind == "QuantizeLinear":
            return _reach(file, step)
    return None


def _reach(file: OnnxFile, step: OnnxStep) -> tuple[float, float] | None:
    scale, *zero = (file.constants.get(name) for name in step.inputs[1:3])
    offset = zero[0] if zero and zero[0] is not None else np.zeros(1, np.uint8)
    if scale is None or scale.size != 1 or offset.dtype.kind not in "iu":
        return None
    levels, middle = np.iinfo(offset.dtype), int(offset.ravel()[0])
    low, high = (float(scale.ravel()[0]) * (level - middle) for level in (levels.min, levels.max))
    return low, high
