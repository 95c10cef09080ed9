"""How a configuration says what a layer is called with: Keras 2's way, and Keras 3's.

Keras 2 writes [layer, call, output, further arguments] for each tensor, where the arguments may
hold further tensors as [layer, call, output]. Keras 3 writes arguments as they are, and each tensor
as an object; it still reads the old way, but only where the first argument alone holds tensors.
"""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.configuration import Config

_CONSTANT = "_CONSTANT_VALUE"  # stands where a layer's name would


def is_old(node: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a call is written in Keras 2's way."""
    return isinstance(node, list)


def is_reference(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a value stands for a tensor, in Keras 2's way."""
    match value:
        case [str(name), int(), int()] | [str(name), int(), int(), dict()]:
            return name != _CONSTANT
    return False


def holds_reference(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether a tensor stands anywhere in a value."""
    if is_reference(value):
        return True
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(holds_reference(each) for each in inner)


def as_tensors(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same value with its tensors, and the constants among them, as Keras 3 writes them."""
    if is_reference(value):
        # The shape is of no account: the tensor is looked up by its history.
        own = {"shape": [None], "dtype": "float32", "keras_history": value[:3]}
        return {"class_name": "__keras_tensor__", "config": own}
    match value:
        case [str(name), -1, constant, *_] if name == _CONSTANT:
            return as_array(constant)
        case list():
            return [as_tensors(each) for each in value]
        case dict():
            return {key: as_tensors(each) for key, each in value.items()}
    return value


def as_array(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A list of numbers as Keras 3 writes an array; anything else as it is."""
    if not isinstance(value, list):
        return value
    kind = "bool" if _all(value, bool) else "int32" if _all(value, int) else "float32"
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": kind}}


def _all(value: Any, kind: type) -> bool:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        return all(_all(each, kind) for each in value)
    return isinstance(value, kind)


def taken_apart(node: list[Any], *, keeps_lists: bool = False) -> tuple[Any, Config]:
    """The first argument of a call in Keras 2's way, and the further ones by their names.

    Args:
        node: the call.
        keeps_lists: whether a list of one tensor means such a list, as it does for functions, and
            not the tensor alone, as for layers.
    """
    first = node[0] if len(node) == 1 and not keeps_lists else node
    return first, _further(node)


def renewed(node: Any) -> Any:  # noqa: ANN401 - any JSON value
    """A layer's call as Keras 3 reads it; one that it reads already stays as it is."""
    if not is_old(node):
        return node
    first, further = taken_apart(node)
    if not holds_reference(further) and _CONSTANT not in str(first):
        return node
    return {"args": [as_tensors(first)], "kwargs": as_tensors(further)}


def _further(value: Any) -> Config:  # noqa: ANN401 - any JSON value
    """Each tensor of the first argument repeats the further arguments: those of the first one."""
    if isinstance(value, list) and len(value) == 4 and isinstance(value[3], dict):
        return value[3]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((own for own in map(_further, inner) if own), {})
