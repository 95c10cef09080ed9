"""Which of the picture's rows and columns stand where along the axes of a tensor.

A transformer puts the places of a map in one row, as tokens, perhaps with others before them. To
draw them again as rows and columns it has to be known how they came into that row: each axis is
kept as the parts that it was made of, and these are followed from operation to operation.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import Any

from gradcam.backends.tensorflow.kinds import (
    ALONG_AN_AXIS,
    ATTENDING,
    CELL_BY_CELL,
    RECURRENT,
)
from gradcam.backends.tensorflow.tracing import Call, depends, keys_of, traced_id


class Of(Enum):
    """What a part of an axis counts."""

    ROWS = "rows"
    COLUMNS = "columns"
    CHANNELS = "channels"


@dataclass(frozen=True)
class Part:
    """A part of an axis: so many rows, columns or channels, each so far from the next."""

    of: Of
    size: int
    step: int = 1


@dataclass(frozen=True)
class Axis:
    """An axis of a tensor, its parts from the outermost; none of an axis of one.

    Attributes:
        parts: what it counts.
        before, after: entries beside these that are no places, such as a class token.
    """

    parts: tuple[Part, ...] = ()
    before: int = 0
    after: int = 0

    @property
    def size(self) -> int:
        """All its entries."""
        return self.before + math.prod(part.size for part in self.parts) + self.after

    @property
    def extras(self) -> int:
        """Entries that are no places."""
        return self.before + self.after

    @property
    def places_only(self) -> bool:
        """Whether it counts rows or columns and nothing else."""
        return bool(self.parts) and all(part.of is not Of.CHANNELS for part in self.parts)

    @property
    def holds_tokens(self) -> bool:
        """Whether rows and columns stand in one row, or places beside what is none."""
        return {Of.ROWS, Of.COLUMNS} <= {part.of for part in self.parts} or self.extras > 0


TensorAxes = tuple[Axis, ...]  # of one entry of a batch


@dataclass(frozen=True)
class Grid:
    """Places of a tensor (N, [h, w or tokens], C) that can be drawn.

    Attributes:
        height, width: rows and columns.
        first: of its tokens the first that is a place, where its places are tokens: a class token
            may stand before.
    """

    height: int
    width: int
    first: int | None = None


def grid_of(axes: TensorAxes | None) -> Grid | None:
    """The rows and columns that a tensor's places are, if they stand row by row."""
    if axes is None or len(axes) < 2:
        return None
    spatial = axes[:-1]
    parts = [part for axis in spatial for part in axis.parts]
    if len(spatial) > 1 and any(axis.extras for axis in spatial):
        return None
    rows = [part for part in parts if part.of is Of.ROWS]
    columns = [part for part in parts if part.of is Of.COLUMNS]
    if parts != rows + columns or not (_in_order(rows) and _in_order(columns)):
        return None
    height, width = (math.prod(part.size for part in own) for own in (rows, columns))
    return Grid(height, width, spatial[0].before)


def _in_order(parts: Sequence[Part]) -> bool:
    return all(a.step == b.size * b.step for a, b in pairwise(parts))


def follow_axes(calls: list[Call], source: Any) -> list[TensorAxes | None]:  # noqa: ANN401
    """Follow the places of the input through a network.

    A tensor (N, h, w, C) that no tokens went into has rows and columns, whatever made it.

    Args:
        calls: what `record_calls` wrote down.
        source: the symbolic input of the network.

    Returns:
        For each call the axes of its first output; None where tokens went in and nobody can tell
        any more which is which.
    """
    known: dict[int, TensorAxes | None] = {id(source): _plain(source.shape)}
    followed = []
    for call in calls:
        inputs = [
            known.get(traced_id(x, known), _plain(x.shape)) for x in call.inputs if depends(x)
        ]
        axes = _after(call, inputs)
        if axes is not None and [axis.size for axis in axes] != list(call.outputs[0].shape[1:]):
            axes = None
        known.setdefault(id(call.outputs[0]), axes)
        followed.append(axes)
    return followed


