"""Maps made larger or smaller."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gradcam.arrays import Floats, Numbers
from gradcam.backends.graph.builder import Operand
from gradcam.backends.graph.onnx_files.step import (
    OnnxInputs,
    OnnxReading,
    OnnxRule,
    OnnxStep,
    UnsupportedError,
    numbers,
    optional,
    varying,
)
from gradcam.backends.graph.operators.resizing import resize_by_shares

WAYS = {"nearest": "nearest", "linear": "bilinear", "cubic": "bicubic"}


def _resize(reading: OnnxReading, step: OnnxStep, given: OnnxInputs) -> Sequence[Operand]:
    own = varying(given, 0)
    if own.rank != 4:
        raise UnsupportedError("enlarges what is no map")
    last = len(given) - 1 if step.opset >= 11 or len(given) > 2 else 1
    scales = optional(given, 2 if step.opset >= 11 else 1)
    sizes = numbers(given, step, 3, "sizes") if last >= 3 else None
    own_scales = step.attributes.get("scales") if scales is None else scales.ravel()
    axes = step.integers("axes") or tuple(range(4))
    factors, target = [1.0] * 4, list(own.shape)
    for number, axis in enumerate(axes):
        if sizes is not None:
            target[axis] = sizes[number]
            if own.shape[axis] % reading.builder.batch == 0:
                target[axis] = own.shape[axis]
            factors[axis] = target[axis] / own.shape[axis]
        elif own_scales is not None and len(own_scales) > number:
            factors[axis] = float(own_scales[number])
            if factors[axis] != 1.0:
                target[axis] = math.floor(own.shape[axis] * factors[axis])
    if target[:2] != list(own.shape[:2]) or min(target) < 1:
        raise UnsupportedError("enlarges more than rows and columns")
    mode = step.text("mode", "nearest")
    if mode not in WAYS or step.text("keep_aspect_ratio_policy", "stretch") != "stretch":
        raise UnsupportedError(f"enlarges in a way of its own, {mode}")
    maps = reading.builder.channels_last(own, step.path)
    path = reading.builder.free_path(step.path)
    weights = [_along(step, mode, own.shape[axis], target[axis], factors[axis]) for axis in (2, 3)]
    node = resize_by_shares(path, maps.name, path, weights[0], weights[1], WAYS[mode])
    return [reading.builder.add(node, maps.order)]


def _along(step: OnnxStep, mode: str, size: int, target: int, factor: float) -> Floats:
    """What share (target, size) each entry has in each new one.

    Raises:
        UnsupportedError: it reaches over the edge in a way that is not read here.
    """
    way = step.text("coordinate_transformation_mode", "half_pixel")
    if step.kind == "Upsample" or step.opset < 11:
        way = "asymmetric"
    places = np.arange(target, dtype=np.float64)
    ways: dict[str, Numbers] = {
        "half_pixel": (places + 0.5) / factor - 0.5,
        "half_pixel_symmetric": _symmetric(places, size, target, factor),
        "pytorch_half_pixel": (places + 0.5) / factor - 0.5 if target > 1 else places * 0,
        "align_corners": places * (size - 1) / max(target - 1, 1),
        "asymmetric": places / factor,
    }
    at = ways.get(way)
    if at is None:
        raise UnsupportedError(f"enlarges in a way of its own, {way}")
    if step.integer("antialias", 0) and factor < 1:
        if step.integer("exclude_outside", 0):
            raise UnsupportedError("smooths without what lies outside")
        return _smoothed(mode, at, size, factor, step.real("cubic_coeff_a", -0.75))
    if mode == "nearest":
        return _nearest(step, at, size, target)
    first = np.floor(at).astype(int)
    shares = np.zeros((target, size))
    reach = range(2) if mode == "linear" else range(-1, 3)
    for offset in reach:
        weight = _weight(mode, at - first - offset, step.real("cubic_coeff_a", -0.75))
        inside = (first + offset >= 0) & (first + offset < size)
        if step.integer("exclude_outside", 0):
            weight = np.where(inside, weight, 0)
        np.add.at(shares, (np.arange(target), np.clip(first + offset, 0, size - 1)), weight)
    if step.integer("exclude_outside", 0):
        shares /= shares.sum(1, keepdims=True)
    return shares.astype(np.float32)


def _symmetric(places: Numbers, size: int, target: int, factor: float) -> Numbers:
    middle = size / 2 * (1 - target / (factor * size))
    return middle + (places + 0.5) / factor - 0.5


def _weight(mode: str, distance: Numbers, a: float) -> Numbers:
    far = np.abs(distance)
    if mode == "linear":
        return np.maximum(1 - far, 0)
    near = (a + 2) * far**3 - (a + 3) * far**2 + 1
    outer = a * far**3 - 5 * a * far**2 + 8 * a * far - 4 * a
    return np.where(far <= 1, near, np.where(far < 2, outer, 0))


def _smoothed(mode: str, at: Numbers, size: int, factor: float, a: float) -> Floats:
    if mode == "nearest":
        raise UnsupportedError("smooths the nearest number")
    reach = math.ceil((1 if mode == "linear" else 2) / factor)
    shares = np.zeros((len(at), size))
    rows = np.arange(len(at))
    for offset in range(-reach, reach + 1):
        entry = np.floor(at).astype(int) + offset
        weight = _weight(mode, (at - entry) * factor, a)
        np.add.at(shares, (rows, np.clip(entry, 0, size - 1)), weight)
    return (shares / shares.sum(1, keepdims=True)).astype(np.float32)


def _nearest(step: OnnxStep, at: Numbers, size: int, target: int) -> Floats:
    way = step.text("nearest_mode", "round_prefer_floor")
    if step.kind == "Upsample" or step.opset < 11:
        way = "floor"
    chosen = {
        "round_prefer_floor": np.ceil(at - 0.5),
        "round_prefer_ceil": np.floor(at + 0.5),
        "floor": np.floor(at),
        "ceil": np.ceil(at),
    }.get(way)
    if chosen is None:
        raise UnsupportedError(f"enlarges in a way of its own, {way}")
    shares = np.zeros((target, size), np.float32)
    shares[np.arange(target), np.clip(chosen.astype(int), 0, size - 1)] = 1
    return shares


RESIZING: dict[str, OnnxRule] = {"Resize": _resize, "Upsample": _resize}
