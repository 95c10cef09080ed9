"""One operator of a file as TensorFlow runs it, with the file's own attributes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from gradcam.backends.graph.operators.convolution import in_groups

Attributes = dict[str, Any]
_RENAMED = {"squeeze_dims": "axis"}  # as Python calls what files call otherwise
Runner = Callable[[Sequence[Any]], tuple[Any, ...]]


def attributes_of(node: Any) -> Attributes:  # noqa: ANN401 - a NodeDef
    """What a file says of how an operator works, in Python's values."""
    return {key: _plain(value) for key, value in node.attr.items() if not key.startswith("_")}


def runner(op: str, attributes: Attributes) -> Runner:
    """What runs an operator: from all that it gets to all that it gives.

    Attributes that follow from what it gets (types, counts) are left to TensorFlow.

    Raises:
        ValueError: TensorFlow has no such operator.
    """
    import tensorflow as tf
    from tensorflow.python.framework import op_def_registry

    definition = op_def_registry.get(op)
    if definition is None:
        raise ValueError(op)
    function = _convolution if op == "Conv2D" else getattr(tf.raw_ops, op)
    arguments = list(definition.input_arg)
    told = {each for x in arguments for each in (x.type_attr, x.number_attr, x.type_list_attr)}
    names = list(
        inspect.signature(getattr(tf.raw_ops, op)).parameters
    )  # what it gets stands first, in order
    own = {
        _RENAMED.get(each.name, each.name): attributes[each.name]
        for each in definition.attr
        if each.name in attributes and each.name not in told
    }

    margins = _margins(op, own)
    if margins is not None:
        own = {**own, "padding": "VALID", "explicit_paddings": []}

    def run(tensors: Sequence[Any]) -> tuple[Any, ...]:
        given: dict[str, Any] = {}
        left = list(tensors)
        if margins is not None:
            left[0] = tf.pad(left[0], margins)
        for place, (name, argument) in enumerate(zip(names, arguments, strict=False)):
            if argument.number_attr or argument.type_list_attr:
                count = len(left) - (len(arguments) - place - 1)
                given[name], left = left[:count], left[count:]
            else:
                given[name] = left.pop(0)
        made = function(**given, **own)
        if isinstance(made, (list, tuple)):
            return tuple(tf.nest.flatten(made))
        return (made,)

    return run


def _convolution(input: Any, filter: Any, **attributes: Any) -> Any:  # noqa: A002, ANN401 - TensorFlow's names
    import tensorflow as tf

    def run(maps: Any, kernel: Any) -> Any:  # noqa: ANN401 - tf.Tensor
        return tf.raw_ops.Conv2D(input=maps, filter=kernel, **attributes)

    groups = (input.shape[-1] or filter.shape[2]) // filter.shape[2]
    return in_groups(run, input, filter, groups) if groups > 1 else run(input, filter)


def _margins(op: str, attributes: Attributes) -> list[list[int]] | None:
    """Of a depthwise convolution: TensorFlow's optimizer loses them, and ends the process."""
    if op != "DepthwiseConv2dNative" or attributes.get("padding") != "EXPLICIT":
        return None
    rows = list(attributes["explicit_paddings"])
    return [rows[start : start + 2] for start in range(0, 8, 2)]


def _plain(value: Any) -> Any:  # noqa: ANN401 - an AttrValue
    import tensorflow as tf

    kind = value.WhichOneof("value")
    if kind == "list":
        every = value.list
        kinds = [list(getattr(every, each)) for each in ("i", "f", "b")]
        types = [tf.dtypes.as_dtype(each) for each in every.type]
        return next((each for each in (*kinds, types) if each), [])
    own = getattr(value, kind or "placeholder")
    if kind == "s":
        return own.decode(errors="replace")
    if kind == "type":
        return tf.dtypes.as_dtype(own)
    return tf.TensorShape(own) if kind == "shape" else own
