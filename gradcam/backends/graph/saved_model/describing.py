"""What each operator is in Keras' words, and what cost, receptive field and layers read off it."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from gradcam.backends.graph.operators.window import SlidingWindow
from gradcam.backends.graph.saved_model.allowed import (
    BATCH_NORMALISATIONS,
    KINDS,
    MULTIPLICATIONS,
    PADDINGS,
    POOLING_KINDS,
    REDUCTION_KINDS,
    RESIZING_WAYS,
)
from gradcam.backends.graph.saved_model.kernels import kernel_traits
from gradcam.backends.graph.saved_model.normalising import normalisation_traits
from gradcam.backends.graph.saved_model.operator import Operator, Traits
from gradcam.backends.tensorflow.model import Margins
from gradcam.head import Squash

_SQUASHES = {
    "Softmax": Squash.SOFTMAX,
    "LogSoftmax": Squash.LOG_SOFTMAX,
    "Sigmoid": Squash.SIGMOID,
}
_GLOBAL = {"Mean": "GlobalAveragePooling2D", "Max": "GlobalMaxPooling2D"}
_DENSE_EINSUM = re.compile(r"(\w+)(\w),\2(\w)->\1\3")


def traits_of(operator: Operator) -> Traits:
    """What an operator is.

    Raises:
        NotImplementedError: it works in a way that is not run here, in the words of a person.
    """
    first = operator.attributes.get("data_format", "NHWC") not in {"NHWC", ""}
    if first and operator.op not in BATCH_NORMALISATIONS:
        raise NotImplementedError("works with channels first, which only graphics cards run")
    rule = _RULES.get(operator.op)
    told = rule(operator) if rule is not None else None
    return told or Traits(KINDS[operator.op], squash=_SQUASHES.get(operator.op, Squash.LINEAR))


def _relu(operator: Operator) -> Traits:
    highest = 6.0 if operator.op == "Relu6" else None
    return Traits("ReLU", SimpleNamespace(max_value=highest, negative_slope=0.0))


def _leaky(operator: Operator) -> Traits:
    slope = operator.attributes.get("alpha", 0.2)
    return Traits("LeakyReLU", SimpleNamespace(negative_slope=slope))


def _pooled(operator: Operator) -> Traits:
    attributes = operator.attributes
    window = SlidingWindow(
        tuple(attributes["ksize"][1:3]),
        tuple(attributes["strides"][1:3]),
        margins=None if attributes["padding"] == "SAME" else _explicit(operator),
    )
    details = SimpleNamespace(pool_size=window.size, strides=window.strides, padding=window.padding)
    return Traits(POOLING_KINDS[operator.op], details)


def _explicit(operator: Operator) -> Margins:
    own = list(operator.attributes.get("explicit_paddings") or (0,) * 8)
    return (own[2], own[3]), (own[4], own[5])


def _reduced(operator: Operator) -> Traits | None:
    axes, shape = operator.constant(1), operator.given[0].shape
    if axes is None:
        return None
    numbers = tuple(sorted(int(axis) % len(shape) for axis in np.ravel(axes)))
    if numbers == (1, 2) and len(shape) == 4 and operator.op in _GLOBAL:
        return Traits(_GLOBAL[operator.op])
    numbers = (-1,) if numbers == (len(shape) - 1,) else numbers
    keeps = bool(operator.attributes.get("keep_dims", False))
    return Traits(KINDS[operator.op], SimpleNamespace(axis=numbers, keepdims=keeps))


def _padded(operator: Operator) -> Traits | None:
    margins, value = operator.constant(1), operator.constant(2)
    if margins is None or operator.op == "MirrorPad" or (value is not None and value.any()):
        return None
    own = [(int(before), int(after)) for before, after in margins]
    if len(own) == 4 and own[0] == own[3] == (0, 0):
        return Traits("ZeroPadding2D", SimpleNamespace(padding=(own[1], own[2])))
    if len(own) == 3 and own[0] == own[2] == (0, 0):
        return Traits("ZeroPadding1D", SimpleNamespace(padding=own[1]))
    return None


def _resized(operator: Operator) -> Traits | None:
    way, before, after = RESIZING_WAYS[operator.op], operator.given[0].shape, operator.shape
    attributes = operator.attributes
    sides = [*zip(before[1:3], after[1:3], strict=True)]
    whole = all(old and new and new % old == 0 for old, new in sides)
    plain = attributes.get("half_pixel_centers", False) or (way == "nearest" and whole)
    if attributes.get("align_corners", False) or not plain:
        way = f"{way} by corners"
    return Traits("UpSampling2D" if whole else "Resize", SimpleNamespace(interpolation=way))


def _reshaped(operator: Operator) -> Traits:
    sides = operator.given[0].shape, operator.shape
    flat = len(sides[1]) == 2 < len(sides[0])
    return Traits("Flatten" if flat else "Reshape", SimpleNamespace(sides=sides))


def _spread(operator: Operator) -> Traits | None:
    """Cells that are moved together, as a window that leaves some out wants them, or back."""
    block, margins = operator.constant(1), operator.constant(2)
    if block is None or margins is None:
        return None
    own = tuple((int(before), int(after)) for before, after in margins)
    name = "paddings" if operator.op == "SpaceToBatchND" else "crops"
    details = SimpleNamespace(block=tuple(int(each) for each in block), **{name: own})
    return Traits(KINDS[operator.op], details)


def _turned(operator: Operator) -> Traits | None:
    order = operator.constant(1)
    if order is None:
        return None
    return Traits("Transpose", SimpleNamespace(axes=tuple(int(axis) for axis in order)))


def _joined(operator: Operator) -> Traits | None:
    axis = operator.constant(0 if operator.op == "Concat" else len(operator.given) - 1)
    return None if axis is None else Traits("Concatenate", SimpleNamespace(axis=int(axis)))


def _taken(operator: Operator) -> Traits | None:
    axis = operator.constant(2)
    return None if axis is None else Traits("Take", SimpleNamespace(axis=int(axis)))


def _sliced(operator: Operator) -> Traits | None:
    parts = [operator.constant(place) for place in (1, 2)]
    if any(part is None for part in parts):
        return None
    begin, size = (np.asarray(part) for part in parts)
    ends = [None if count < 0 else first + count for first, count in zip(begin, size, strict=True)]
    return _item(operator, [slice(int(a), b, 1) for a, b in zip(begin, ends, strict=True)])


def _strided(operator: Operator) -> Traits | None:
    parts = [operator.constant(place) for place in (1, 2, 3)]
    masks = operator.attributes
    if (
        any(part is None for part in parts)
        or masks.get("new_axis_mask")
        or masks.get("ellipsis_mask")
    ):
        return None
    begin, end, step = (np.asarray(part) for part in parts)
    keys: list[slice | int] = []
    for axis in range(len(begin)):
        if masks.get("shrink_axis_mask", 0) >> axis & 1:
            keys.append(int(begin[axis]))
            continue
        first = None if masks.get("begin_mask", 0) >> axis & 1 else int(begin[axis])
        last = None if masks.get("end_mask", 0) >> axis & 1 else int(end[axis])
        keys.append(slice(first, last, int(step[axis])))
    return _item(operator, keys)


def _item(operator: Operator, keys: list[slice | int]) -> Traits:
    """A part of a map, by a stretch or one entry along each axis."""
    shape = operator.given[0].shape
    own = [*keys, *(slice(None),) * (len(shape) - len(keys))]
    for axis, (key, side) in enumerate(zip(own, shape, strict=True)):
        if isinstance(key, slice) and side is not None and key.step in {None, 1}:
            start, stop, _ = key.indices(side)
            own[axis] = slice(None) if (start, stop) == (0, side) else slice(start, stop)
        elif isinstance(key, slice) and axis == 0 and key.start in {None, 0} and key.stop is None:
            own[0] = slice(None)
    if len(own) == 4 and _is_whole(own[0]) and _is_whole(own[3]) and not _is_whole(own):
        margins = [_outside(key, side) for key, side in zip(own[1:3], shape[1:3], strict=True)]
        if all(margins):
            return Traits("Cropping2D", SimpleNamespace(cropping=tuple(margins)))
    return Traits("GetItem", SimpleNamespace(keys=tuple(own)))


def _is_whole(key: object) -> bool:
    return key == slice(None) or (isinstance(key, list) and all(map(_is_whole, key)))


def _outside(key: slice | int, side: int | None) -> tuple[int, int] | None:
    """How many entries a stretch leaves before and after; None where it is no stretch."""
    if not isinstance(key, slice) or side is None or key.step not in {None, 1}:
        return None
    start, stop, _ = key.indices(side)
    return start, side - stop


def _summed(operator: Operator) -> Traits | None:
    """An Einsum that is a dense layer on the last axis."""
    kernel, equation = operator.constant(1), operator.attributes["equation"].replace(" ", "")
    if kernel is None or kernel.ndim != 2 or not _DENSE_EINSUM.fullmatch(equation):
        return None
    details = SimpleNamespace(kernel=kernel, bias=None, units=kernel.shape[1])
    return Traits("Dense", details, weights=(1,))


def _clipped(operator: Operator) -> Traits:
    low, high = operator.constant(1), operator.constant(2)
    return Traits("Clip", SimpleNamespace(x_min=_number(low), x_max=_number(high)))


def _number(array: NDArray[np.generic] | None) -> float | None:
    return None if array is None or array.size != 1 else float(np.ravel(array)[0])


_RULES: dict[str, Callable[[Operator], Traits | None]] = {
    **dict.fromkeys(("Relu", "Relu6"), _relu),
    **dict.fromkeys(POOLING_KINDS, _pooled),
    **dict.fromkeys(REDUCTION_KINDS, _reduced),
    **dict.fromkeys(PADDINGS, _padded),
    **dict.fromkeys(RESIZING_WAYS, _resized),
    **dict.fromkeys(BATCH_NORMALISATIONS, normalisation_traits),
    **dict.fromkeys(
        (*MULTIPLICATIONS, "Conv2D", "DepthwiseConv2dNative", "Conv2DBackpropInput"),
        kernel_traits,
    ),
    **dict.fromkeys(("Concat", "ConcatV2"), _joined),
    **dict.fromkeys(("SpaceToBatchND", "BatchToSpaceND"), _spread),
    "LeakyRelu": _leaky, "Reshape": _reshaped, "Transpose": _turned, "GatherV2": _taken,
    "Slice": _sliced, "StridedSlice": _strided, "Einsum": _summed, "ClipByValue": _clipped,
}  # fmt: skip
