"""How much of the input one cell of a map depends on.

Nothing is estimated by formula: for each tensor, rows and columns apart, it is kept which stretch
of the input every single cell depends on, and handed from operation to operation. So padding,
branches and enlargements come out right, and a stretch never ends outside of the input.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcam.backends.tensorflow.kinds import (
    ALONG_AN_AXIS,
    ATTENDING,
    CELL_BY_CELL,
    RECURRENT,
)
from gradcam.backends.tensorflow.spans import (
    Spans,
    enlarged,
    gathered,
    joined_spans,
    longest,
    nothing,
    places,
    union,
)
from gradcam.backends.tensorflow.tracing import Call, depends, keys_of, traced_id
from gradcam.box import Box


@dataclass(frozen=True)
class Field:
    """Which part of the input the cells of a tensor depend on.

    A tensor (N, steps, C) has either one column or one row of cells. A tensor (N, F) keeps the
    cells that it had before it was flattened, since it may be brought back into their shape.

    Attributes:
        rows: (h, 2), for each row of cells the input's rows from .. to, the latter not included.
        columns: (w, 2), the same for columns.
    """

    rows: Spans
    columns: Spans

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the input that one cell depends on, of the cell with the most."""
        return longest(self.rows), longest(self.columns)

    def of_cell(self, row: int, column: int) -> Box | None:
        """What one cell depends on, in pixels of the input; None for nothing, or no such cell."""
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.columns)):
            return None
        (top, bottom), (left, right) = self.rows[row].tolist(), self.columns[column].tolist()
        return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None

    @property
    def whole(self) -> Field:
        """One cell that depends on all that these depend on."""
        return Field(union(self.rows), union(self.columns))

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return len(self.rows), len(self.columns)


def every_cell(height: int, width: int) -> Field:
    """The field of the input itself: each cell depends on itself."""
    return Field(places(height), places(width))


def follow_fields(calls: list[Call], source: Any, start: Field) -> list[Field | None]:  # noqa: ANN401
    """Follow the input through a network.

    After a dense layer on a flattened map, a global pooling that is spread out again, attention or
    recurrence, a cell depends on the whole input. None stands for what cannot be told: operations
    with several outputs and those whose geometry is not known here.

    Args:
        calls: what `record_calls` wrote down.
        source: the symbolic input of the network.
        start: its field.

    Returns:
        For each call the field of its output.
    """
    known: dict[int, Field | None] = {id(source): start}
    fields: list[Field | None] = []
    for call in calls:
        field = None
        if len(call.outputs) == 1:
            inputs = [known.get(traced_id(x, known)) for x in call.inputs if depends(x)]
            if inputs and not any(each is None for each in inputs):
                field = _after(call, [each for each in inputs if each is not None])
            if field is not None and not _fits(field, call.outputs[0].shape):
                field = None
            if id(call.outputs[0]) not in known:
                known[id(call.outputs[0])] = field
        fields.append(field)
    return fields


def _fits(field: Field, shape: Any) -> bool:  # noqa: ANN401 - tf.TensorShape
    if len(shape) == 4:
        return field.cells == tuple(shape[1:3])
    return len(shape) < 3 or (len(shape) == 3 and shape[1] in field.cells and 1 in field.cells)


def _after(call: Call, inputs: list[Field]) -> Field | None:
    rule = _RULES.get(call.operation.kind)
    return rule(call, inputs) if rule is not None else None


def _cell_by_cell(_: Call, inputs: list[Field]) -> Field | None:
    rows = joined_spans([field.rows for field in inputs])
    columns = joined_spans([field.columns for field in inputs])
    return None if rows is None or columns is None else Field(rows, columns)


def _along_channels(call: Call, inputs: list[Field]) -> Field | None:
    axis = getattr(call.operation.details, "axis", -1)
    axes = set(axis) if isinstance(axis, list | tuple) else {axis}
    last = len(call.outputs[0].shape) - 1
    return _cell_by_cell(call, inputs) if axes <= {-1, last} else None


def _dense(call: Call, inputs: list[Field]) -> Field:
    return inputs[0] if len(call.inputs[0].shape) > 2 else inputs[0].whole


