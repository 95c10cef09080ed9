"""A network in two files, a description and its weights, put together into one that Keras opens."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

from gradcam.backends.keras.configuration import Config
from gradcam.errors import NetworkError


def joined_file(config: Config, weights: Path, folder: Path, name: str) -> Path:
    """Write a whole file: a `.keras` archive, or HDF5 where the weights have the older layout.

    Args:
        config: what `model.to_json()` gave, parsed.
        weights: what `model.save_weights(…)` wrote, or a whole network in HDF5.
        folder: to write into.
        name: what people call the description, for sentences that speak of it.

    Raises:
        NetworkError: the weights are damaged, or the description is none of Keras'.
    """
    import h5py

    if not isinstance(config.get("class_name"), str) or not isinstance(config.get("config"), dict):
        raise NetworkError(f"{name} describes no Keras network; save it with `model.to_json()`.")
    try:
        with h5py.File(weights, "r") as file:
            old = _old_layout(file)
            if old is not None:
                return _as_hdf5(config, old, folder / "model.h5")
    except (OSError, RuntimeError, KeyError) as error:
        raise NetworkError(f"{weights.name} is damaged: it cannot be read as HDF5.") from error
    return _as_archive(config, weights, folder / "model.keras")


def _old_layout(file: Any) -> Any:  # noqa: ANN401 - h5py.File, and h5py.Group or None
    """The group that lists its layers by name, as files of weights did before `.weights.h5`."""
    for group in (file, file.get("model_weights")):
        if group is not None and any(key.startswith("layer_names") for key in group.attrs):
            return group
    return None


def _as_hdf5(config: Config, weights: Any, path: Path) -> Path:  # noqa: ANN401 - h5py.Group
    import h5py

    with h5py.File(path, "w") as whole:
        whole.attrs["model_config"] = json.dumps(config)
        inner = whole.create_group("model_weights")
        for key, value in weights.attrs.items():
            inner.attrs[key] = value
        for layer in weights:
            weights.copy(layer, inner)
    return path


def _as_archive(config: Config, weights: Path, path: Path) -> Path:
    # Keras 2 did not say where the class of the outermost model is.
    at_home = {"module": "keras", "registered_name": config["class_name"], **config}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps(at_home))
        with weights.open("rb") as source, archive.open("model.weights.h5", "w") as sink:
            shutil.copyfileobj(source, sink)
    return path
