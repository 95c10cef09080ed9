"""Operators that only move numbers, of whatever kind these are.

The file has one picture in its batch, and a network is run on many: what goes along the file's
first axis is done to each picture by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from gradcam.backends.graph.graph import Node
from gradcam.backends.graph.operators.shapes import (
    at_batch,
    broadcast,
    concatenate,
    gather,
    get_item,
    pad,
    reshape,
    tile,
    transpose,
)
from gradcam.backends.graph.tensorflow_lite.activations import activated
from gradcam.backends.graph.tensorflow_lite.step import (
    Builder,
    LiteStep,
    NotReadError,
    real_numbers,
)

_MODES = ("REFLECT", "SYMMETRIC")  # the schema's MirrorPadMode
_ELLIPSES = ("ellipsisMask", "newAxisMask")


def _reshape(step: LiteStep) -> list[Node]:
    """To the shape that the file has for what comes out: nothing of how it is worked out is run."""
    shape = step.output.shape
    if step.output.free - {0}:
        raise NotReadError("for a shape that follows the size of the picture")
    if shape == step.input(0).shape:
        return []
    return [reshape(step.path, step.given, step.made[0], (-1, *shape[1:]))]


def _hands_on(_: LiteStep) -> list[Node]:
    return []


def _cast(step: LiteStep) -> list[Node]:
    if step.output.dtype.kind != "f":
        raise NotReadError(f"to numbers of type {step.output.dtype}")
    return []


def _transpose(step: LiteStep) -> list[Node]:
    order = step.whole(1)
    if order[0] == 0:
        return [transpose(step.path, step.given, step.made[0], order)]
    within = (0, *(axis + 1 for axis in order))
    return [_picture_by_picture(step, transpose(step.path, step.given, step.made[0], within))]


def _picture_by_picture(step: LiteStep, node: Node) -> Node:
    """A node that moves along the file's first axis, within each picture.

    Args:
        step: of the operator.
        node: written for values (N, first axis, …).
    """
    given = [each.shape for each in step.operator.inputs if each is not None and each.data is None]
    made = [each.shape for each in step.operator.outputs]
    compute = node.compute

    def within(tensors: Sequence[Any], weights: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        apart = [tf.reshape(x, (-1, *own)) for x, own in zip(tensors, given, strict=True)]
        moved = compute(apart, weights)
        several = moved if len(made) > 1 else [moved]
        joined = [tf.reshape(x, (-1, *own[1:])) for x, own in zip(several, made, strict=True)]
        return joined if len(made) > 1 else joined[0]

    return replace(node, compute=within, details=SimpleNamespace())


def _margins(step: LiteStep) -> list[tuple[int, int]]:
    own = step.constant(1).reshape(-1, 2).tolist()
    if own[0] != [0, 0]:
        raise NotReadError("around the pictures of a batch")
    return [(int(before), int(after)) for before, after in own]


def _pad(step: LiteStep) -> list[Node]:
    value = 0.0
    if step.has(2):
        value = float(real_numbers(step.constant(2), step.input(2).quantisation).reshape(-1)[0])
    return [pad(step.path, step.given, step.made[0], _margins(step), value=value)]


def _mirror_pad(step: LiteStep) -> list[Node]:
    mode = _MODES[step.options.mode]
    return [pad(step.path, step.given, step.made[0], _margins(step), mode=mode)]


def _values(step: LiteStep) -> tuple[list[Node], list[str]]:
    """Names of all inputs, and the nodes that give constants among them to each picture."""
    nodes, names = [], []
    like = next(name for name in step.names if name)
    for number, name in enumerate(step.names):
        if name:
            names.append(name)
            continue
        tensor = step.input(number)
        own = f"{step.path}/constant" if number == 0 else f"{step.path}/constant_{number}"
        constant = real_numbers(step.constant(number), tensor.quantisation)
        nodes.append(at_batch(own, like, own, constant))
        names.append(own)
    return nodes, names


def _axis(axis: int, rank: int) -> int:
    own = axis % rank
    if own == 0:
        raise NotReadError("along the pictures of a batch")
    return own


def _concatenation(step: LiteStep) -> list[Node]:
    axis = _axis(step.options.axis, len(step.output.shape))
    nodes, names = _values(step)
    return [*nodes, activated(concatenate(step.path, names, step.made[0], axis), step)]


def _pack(step: LiteStep) -> list[Node]:
    axis = _axis(step.options.axis, len(step.output.shape))

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tf.Tensor
        import tensorflow as tf

        return tf.stack(tensors, axis)

    nodes, names = _values(step)
    return [*nodes, Node(step.path, "Stack", tuple(names), (step.made[0],), compute)]


def _parts(step: LiteStep, kind: str, given: str, run: Callable[[Any], Any]) -> list[Node]:
    """A node with as many outputs as the operator."""

    def compute(tensors: Sequence[Any], _: Sequence[Any]) -> Any:  # noqa: ANN401 - tensors
        parts = run(tensors[0])
        return parts if len(step.made) > 1 else parts[0]

    return [Node(step.path, kind, (given,), step.made, compute)]


def _unpack(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    axis, count = _axis(step.options.axis, len(step.input(0).shape)), len(step.made)
    return _parts(step, "Unstack", step.given, lambda x: tf.unstack(x, count, axis))


def _split(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    axis, count = _axis(step.whole(0)[0], len(step.input(1).shape)), len(step.made)
    return _parts(step, "Split", step.varying(1), lambda x: tf.split(x, count, axis))


def _split_sizes(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    axis = _axis(step.whole(2)[0], len(step.input(0).shape))
    sizes = [output.shape[axis] for output in step.operator.outputs]
    return _parts(step, "Split", step.given, lambda x: tf.split(x, sizes, axis))


def _slice(step: LiteStep) -> list[Node]:
    begins, shape, made = step.whole(1), step.input(0).shape, step.output.shape
    if begins[0] != 0 or made[0] != shape[0]:
        raise NotReadError("of the pictures of a batch")
    keys = [slice(begin, begin + size) for begin, size in zip(begins[1:], made[1:], strict=True)]
    return [get_item(step.path, step.given, step.made[0], (slice(None), *keys))]


def _strided_slice(step: LiteStep) -> list[Node]:
    own, begins, ends, strides = step.options, step.whole(1), step.whole(2), step.whole(3)
    if any(getattr(own, mask) for mask in _ELLIPSES) or getattr(own, "offset", False):
        raise NotReadError("in a way of indexing that is not known")
    keys: list[slice | int] = []
    for axis, (begin, end, stride) in enumerate(zip(begins, ends, strides, strict=True)):
        bit = 1 << axis
        if own.shrinkAxisMask & bit:
            keys.append(begin)
            continue
        keys.append(
            slice(
                None if own.beginMask & bit else begin, None if own.endMask & bit else end, stride
            )
        )
    batch = step.input(0).shape[0]
    first = keys[0]
    if not isinstance(first, slice) or range(*first.indices(batch)) != range(batch):
        raise NotReadError("of the pictures of a batch")
    return [get_item(step.path, step.given, step.made[0], (slice(None), *keys[1:]))]


def _gather(step: LiteStep) -> list[Node]:
    if step.options is not None and step.options.batchDims:
        raise NotReadError("with indices of each picture")
    axis = _axis(step.options.axis, len(step.input(0).shape))
    return [gather(step.path, step.given, step.made[0], step.constant(1), axis)]


def _reverse(step: LiteStep) -> list[Node]:
    import tensorflow as tf

    rank = len(step.input(0).shape)
    axes = [_axis(axis, rank) for axis in step.whole(1)]
    return _parts(step, "Flip", step.given, lambda x: [tf.reverse(x, axes)])


def _tile(step: LiteStep) -> list[Node]:
    times = step.whole(1)
    if times[0] != 1:
        raise NotReadError("over the pictures of a batch")
    return [tile(step.path, step.given, step.made[0], times)]


def _broadcast(step: LiteStep) -> list[Node]:
    given, made = step.input(0).shape, step.output.shape
    if len(given) != len(made) or given[0] != made[0]:
        raise NotReadError("over the pictures of a batch")
    return [broadcast(step.path, step.given, step.made[0], (-1, *made[1:]))]


def _blocks(kind: str, function: str) -> Builder:
    def build(step: LiteStep) -> list[Node]:
        import tensorflow as tf

        size, run = step.options.blockSize, getattr(tf.nn, function)
        return _parts(step, kind, step.given, lambda x: [run(x, size)])

    return build


MOVED: dict[str, Builder] = {
    "RESHAPE": _reshape,
    "SQUEEZE": _reshape,
    "EXPAND_DIMS": _reshape,
    "TRANSPOSE": _transpose,
    "PAD": _pad,
    "PADV2": _pad,
    "MIRROR_PAD": _mirror_pad,
    "CONCATENATION": _concatenation,
    "PACK": _pack,
    "UNPACK": _unpack,
    "SPLIT": _split,
    "SPLIT_V": _split_sizes,
    "SLICE": _slice,
    "STRIDED_SLICE": _strided_slice,
    "GATHER": _gather,
    "REVERSE_V2": _reverse,
    "TILE": _tile,
    "BROADCAST_TO": _broadcast,
    "SPACE_TO_DEPTH": _blocks("SpaceToDepth", "space_to_depth"),
    "DEPTH_TO_SPACE": _blocks("DepthToSpace", "depth_to_space"),
    "CAST": _cast,
    "DEQUANTIZE": _hands_on,
}
