"""Where the class of each layer is, as Keras 3's own archives say it.

HDF5 files and Keras 2 leave it out. Keras 3 then goes an older way that takes some words for
functions and cannot read an Ellipsis, so it is told.
"""

from __future__ import annotations

from typing import Any

from gradcam.backends.keras.additions import own_class, registered_additions
from gradcam.backends.keras.configuration import Config
from gradcam.backends.keras.operations import place_of

_LAYERS = frozenset({"layer", "layers", "cell", "cells", "forward_layer", "backward_layer"})
_PLACES = {
    "Functional": "keras.src.models.functional",
    "Model": "keras",
    "Sequential": "keras",
    **dict.fromkeys(("LayerScale", "StochasticDepth"), "keras.src.applications.convnext"),
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
}


def with_places(config: Any, key: str = "layer") -> Any:  # noqa: ANN401 - any JSON value
    """A configuration with the module of every layer and operation; not changed itself.

    Args:
        config: the parsed JSON of a network, upgraded.
        key: that it stands under.
    """
    if isinstance(config, list):
        return [with_places(each, key) for each in config]
    if not isinstance(config, dict):
        return config
    new = {name: with_places(value, name) for name, value in config.items()}
    inner = new.get("config")
    if key not in _LAYERS or not isinstance(inner, dict):
        return new
    operation = place_of(new)
    if operation is not None:
        return {**new, "module": operation, "registered_name": None}
    return _placed_layer(new, inner)


def _placed_layer(layer: Config, inner: Config) -> Config:
    import keras

    class_name = str(layer.get("class_name")).removeprefix("Custom>")
    if class_name in registered_additions():
        return {**layer, **own_class(class_name)}
    registered = str(layer.get("registered_name")).removeprefix("Custom>")
    if class_name in _PLACES and ">" not in registered:
        module = _PLACES[class_name]
        return {**layer, "class_name": class_name, "module": module, "registered_name": None}
    if "module" in layer or not hasattr(keras.layers, str(layer.get("class_name"))):
        return layer
    if class_name != "InputLayer":
        inner = {name: value for name, value in inner.items() if name != "batch_input_shape"}
    axis = inner.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        inner = {**inner, "axis": axis[0]}
    return {**layer, "module": "keras.layers", "registered_name": None, "config": inner}
