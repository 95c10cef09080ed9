"""How each operator of the standard is taken into a graph, one file a family."""

from __future__ import annotations

from collections.abc import Mapping

from gradcam.backends.graph.onnx_files.rules.moving import MOVING
from gradcam.backends.graph.onnx_files.rules.normalising import NORMALISING
from gradcam.backends.graph.onnx_files.rules.numbers import NUMBERS
from gradcam.backends.graph.onnx_files.rules.parts import PARTS
from gradcam.backends.graph.onnx_files.rules.products import PRODUCTS
from gradcam.backends.graph.onnx_files.rules.quantising import QUANTISING
from gradcam.backends.graph.onnx_files.rules.reducing import REDUCING
from gradcam.backends.graph.onnx_files.rules.resizing import RESIZING
from gradcam.backends.graph.onnx_files.rules.windows import WINDOWS
from gradcam.backends.graph.onnx_files.step import OnnxRule

ONNX_RULES: Mapping[str, OnnxRule] = {
    **MOVING,
    **NORMALISING,
    **NUMBERS,
    **PARTS,
    **PRODUCTS,
    **QUANTISING,
    **REDUCING,
    **RESIZING,
    **WINDOWS,
}
