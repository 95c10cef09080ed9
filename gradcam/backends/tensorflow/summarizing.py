"""Summing a recorded network up, line by line."""

from __future__ import annotations

import math
from dataclasses import replace

from gradcam.backends.tensorflow.cost import cost_of
from gradcam.backends.tensorflow.model import Model, Operation
from gradcam.backends.tensorflow.receptive_field import Field
from gradcam.backends.tensorflow.tracing import Call, distinct
from gradcam.summary import Cost, Family, Line, Summary

FAMILIES = {
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv1DTranspose", "Conv2DTranspose"), Family.CONVOLUTION),
    **dict.fromkeys(
        ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"),
        Family.DEPTHWISE,
    ),
    "Dense": Family.DENSE,
    **dict.fromkeys(
        ("BatchNormalization", "LayerNormalization", "GroupNormalization", "Normalization"),
        Family.NORMALISATION,
    ),
}


def summarize(
    model: Model,
    calls: list[Call],
    fields: list[Field | None],
    picture: tuple[int, int, int],
) -> Summary:
    """The summary of a network.

    Args:
        model: that was recorded.
        calls: what `record_calls` wrote down.
        fields: what `follow_fields` found for each of them.
        picture: height, width and channels of the picture that it was recorded with.
    """
    lines: dict[str, Line] = {}
    counted: set[int] = set()  # weights that two layers share are counted with the first
    for number in distinct(calls):
        call, field = calls[number], fields[number]
        shapes = tuple(tuple(tensor.shape) for tensor in call.outputs)
        size_seen = field.size if field is not None else None
        path = call.operation.path
        before = lines.get(path)
        if before is None:
            line = _line(call.operation, counted)
            lines[path] = replace(
                line, shapes=shapes, cost=cost_of(call), receptive_field=size_seen, runs=1
            )
        else:
            cost = cost_of(call)
            both = None if cost is None or before.cost is None else before.cost + cost
            lines[path] = replace(
                before, shapes=shapes, cost=both, receptive_field=size_seen, runs=before.runs + 1
            )
    for operation in model.operations:
        if operation.path not in lines:
            idle = _line(operation, counted)
            if idle.parameters:
                lines[operation.path] = idle
    return Summary(tuple(lines.values()), picture)


def _line(operation: Operation, counted: set[int]) -> Line:
    import tensorflow as tf

    own = [weight for weight in operation.weights if id(weight) not in counted]
    counted.update(id(weight) for weight in own)
    numbers = {id(weight): math.prod(weight.shape) for weight in own}
    trainable = None
    if operation.trainable_weights is not None:
        may_change = {id(weight) for weight in operation.trainable_weights}
        trainable = sum(count for each, count in numbers.items() if each in may_change)
    return Line(
        path=operation.path,
        kind=operation.kind,
        shapes=(),
        parameters=sum(numbers.values()),
        trainable=trainable,
        size=sum(numbers[id(weight)] * tf.as_dtype(weight.dtype).size for weight in own),
        cost=Cost(),
        receptive_field=None,
        runs=0,
        family=FAMILIES.get(operation.kind, Family.OTHER),
    )
