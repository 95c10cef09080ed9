"""Which operator of a file is the first that gives other levels than LiteRT's.

The file is cut behind an operator, which is to say that it gets another output and is packed again,
and both answer to what is left of it. Before the first that parts all are equal, so that the place
is found by halving.
"""

from bisect import bisect_left

import numpy as np

from gradcam.arithmetic import Arithmetic
from gradcam.backends.graph.model import GraphModel
from gradcam.backends.graph.tensorflow_lite.building import graph_of
from gradcam.backends.graph.tensorflow_lite.parsing import read_lite_file
from tests.gradcam.backends.graph.tensorflow_lite.written import answers, cut


def levels_apart(content, real, levels, arithmetic):
    """How far each number of the only output is from LiteRT's, in the file's levels.

    Args:
        content: of the file.
        real: pictures (N, …) as the product gets them.
        levels: the same as the file gets them.
        arithmetic: whose rounding it is.
    """
    file = read_lite_file(content, "file")
    model = GraphModel(graph_of(file, "file", arithmetic))
    (given,) = model(real)
    own = np.asarray(given)
    (tensor,) = file.outputs
    if tensor.quantisation is not None:
        own = own / tensor.quantisation.scales[0] + tensor.quantisation.zero_points[0]
    other = answers(content, levels, reference=arithmetic is Arithmetic.MICROCONTROLLER)
    return np.abs(own - other.reshape(own.shape))


def first_parting(content, real, levels, arithmetic):
    """Its place, code and largest distance; None where all are equal."""
    file = read_lite_file(content, "file")
    varying, behind = {tensor.number for tensor in file.inputs}, []
    for operator in file.operators:  # shapes are worked out of constants, or of shapes
        given = {tensor.number for tensor in operator.inputs if tensor is not None}
        if given & varying and operator.code != "SHAPE":
            varying |= {tensor.number for tensor in operator.outputs}
            behind.append(operator)

    def apart(operator):
        return levels_apart(
            cut(content, operator.outputs[0].number), real, levels, arithmetic
        ).max()

    place = bisect_left(behind, True, key=lambda operator: bool(apart(operator) > 0.5))
    if place == len(behind):
        return None
    operator = behind[place]
    return operator.number, operator.code, float(apart(operator))
