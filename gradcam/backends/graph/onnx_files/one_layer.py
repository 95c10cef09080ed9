"""Operators that are one layer to everybody but the file: a convolution or a product, and its end.

A ReLU joins the convolution that the exporter gives the same name, as Keras writes both; a bias
joins the product of matrices right before it, as torch's `Linear` is exported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from gradcam.backends.graph.onnx_files.step import OnnxStep

ACTIVATION = "activation"  # no attribute of the standard's own


def whole_layers(
    steps: Sequence[OnnxStep], constants: Mapping[str, NDArray[Any]], outputs: Sequence[str]
) -> Iterator[OnnxStep]:
    """Operators, of which those that make one layer are one.

    Args:
        steps: in order of execution.
        constants: that stand in the file.
        outputs: names of the values that the file gives.
    """
    uses = Counter(name for step in steps for name in step.inputs)
    uses.update(outputs)
    before: OnnxStep | None = None
    for step in steps:
        both = None
        if before is not None and before.outputs and uses[before.outputs[0]] == 1:
            both = _with_relu(before, step) or _with_bias(before, step, constants)
        if before is not None and both is None:
            yield before
        before = both or step
    if before is not None:
        yield before


def _with_relu(first: OnnxStep, second: OnnxStep) -> OnnxStep | None:
    fits = first.kind == "Conv" and second.kind == "Relu" and ACTIVATION not in first.attributes
    if not fits or first.outputs[:1] != second.inputs[:1] or first.path != f"{second.path}/conv":
        return None
    attributes = {**first.attributes, ACTIVATION: second.kind}
    return replace(first, path=second.path, outputs=second.outputs, attributes=attributes)


def _with_bias(
    first: OnnxStep, second: OnnxStep, constants: Mapping[str, NDArray[Any]]
) -> OnnxStep | None:
    if (first.kind, second.kind) != ("MatMul", "Add") or len(first.inputs) != 2:
        return None
    kernel = constants.get(first.inputs[1])
    others = [name for name in second.inputs if name != first.outputs[0]]
    bias = constants.get(others[0]) if len(others) == 1 else None
    if kernel is None or bias is None or kernel.ndim != 2 or bias.shape != kernel.shape[1:]:
        return None
    inputs = (*first.inputs, others[0])
    return replace(first, path=second.path, inputs=inputs, outputs=second.outputs)
