"""Where Keras 3's operations on tensors are."""

from __future__ import annotations

from importlib import import_module

from gradcam.backends.keras.configuration import Config

_PLACES = tuple(
    f"keras.src.ops.{each}" for each in ("numpy", "nn", "core", "math", "image", "linalg")
)


def place_of(layer: Config) -> str | None:
    """The module of an operation on tensors as Keras 3 writes it in HDF5, without one.

    Add, Subtract, Softmax, … are layers and operations; only a layer says whether it is trainable.

    Args:
        layer: of the configuration of a functional model.

    Returns:
        None for a layer, and for what says its module itself.
    """
    import keras

    if "module" in layer or "trainable" in layer.get("config", {}):
        return None
    for place in _PLACES:
        own = vars(import_module(place)).get(str(layer.get("class_name")))
        if isinstance(own, type) and issubclass(own, keras.Operation):
            return place
    return None
