"""A network of two arithmetics in plain numpy: one of them rounds its weights to three levels."""

from functools import partial

import numpy as np

from gradcam.arithmetic import Arithmetic
from gradcam.told import Told
from tests.gradcam.backends.numpy_network import NumpyNetwork, NumpyReader


class RoundedNetwork(NumpyNetwork):
    arithmetics = tuple(Arithmetic)
    told = Told("weights int8, activations int8", (-1.0, 1.0), ("a", "b", "c"))

    def __init__(self, weights, name="rounded", digest="rounded", arithmetic=Arithmetic.PHONE):
        if arithmetic is Arithmetic.MICROCONTROLLER:
            weights = {path: tuple(map(_coarse, both)) for path, both in weights.items()}
            digest = f"{digest}.{arithmetic}"
        super().__init__(weights, name, digest)
        self.arithmetic = arithmetic


def _coarse(numbers):
    step = np.abs(numbers).max() or 1
    return (np.round(numbers / step) * step).astype(np.float32)


class RoundedReader(NumpyReader):
    """Opens the files of `numpy_network.written` in either arithmetic."""

    def open(self, path, name, digest, options):
        kind = partial(RoundedNetwork, arithmetic=options.arithmetic)
        return NumpyReader(kind).open(path, name, digest, options)
