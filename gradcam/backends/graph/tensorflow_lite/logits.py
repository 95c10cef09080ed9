"""Where the logits of a file are: what its last squash gets, or what it gives where it has none."""

from __future__ import annotations

from gradcam.backends.graph.tensorflow_lite.file import LiteFile

_BEHIND = frozenset({
    "SOFTMAX", "LOG_SOFTMAX", "LOGISTIC", "QUANTIZE", "DEQUANTIZE", "RESHAPE", "SQUEEZE",
})  # fmt: skip


def logit_tensors(file: LiteFile) -> frozenset[int]:
    """Numbers of the tensors that hold logits, in whatever shape and on whatever grid."""
    made = {own.number: operator for operator in file.operators for own in operator.outputs}
    seen = [tensor.number for tensor in file.outputs]
    for number in seen:
        operator = made.get(number)
        if operator is not None and operator.code in _BEHIND and operator.inputs[0] is not None:
            seen.append(operator.inputs[0].number)
    return frozenset(seen)
