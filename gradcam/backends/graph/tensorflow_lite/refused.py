"""Operators that are not read, and why, as people would say it."""

from __future__ import annotations

from gradcam.backends.graph.tensorflow_lite.file import LiteOperator, whereabouts

_OTHERS = "open the Keras model (.h5 or .keras) it was converted from"
_RECURRENT = frozenset({
    "LSTM", "RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN",
    "BIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_RNN", "SVDF",
})  # fmt: skip
_CHOOSING = frozenset({"ARG_MAX", "ARG_MIN", "TOPK_V2"})


def why_not_read(operator: LiteOperator) -> str:
    """Why a network with such an operator is not explained, and where that stands."""
    code, custom = operator.code, operator.custom
    where = whereabouts(operator.outputs[0].name if operator.outputs else "")
    if code == "CUSTOM" and custom.startswith("edgetpu"):
        return (
            f"it was compiled for an Edge TPU (custom operator {custom} {where}) and no longer "
            "holds the network; open the .tflite from before the compiler"
        )
    if code == "CUSTOM" and custom.startswith("Flex"):
        return f"it uses TensorFlow's own operator {custom[4:]} (Flex, {where}); {_OTHERS}"
    if code == "CUSTOM":
        return f"it uses the custom operator {custom or 'without a name'} ({where}); {_OTHERS}"
    if code in _RECURRENT:
        return f"it is recurrent ({code} {where}), and what its steps remember is no map"
    if code in _CHOOSING:
        return f"it gives numbers of classes and no scores ({code} {where})"
    return f"it uses the operator {code} ({where}), which is not read here; {_OTHERS}"
