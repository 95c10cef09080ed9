"""Weights in HDF5, in either of the two layouts that Keras has."""

from __future__ import annotations

import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Any


class WeightLayout(StrEnum):
    """How weights lie in a file; the value is the ending by which Keras knows it."""

    BY_LAYER = ".h5"  # a group for each layer, listed in `layer_names`
    BY_PLACE = ".weights.h5"  # groups in groups, as the objects are in each other


def layout_of(path: Path) -> WeightLayout:
    """Look which layout a file has.

    Args:
        path: what `save_weights` wrote, or a whole network in HDF5.

    Raises:
        OSError, RuntimeError: it cannot be read as HDF5.
    """
    import h5py

    with h5py.File(path, "r") as file:
        for group in (file, file.get("model_weights")):
            # A long list is cut into layer_names0, layer_names1, …
            if group is not None and any(key.startswith("layer_names") for key in group.attrs):
                return WeightLayout.BY_LAYER
    return WeightLayout.BY_PLACE


def load_weights(model: Any, path: Path, layout: WeightLayout) -> Any:  # noqa: ANN401 - keras.Model
    """Give a model the weights of a file, and hand it on; raises whatever Keras raises."""
    with tempfile.TemporaryDirectory() as folder:
        named = Path(folder) / f"model{layout}"  # Keras goes by the ending, we by the bytes
        named.symlink_to(path.resolve())
        model.load_weights(named)
    _finish(model)
    return model


def _finish(model: Any) -> None:  # noqa: ANN401 - keras.Model
    # Keras has outermost layers alone work with what they were given; Normalization has to.
    for layer in model.layers:
        if hasattr(layer, "layers"):
            _finish(layer)
        elif hasattr(layer, "finalize_state") and layer.weights:
            layer.finalize_state()
