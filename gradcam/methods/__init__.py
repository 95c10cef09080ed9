"""The methods, one file each: what is defined in this folder is registered.

A file defines a function with its formula and a `Method` that describes it. Nothing else needs to
know of it: pages, command and benchmark read `METHODS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from gradcam.arrays import Floats
from gradcam.errors import GradcamError
from gradcam.methods.method import Findings, Method, Need, Parameter, Setting
from gradcam.network import Capture, Network
from gradcam.probe import Probe

__all__ = [
    "METHODS", "Findings", "Method", "Need", "Parameter", "Setting", "compute_maps", "find_method",
    "fitting_methods", "run_method",
]  # fmt: skip


def _registered() -> Mapping[str, Method]:
    methods = []
    for module in pkgutil.iter_modules(__path__):
        named = vars(importlib.import_module(f"{__name__}.{module.name}")).values()
        methods += [value for value in named if isinstance(value, Method)]
    order = list(Need)
    methods.sort(key=lambda m: (m.control, order.index(m.need), m.year, m.name))
    return MappingProxyType({method.name: method for method in methods})


METHODS: Mapping[str, Method] = _registered()


def fitting_methods(network: Network) -> tuple[Method, ...]:
    """The methods that a network gives enough for."""
    return tuple(method for method in METHODS.values() if method.fits(network))


def find_method(method: Method | str) -> Method:
    """A method by its name.

    Raises:
        GradcamError: there is none of that name.
    """
    if isinstance(method, Method):
        return method
    if method not in METHODS:
        raise GradcamError(f"There is no method {method!r}; there are {', '.join(METHODS)}.")
    return METHODS[method]


def compute_maps(
    capture: Capture,
    method: Method | str = "grad-cam",
    **settings: object,
) -> Floats:
    """The maps of a method that needs no more than a capture: (N, h, w) float32.

    Raises:
        GradcamError: no such method or setting, or the method needs more than a capture.
    """
    method = find_method(method)
    if method.slow:
        raise GradcamError(f"{method.title} needs {method.need}; use `gradcam.explain`.")
    return _float32(method.function(capture, **method.settings(settings)))


def run_method(probe: Probe, method: Method | str, **settings: object) -> Findings:
    """What a method finds for a probe's pictures, whatever it needs.

    Raises:
        GradcamError: no such method or setting, or the network cannot be asked that.
    """
    method = find_method(method)
    method.fits(probe.network).required()
    if not method.slow:
        captured = probe.capture()
        maps = compute_maps(captured, method, **settings)
        return Findings(maps, method.notes(captured.activations))
    computed: Findings = method.function(probe, **method.settings(settings))
    return Findings(_float32(computed.maps), computed.notes)


def _float32(maps: Floats) -> Floats:
    return np.ascontiguousarray(maps, np.float32)
