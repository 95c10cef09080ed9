"""TensorFlow's functions inside networks of Keras 2, in Keras 3's own operations.

`x / 127.5 - 1` made two layers of the class TFOpLambda, each with a function's name and constants
as JSON, and `x[..., ::-1]` one of the class SlicingOpLambda; TensorFlow 2.0 to 2.3 wrote single
operations of its graph. A name is looked up in `functions`
and nowhere else; what is not there is refused, so that no file can have anything else run.
"""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.additions import own_class
from gradcam.backends.keras.configuration import Config
from gradcam.backends.keras.functions import FUNCTIONS, Unsupported
from gradcam.backends.keras.graph_operations import Described, function_of
from gradcam.backends.keras.nodes import holds_reference, taken_apart

OF_THE_GRAPH = "TensorFlowOpLayer"
FUNCTION_CLASSES = frozenset({"TFOpLambda", "SlicingOpLambda", OF_THE_GRAPH})
# Arguments that functions took along without their doing anything.
_IDLE: Config = {
    "name": ..., "num": ..., "conjugate": False, "batch_dims": 0, "validate_indices": None,
    "data_format": "NHWC", "preserve_aspect_ratio": False, "reduction_indices": None,
    "keep_dims": None, "squeeze_dims": None, "beta": 1.0, "half_pixel_centers": True,
}  # fmt: skip
PLACES = {
    **dict.fromkeys(("numpy", "nn", "core", "image", "linalg", "math"), "keras.src.ops."),
    "layers": "keras.",
}


def rewritten(layer: Config) -> Config:
    """A layer that calls a function of TensorFlow, as an operation of Keras'.

    Args:
        layer: of the configuration of a functional model, `inbound_nodes` in Keras 2's way.

    Raises:
        UnknownFunction: the function, or one of its arguments, has no counterpart.
    """
    name = layer["name"]
    calls = [_call(name, _described(layer, node)) for node in layer["inbound_nodes"]]
    kinds = {(kind, str(settings)) for kind, settings, _ in calls}
    if len(kinds) != 1:
        raise UnknownFunction("different settings", name)
    kind, settings, _ = calls[0]
    place, class_name = kind.split(".")
    keras = {"module": f"{PLACES.get(place)}{place}", "registered_name": None}
    return {
        **(own_class(class_name) if place == "own" else keras),
        "class_name": class_name,
        "config": {"name": name, **settings},
        "name": name,
        "inbound_nodes": [{"args": inputs, "kwargs": {}} for _, _, inputs in calls],
    }


class UnknownFunction(Exception):  # noqa: N818 - it says what is there
    """A function of TensorFlow that no operation of Keras' stands for.

    Attributes:
        function: its name, or that with the argument that is in the way.
        layer: that calls it.
    """

    def __init__(self, function: str, layer: str) -> None:
        """Name it."""
        super().__init__(function)
        self.function, self.layer = function, layer


def _described(layer: Config, node: Any) -> Described:  # noqa: ANN401 - any JSON value
    if layer["class_name"] == OF_THE_GRAPH:
        return function_of(layer["config"], node)
    first, further = taken_apart(node, keeps_lists=True)
    return Described(str(layer["config"].get("function")), first, further)


def _call(layer: str, own: Described) -> tuple[str, Config, list[Any]]:
    symbol, first, further = own
    function = FUNCTIONS.get(symbol.removeprefix("compat.v1."))
    if function is None:
        raise UnknownFunction(symbol, layer)
    rest = {key: value for key, value in further.items() if value is not None and key != "name"}
    try:
        kind, inputs, settings = function(first, rest)
    except Unsupported as error:
        raise UnknownFunction(f"{symbol} ({error})", layer) from error
    for key, value in rest.items():
        if _IDLE.get(key) not in {..., value} or key not in _IDLE:
            raise UnknownFunction(f"{symbol} ({key}={value})", layer)
    if holds_reference(settings):
        raise UnknownFunction(f"{symbol} (of tensors)", layer)
    return kind, settings, inputs
