"""Summing a recorded network up, line by line."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from gradcam.backends.tensorflow.cost import cost_of
from gradcam.backends.tensorflow.receptive_field import Field
from gradcam.backends.tensorflow.tracing import Call, innermost
from gradcam.summary import Cost, Line, Summary


def summarize(
    model: Any,  # noqa: ANN401 - keras.Model
    calls: list[Call],
    fields: list[Field | None],
    picture: tuple[int, int, int],
) -> Summary:
    """The summary of a network.

    Args:
        model: the Keras model.
        calls: what `record_calls` wrote down.
        fields: what `follow_fields` found for each of them.
        picture: height, width and channels of the picture that it was recorded with.
    """
    lines: dict[str, Line] = {}
    seen: set[tuple[int, ...]] = set()
    counted: set[int] = set()  # weights that two layers share are counted with the first
    for call, field in zip(calls, fields, strict=True):
        run = (id(call.operation), *(id(tensor) for tensor in call.outputs))
        if run in seen:  # a layer that belongs to two nested networks is recorded for both
            continue
        seen.add(run)
        shapes = tuple(tuple(tensor.shape) for tensor in call.outputs)
        size_seen = field.size if field is not None else None
        before = lines.get(call.path)
        if before is None:
            line = _line(call.path, call.operation, counted)
            lines[call.path] = replace(
                line, shapes=shapes, cost=cost_of(call), receptive_field=size_seen, runs=1
            )
        else:
            cost = cost_of(call)
            both = None if cost is None or before.cost is None else before.cost + cost
            lines[call.path] = replace(
                before, shapes=shapes, cost=both, receptive_field=size_seen, runs=before.runs + 1
            )
    for path, operation in innermost(model):
        if path not in lines:
            idle = _line(path, operation, counted)
            if idle.parameters:
                lines[path] = idle
    return Summary(tuple(lines.values()), picture)


def _line(path: str, operation: Any, counted: set[int]) -> Line:  # noqa: ANN401 - keras.Operation
    import tensorflow as tf

    own = [weight for weight in getattr(operation, "weights", ()) if id(weight) not in counted]
    counted.update(id(weight) for weight in own)
    may_change = {id(weight) for weight in getattr(operation, "trainable_weights", ())}
    numbers = {id(weight): math.prod(weight.shape) for weight in own}
    return Line(
        path=path,
        kind=type(operation).__name__,
        shapes=(),
        parameters=sum(numbers.values()),
        trainable=sum(count for each, count in numbers.items() if each in may_change),
        size=sum(numbers[id(weight)] * tf.as_dtype(weight.dtype).size for weight in own),
        cost=Cost(),
        receptive_field=None,
        runs=0,
    )
