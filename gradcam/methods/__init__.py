"""The methods, one file each: what is defined in this folder is registered.

A file defines a function with its formula and a `Method` that describes it. Nothing else needs to
know of it: pages, command and benchmark read `METHODS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

import numpy as np

from gradcam.abilities import Ability
from gradcam.arrays import Floats
from gradcam.errors import GradcamError
from gradcam.methods.method import Findings, Method, Need, Parameter, Setting
from gradcam.network import Capture, Network
from gradcam.probe import Probe
from gradcam.rounding import capture_floors, settled, uncancelled

__all__ = [
    "METHODS", "Findings", "Method", "Need", "Parameter", "Setting", "apply_method",
    "compute_maps", "find_method",
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
    return apply_method(capture, method, **settings).maps


def apply_method(
    capture: Capture, method: Method | str = "grad-cam", **settings: object
) -> Findings:
    """The same with what each map should be read with.

    Raises:
        GradcamError: no such method or setting, or the method needs more than a capture.
    """
    method = find_method(method)
    if method.slow:
        raise GradcamError(f"{method.title} needs {method.need}; use `gradcam.explain`.")
    own = method.settings(settings)
    maps = _float32(method.function(capture, **own))
    bare = uncancelled(capture, method.uncancelled or partial(method.function, **own))
    logits = capture.logits if Ability.LAYER_GRADIENTS in method.asks else None
    findings = Findings(maps, method.notes(capture), capture_floors(maps, bare, logits))
    return _settled(findings)


def run_method(probe: Probe, method: Method | str, **settings: object) -> Findings:
    """What a method finds for a probe's pictures, whatever it needs.

    Raises:
        GradcamError: no such method or setting, or the network cannot be asked that.
    """
    method = find_method(method)
    method.fits(probe.network).required()
    if not method.slow:
        return apply_method(probe.capture(), method, **settings)
    computed: Findings = method.function(probe, **method.settings(settings))
    return _settled(replace(computed, maps=_float32(computed.maps)))


def _settled(findings: Findings) -> Findings:
    """What is no more than rounding is set to zero, and said."""
    if findings.floors is None:
        return findings
    maps, rounding = settled(findings.maps, findings.floors)
    notes = findings.notes or ("",) * len(maps)
    both = zip(rounding, notes, strict=True)
    return Findings(maps, tuple(" ".join(filter(None, pair)) for pair in both), findings.floors)


def _float32(maps: Floats) -> Floats:
    return np.ascontiguousarray(maps, np.float32)
