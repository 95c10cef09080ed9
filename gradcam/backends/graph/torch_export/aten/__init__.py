"""Operators of torch, by the functions that write them down: one file a family.

Each function has torch's own arguments, by torch's names; the first is `given`, whatever torch
calls it.
"""

from gradcam.backends.graph.torch_export.aten.at import Writer
from gradcam.backends.graph.torch_export.aten.constants import ATEN_BESIDE
from gradcam.backends.graph.torch_export.aten.normalising import ATEN_NORMALISING
from gradcam.backends.graph.torch_export.aten.numbers import ATEN_NUMBERS
from gradcam.backends.graph.torch_export.aten.parts import ATEN_PARTS
from gradcam.backends.graph.torch_export.aten.products import ATEN_PRODUCTS
from gradcam.backends.graph.torch_export.aten.reducing import ATEN_REDUCING
from gradcam.backends.graph.torch_export.aten.reshaping import ATEN_RESHAPING
from gradcam.backends.graph.torch_export.aten.windows import ATEN_WINDOWS

ATEN_OPERATORS: dict[str, Writer] = {
    **ATEN_WINDOWS,
    **ATEN_NUMBERS,
    **ATEN_RESHAPING,
    **ATEN_PARTS,
    **ATEN_PRODUCTS,
    **ATEN_REDUCING,
    **ATEN_NORMALISING,
    **ATEN_BESIDE,
}