def _pooled(_: Call, inputs: list[Field]) -> Field:
    return inputs[0].whole


def _across_steps(call: Call, inputs: list[Field]) -> Field | None:
    merged = _cell_by_cell(call, inputs)
    return None if merged is None else _spread(merged, call.outputs[0].shape)


def _reshaped(call: Call, inputs: list[Field]) -> Field | None:
    field, after = inputs[0], call.outputs[0].shape
    rows, columns = field.cells
    if _fits(field, after):
        return field
    if len(after) == 3 and after[1] == rows:  # (h, w, C) becomes (h, w·C): the steps are rows
        return Field(field.rows, union(field.columns))
    if len(after) == 3:  # (h·w, C) has lost what is beside what
        return _spread(field, after) if rows == 1 else None
    if len(after) == 4 and columns == 1 and after[1] == rows:
        return Field(field.rows, np.repeat(field.columns, after[2], axis=0))
    return _spread(field, after)


def _spread(field: Field, after: Any) -> Field | None:  # noqa: ANN401 - tf.TensorShape
    """Cells of which each depends on all that these depend on."""
    whole = field.whole
    if len(after) < 3:
        return whole
    if len(after) > 4 or None in after[1:]:
        return None
    height, width = after[1:3] if len(after) == 4 else (1, after[1])
    if len(after) == 3 and len(field.columns) == 1 < len(field.rows):
        height, width = width, height
    return Field(np.repeat(whole.rows, height, axis=0), np.repeat(whole.columns, width, axis=0))


def _sliced(call: Call, inputs: list[Field]) -> Field | None:
    field, before = inputs[0], call.inputs[0].shape
    parts = list(keys_of(call))
    if Ellipsis in parts:
        place = parts.index(Ellipsis)
        parts[place : place + 1] = [slice(None)] * (len(before) - len(parts) + 1)
    if len(before) != 4 or not all(isinstance(part, slice) for part in parts):
        return None
    rows, columns = (*parts[1:3], slice(None), slice(None))[:2]
    return Field(field.rows[rows], field.columns[columns])


def _along_some(call: Call, inputs: list[Field]) -> Field | None:
    """All numbers along the channels alone, or along both other axes."""
    axis, axes = call.operation.details.axis, len(call.inputs[0].shape)
    chosen = axis if isinstance(axis, list | tuple) else range(axes) if axis is None else [axis]
    numbers = {each % axes for each in chosen}
    if numbers == {axes - 1}:
        return inputs[0]
    return inputs[0].whole if axes == 4 and {1, 2} <= numbers else None


# ------------------------------------------------------------------- operations along an axis

Along = Callable[[Spans, int, int], Spans | None]  # spans, cells of the output, number of the axis


def _on_each_axis(call: Call, inputs: list[Field]) -> Field | None:
    operation, field = call.operation.details, inputs[0]
    before, after = call.inputs[0].shape, call.outputs[0].shape
    along = _ALONG[call.operation.kind](operation)
    first = getattr(operation, "data_format", None) == "channels_first"
    if along is None or first or None in (*before[1:], *after[1:]):
        return None
    rows: Spans | None = field.rows
    columns: Spans | None = field.columns
    if len(before) == 4:
        rows, columns = along(field.rows, after[1], 0), along(field.columns, after[2], 1)
    elif len(field.columns) == 1 and before[1] == len(field.rows):  # steps, in one column
        rows = along(field.rows, after[1], 0)
    else:
        columns = along(field.columns, after[1], 0)
    return None if rows is None or columns is None else Field(rows, columns)


def _windows(operation: Any) -> Along:  # noqa: ANN401 - keras.Operation
    pooling = hasattr(operation, "pool_size")
    size = operation.pool_size if pooling else operation.kernel_size
    spacing = 1 if pooling else operation.dilation_rate

    def along(spans: Spans, cells: int, axis: int) -> Spans:
        kernel, stride, dilation = (_each(x, axis) for x in (size, operation.strides, spacing))
        reach = (kernel - 1) * dilation
        before = 0
        if operation.padding == "same":
            before = max((cells - 1) * stride + reach + 1 - len(spans), 0) // 2
        elif operation.padding == "causal":
            before = reach
        elif not isinstance(operation.padding, str):
            before = _pair(operation.padding, axis)[0]
        first = np.arange(cells)[:, None] * stride - before
        return gathered(spans, first + np.arange(kernel) * dilation)

    return along


