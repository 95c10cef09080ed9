"""How many runs of the network a method will take, without running it."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from gradcam.methods import Method, find_method
from gradcam.network import Network
from gradcam.probe import Probe


class _AnnouncedError(Exception):
    """A method said how many runs it will take."""

    def __init__(self, passes: int) -> None:
        super().__init__(passes)
        self.passes = passes


class _Unasked(Probe):
    """A probe that no method gets beyond its announcement with; it runs nothing."""

    def __init__(self, network: Network, height: int, width: int, layer: str | None) -> None:
        self.network = network
        self.layer = network.layer(layer)
        self.batch = np.zeros((1, height, width, network.channels), np.float32)

    def expect(self, passes: int) -> NoReturn:
        """What every slow method begins with."""
        raise _AnnouncedError(passes)


def passes_of(
    network: Network,
    method: Method | str,
    height: int,
    width: int,
    layer: str | None = None,
    **settings: object,
) -> int:
    """How many runs of the network a method takes for one picture.

    Args:
        network: that is asked; it is not run.
        method: one of `gradcam.METHODS`, or its name.
        height: rows of the picture.
        width: its columns.
        layer: name of the layer; None for the network's default one.
        **settings: the method's own parameters.

    Raises:
        NetworkError: no such layer.
        GradcamError: no such method or setting.
    """
    method = find_method(method)
    if not method.slow:
        return 1
    own = method.settings(settings)
    try:
        method.function(_Unasked(network, height, width, layer), **own)
    except _AnnouncedError as announced:
        return announced.passes
    raise AssertionError(f"{method.title} does not announce its runs, see `Probe.expect`.")
