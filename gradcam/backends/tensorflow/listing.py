"""Which layers can be explained, from a recording of the network."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from gradcam.backends.tensorflow.axes import Grid, TensorAxes, follow_axes, grid_of, holds_tokens
from gradcam.backends.tensorflow.heads import grid_layers
from gradcam.backends.tensorflow.kinds import ATTENDING, CELL_BY_CELL, IDLE
from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.paths import Paths
from gradcam.backends.tensorflow.receptive_field import Field
from gradcam.backends.tensorflow.tokens import silent_places
from gradcam.backends.tensorflow.tracing import Call, Recording
from gradcam.head import Squash
from gradcam.layers import Coverage, Layer

# Layers whose output is only the picture itself, or another layer's output moved about.
PASSING = IDLE | {
    "Resizing", "Rescaling", "Normalization", "CenterCrop", "RandomCrop", "Reshape", "Permute",
    "Flatten", "ZeroPadding2D", "Cropping2D", "UpSampling2D", "MaxPooling2D", "AveragePooling2D",
    "GlobalAveragePooling2D", "GlobalMaxPooling2D", "ZeroPadding1D", "Cropping1D", "UpSampling1D",
    "MaxPooling1D", "AveragePooling1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "Masking",
    "ExpandDims", "Squeeze", "GetItem", "Flip", "Pad", "Resize", "Transpose", "Split", "Unstack",
    "Take", "Tile", "Repeat", "SpaceToDepth", "DepthToSpace", "OnesLike", "ZerosLike", "Fill",
    "BroadcastTo", "SpaceToBatchND", "BatchToSpaceND", "Roll",
    "AdaptiveAveragePooling2D",
}  # fmt: skip


@dataclass(frozen=True)
class Listing:
    """The layers that can be explained.

    Attributes:
        layers: in order of execution.
        fields: by a layer's name what each of its cells depends on, as far as it is known.
        passed_over: names of those that are no default: grids of class scores, attention maps,
            and what no longer leads to the output.
    """

    layers: tuple[Layer, ...]
    fields: dict[str, Field]
    passed_over: frozenset[str]


def list_layers(recording: Recording, fields: list[Field | None], *, free: bool) -> Listing:
    """The layers with a spatial output of known size, in order of execution.

    Layers that only pass a picture or a map on (padding, pooling, dropout, preprocessing) are
    left out, arithmetic on the picture before the first layer with weights too. A layer that runs
    twice is listed where it ran last. A layer with steps (N, steps, C) is listed where it is known
    whether they are the picture's rows or its columns, one with tokens where it is known which
    places they are.

    Args:
        recording: of the network.
        fields: what `follow_fields` found for each call.
        free: whether pictures of any size go, so that tokens are not always as many.
    """
    axes = follow_axes(recording.calls, recording.source)
    at: dict[str, int] = {}
    layers: dict[str, Layer] = {}
    learned = False
    for number, call in enumerate(recording.calls):
        path, kind = call.operation.path, call.operation.kind
        layers.pop(path, None)
        if kind in PASSING or len(call.outputs) != 1:
            continue
        parameters = _parameters(call.operation)
        learned = learned or parameters > 0
        field = fields[number]
        grid = _grid(call.outputs[0].shape, field, axes[number], free=free)
        if learned and grid is not None:
            channels, seen = int(call.outputs[0].shape[-1]), field.size if field else None
            size = grid.height, grid.width, channels
            layers[path] = Layer(path, kind, *size, parameters, seen, grid.first)
            at[path] = number
    calls = {at[path]: layer for path, layer in layers.items()}
    known = {path: field for path in layers if (field := fields[at[path]]) is not None}
    covered, passed_over = _covered(recording, axes, calls)
    return Listing(covered, known, passed_over)


def _grid(shape: Any, field: Field | None, axes: TensorAxes | None, *, free: bool) -> Grid | None:  # noqa: ANN401
    if None in shape[1:] or len(shape) not in {3, 4}:
        return None
    if not holds_tokens(axes):
        if len(shape) == 4:
            return Grid(int(shape[1]), int(shape[2]))
        return Grid(*field.cells) if field is not None else None
    grid = grid_of(axes)
    return None if free else grid


def _covered(
    recording: Recording, axes: list[TensorAxes | None], layers: dict[int, Layer]
) -> tuple[tuple[Layer, ...], frozenset[str]]:
    """Say of each layer, by the number of its call, what goes through it; and which is unusual."""
    paths = Paths(recording)
    attending = {n for n, call in enumerate(recording.calls) if _attends(call, axes[n])}
    shown = paths.onwards(avoiding=attending)  # ways on which a map is more than a weight
    silent = silent_places(recording, axes) | _projections(recording, paths, axes)
    grids = grid_layers(recording.calls, recording.outputs)

    def is_usual(number: int) -> bool:
        aside = number in attending or number in silent or layers[number].name in grids
        leads = shown[paths.same(number)] > 0 or not paths.followed
        return leads and not aside and layers[number].cells > 1

    usual = [number for number in layers if is_usual(number)]
    onwards = paths.onwards(avoiding={paths.same(number) for number in usual})
    ends = {paths.same(number) for number in usual if onwards[paths.same(number)]}
    flattening = {n for n, call in enumerate(recording.calls) if _flattens(call)}
    covered = []
    for number, layer in layers.items():
        reached = paths.reached(number)
        coverage = Coverage(
            not paths.all_through(number),
            len(ends),
            len(ends & reached),
            paths.same(number) in ends and number in usual,
        )
        flattened = not flattening.isdisjoint(reached)
        covered.append(replace(layer, coverage=coverage, flattened=flattened))
    others = layers.keys() - set(usual)
    return tuple(covered), frozenset(layers[number].name for number in others)


def _flattens(call: Call) -> bool:
    """Whether an operation writes the places of a map into one row, each for itself."""
    if call.operation.kind not in {"Flatten", "Reshape"} or len(call.outputs[0].shape) != 2:
        return False
    before = call.inputs[0].shape
    return len(before) > 2 and any(side != 1 for side in before[1:-1])


def _projections(
    recording: Recording, paths: Paths, axes: list[TensorAxes | None]
) -> frozenset[int]:
    """Dense layers on tokens that only make what an attention asks, compares and gives."""
    inside: set[int] = set()
    projecting = set()
    for number in reversed(range(len(recording.calls))):
        kind = recording.calls[number].operation.kind
        after = paths.after(number)
        only = bool(after) and inside.issuperset(after)
        if kind in ATTENDING | {"Matmul"} or (only and kind in PASSING | CELL_BY_CELL):
            inside.add(number)
        elif only and kind == "Dense" and holds_tokens(axes[number]):
            projecting.add(number)
    return frozenset(projecting)


def _attends(call: Call, axes: TensorAxes | None) -> bool:
    """Whether an operation makes scores of places into shares, as attention does."""
    if call.operation.squash is not Squash.SOFTMAX or axes is None:
        return False
    given = getattr(call.operation.details, "axis", -1)
    numbers = given if isinstance(given, list | tuple) else (given,)
    rank = len(axes) + 1
    return any(axes[number % rank - 1].places_only for number in numbers)


def _parameters(operation: Operation) -> int:
    return sum(math.prod(weight.shape) for weight in operation.weights)


def learned_operations(model: Model) -> dict[str, Operation]:
    """The operations that learned something, by path, last to first."""
    return {
        operation.path: operation
        for operation in reversed(model.operations)
        if operation.kind not in PASSING and operation.weights
    }