def _transposed(operation: Any) -> Along:  # noqa: ANN401 - keras.Operation
    def along(spans: Spans, cells: int, axis: int) -> Spans | None:
        sizes = (operation.kernel_size, operation.strides, operation.dilation_rate)
        kernel, stride, dilation = (_each(x, axis) for x in sizes)
        if operation.output_padding is not None or dilation != 1:
            return None
        cropped = max(kernel - stride, 0) // 2 if operation.padding == "same" else 0
        # Input cell i paints on the outputs i·stride - cropped and the kernel-1 after it.
        offset = np.arange(cells)[:, None] + cropped - np.arange(len(spans)) * stride
        painted = (offset >= 0) & (offset < kernel)
        return gathered(spans, np.where(painted, np.arange(len(spans)), -1))

    return along


def _padded(operation: Any) -> Along:  # noqa: ANN401 - keras.Operation
    def along(spans: Spans, _: int, axis: int) -> Spans:
        before, after = _pair(operation.padding, axis)
        return np.concatenate([nothing(before), spans, nothing(after)])

    return along


def _cropped(operation: Any) -> Along:  # noqa: ANN401 - keras.Operation
    return lambda spans, cells, axis: spans[_pair(operation.cropping, axis)[0] :][:cells]


def _centre(_: Any) -> Along:  # noqa: ANN401 - keras.Operation
    return lambda spans, cells, _: spans[(len(spans) - cells) // 2 :][:cells]


def _resized(operation: Any) -> Along | None:  # noqa: ANN401 - keras.Operation
    way = getattr(operation, "interpolation", "nearest")
    if way not in {"nearest", "bilinear"} or getattr(operation, "crop_to_aspect_ratio", False):
        return None
    return lambda spans, cells, _: enlarged(spans, cells, smooth=way == "bilinear")


def _each(value: Any, axis: int) -> int:  # noqa: ANN401 - an int, or one for each axis
    return int(value[axis]) if isinstance(value, list | tuple) else int(value)


def _pair(value: Any, axis: int) -> tuple[int, int]:  # noqa: ANN401 - ((top, bottom), …)
    pair = value[axis] if isinstance(value[0], list | tuple) else value
    return int(pair[0]), int(pair[1])


# -------------------------------------------------------------------------------------- rules

_ALONG: dict[str, Callable[[Any], Along | None]] = {
    **dict.fromkeys(
        (
            "Conv1D", "SeparableConv1D", "DepthwiseConv1D", "MaxPooling1D", "AveragePooling1D",
            "Conv2D", "SeparableConv2D", "DepthwiseConv2D", "MaxPooling2D", "AveragePooling2D",
        ),
        _windows,
    ),
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose"), _transposed),
    **dict.fromkeys(("ZeroPadding1D", "ZeroPadding2D"), _padded),
    **dict.fromkeys(("Cropping1D", "Cropping2D"), _cropped),
    "CenterCrop": _centre,
    **dict.fromkeys(("UpSampling1D", "UpSampling2D", "Resizing", "Resize"), _resized),
}  # fmt: skip

# Operations that are not here may do anything.
_RULES: dict[str, Callable[[Call, list[Field]], Field | None]] = {
    **dict.fromkeys(_ALONG, _on_each_axis),
    **dict.fromkeys(CELL_BY_CELL, _cell_by_cell),
    **dict.fromkeys({*ALONG_AN_AXIS, "Concatenate"}, _along_channels),
    "Dense": _dense,
    "GetItem": _sliced,
    **dict.fromkeys(("Mean", "Sum", "Max", "Min", "Std", "Var"), _along_some),
    **dict.fromkeys(("Flatten", "Reshape", "ExpandDims", "Squeeze"), _reshaped),
    **dict.fromkeys(
        (
            "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D",
            "GlobalMaxPooling2D",
        ),
        _pooled,
    ),
    **dict.fromkeys(ATTENDING | RECURRENT | {"GroupNormalization"}, _across_steps),
}  # fmt: skip