def _plain(shape: Any) -> TensorAxes:  # noqa: ANN401 - tf.TensorShape
    sizes = [int(side or 0) for side in shape[1:]]
    what = (Of.ROWS, Of.COLUMNS, Of.CHANNELS) if len(sizes) == 3 else (Of.CHANNELS,) * len(sizes)
    return tuple(_axis(of, size) for of, size in zip(what, sizes, strict=True))


def _axis(of: Of, size: int) -> Axis:
    return Axis((Part(of, size),)) if size != 1 else Axis()


def holds_tokens(axes: TensorAxes | None) -> bool:
    """Whether tokens stand somewhere in a tensor, or once did."""
    return axes is None or any(axis.holds_tokens for axis in axes)


def _after(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    if None in call.outputs[0].shape[1:]:  # such as a batch that stands elsewhere
        return None
    rule = _RULES.get(call.operation.kind)
    if rule is not None and inputs:
        return rule(call, inputs)
    after = call.outputs[0].shape
    if len(after) > 2 and any(holds_tokens(axes) for axes in inputs):
        return None
    return _plain(after)


# --------------------------------------------------------------------------------------- rules


def _side_by_side(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    """Inputs of one shape, or broadcast: along each axis what says most of it."""
    after = call.outputs[0].shape
    known = [axes for axes in inputs if axes is not None and len(axes) == len(after) - 1]
    if not known or (None in inputs and not any(holds_tokens(axes) for axes in known)):
        return None
    merged = []
    for own, size in zip(zip(*known, strict=True), after[1:], strict=True):
        fitting = [axis for axis in own if axis.size == size]
        fitting.sort(key=lambda axis: (axis.holds_tokens, axis.places_only), reverse=True)
        merged.append(fitting[0] if fitting else _axis(Of.CHANNELS, int(size)))
    return tuple(merged)


def _new_channels(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    """Places stay, however they are mixed; the last axis is made anew."""
    after, axes = call.outputs[0].shape, inputs[0]
    if len(after) == 2:
        return _plain(after)
    if axes is None or [axis.size for axis in axes[:-1]] != list(after[1:-1]):
        return None if holds_tokens(axes) else _plain(after)
    return (*axes[:-1], _axis(Of.CHANNELS, int(after[-1])))


def _reshaped(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    axes, after = inputs[0], [int(size or 0) for size in call.outputs[0].shape[1:]]
    if axes is None:
        return None
    cut = _cut(axes, after)
    # A map of two axes has rows and columns, whatever they were: a spectrogram's are others.
    if cut is None or (len(after) == 3 and not _any_tokens(axes, cut)):
        return None if holds_tokens(axes) else _plain(call.outputs[0].shape)
    return cut


def _any_tokens(*several: TensorAxes) -> bool:
    return any(holds_tokens(axes) for axes in several)


def _cut(axes: TensorAxes, sizes: Sequence[int]) -> TensorAxes | None:
    """The same numbers in axes of other sizes; None where one would be cut within a part."""
    left: list[Axis | Part] = []
    for axis in axes:
        left += [axis] if axis.extras else axis.parts
    made = []
    for size in sizes:
        parts: list[Part] = []
        need = size
        while need > 1:
            if not left:
                return None
            head = left.pop(0)
            if isinstance(head, Axis):
                if parts or head.size != need:
                    return None
                break
            if need % head.size == 0:
                parts.append(head)
                need //= head.size
            elif head.size % need == 0:
                rest = head.size // need
                parts.append(replace(head, size=need, step=head.step * rest))
                left.insert(0, replace(head, size=rest))
                need = 1
            else:
                return None
        made.append(head if need > 1 and isinstance(head, Axis) else Axis(tuple(parts)))
    return tuple(made) if not left else None


def _turned(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    axes, details = inputs[0], call.operation.details
    order = getattr(details, "dims", None) or (getattr(details, "axes", None) or ())[1:]
    if axes is None or sorted(order) != list(range(1, len(axes) + 1)):
        return None if holds_tokens(axes) else _plain(call.outputs[0].shape)
    turned = tuple(axes[number - 1] for number in order)
    return turned if _any_tokens(axes) or len(axes) > 3 else _plain(call.outputs[0].shape)


def _padded(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    before, after = call.operation.details.padding
    return _with_extras(inputs[0], before, after)


def _cropped(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    before, after = call.operation.details.cropping
    return _with_extras(inputs[0], -before, -after)


def _with_extras(axes: TensorAxes | None, before: int, after: int) -> TensorAxes | None:
    """More entries around the tokens, or fewer; None where places would go."""
    if axes is None or len(axes) != 2:
        return None
    tokens = axes[0]
    if not tokens.holds_tokens:  # steps: only places of both ways are drawn as tokens
        size = tokens.size + before + after
        return _axis(Of.CHANNELS, size), axes[1]
    if tokens.before + before < 0 or tokens.after + after < 0:
        return None
    grown = replace(tokens, before=tokens.before + before, after=tokens.after + after)
    return grown, axes[1]


def _joined(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    after = call.outputs[0].shape
    axis = getattr(call.operation.details, "axis", -1) % len(after)
    holding = token_inputs(call, inputs)
    if not holding:
        return _plain(after)
    if axis == len(after) - 1:
        known = [axes for axes in holding.values() if axes is not None]
        return _new_channels(call, [known[0] if known else None])
    if axis != 1 or len(after) != 3 or len(holding) > 1:
        return None
    ((place, tokens),) = holding.items()
    sizes = [int(tensor.shape[1]) for tensor in call.inputs]
    return _with_extras(tokens, sum(sizes[:place]), sum(sizes[place + 1 :]))


def token_inputs(call: Call, inputs: list[TensorAxes | None]) -> dict[int, TensorAxes | None]:
    """Which of a call's inputs hold tokens, by their number among all of them."""
    varying = iter(inputs)
    own = [next(varying) if depends(tensor) else () for tensor in call.inputs]
    return {number: axes for number, axes in enumerate(own) if holds_tokens(axes)}


def _picked(call: Call, inputs: list[TensorAxes | None]) -> TensorAxes | None:
    """`x[:, 0]` and `x[:, 1:]`: a class token, or what stands beside it."""
    axes, after = inputs[0], call.outputs[0].shape
    if len(after) == 2:
        return _plain(after)
    cut = token_slice(call)
    if axes is None or cut is None or len(axes) != 2:
        return None if holds_tokens(axes) else _plain(after)
    start, stop, _ = cut.indices(axes[0].size)
    return _with_extras(axes, -start, stop - axes[0].size)


def token_slice(call: Call) -> slice | None:
    """Which tokens indexing takes, where it takes a stretch of them and all of the rest."""
    keys = [key for key in keys_of(call) if key is not Ellipsis]
    if len(keys) < 2 or any(key != slice(None) for key in (keys[0], *keys[2:])):
        return None
    key = keys[1]
    if isinstance(key, slice):
        return key if key.step in {None, 1} else None
    return slice(key, key + 1 or None) if isinstance(key, int) else None


Rule = Callable[[Call, list[TensorAxes | None]], TensorAxes | None]
_RULES: dict[str, Rule] = {
    **dict.fromkeys(CELL_BY_CELL | ALONG_AN_AXIS | {"GroupNormalization"}, _side_by_side),
    **dict.fromkeys(
        ATTENDING
        | RECURRENT
        | {
            "Dense", "EinsumDense", "TimeDistributed", "Conv1D", "SeparableConv1D",
            "DepthwiseConv1D",
        },
        _new_channels,
    ),
    **dict.fromkeys(("Flatten", "Reshape", "ExpandDims", "Squeeze"), _reshaped),
    **dict.fromkeys(("Permute", "Transpose"), _turned),
    "ZeroPadding1D": _padded,
    "Cropping1D": _cropped,
    "Concatenate": _joined,
    "GetItem": _picked,
}  # fmt: skip
