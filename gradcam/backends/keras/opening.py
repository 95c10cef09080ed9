"""The files that Keras writes: HDF5, `.keras` archives, and descriptions beside their weights."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from gradcam.backends.archive import opened_archive
from gradcam.backends.keras.building import built, model_of, ready_config
from gradcam.backends.keras.configuration import Config
from gradcam.backends.keras.holding import held_by_hdf5, is_description
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.keras.weights import WeightLayout, layout_of, load_weights
from gradcam.backends.reader import OpeningOptions, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Holds

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
CONFIG = "config.json"  # in every .keras archive


class KerasReader:
    """Reads HDF5 files (`.h5`, Keras 2 or 3) and `.keras` archives.

    Attributes:
        endings: of such files.
    """

    endings = (".h5", ".hdf5", ".keras")

    def knows(self, seen: Seen) -> bool:
        """HDF5, or a zip with Keras' configuration in it."""
        return seen.head.startswith(HDF5_MAGIC) or CONFIG in seen.members

    def holds(self, path: Path, seen: Seen) -> Holds | None:
        """See `Reader.holds`."""
        if seen.head.startswith(HDF5_MAGIC):
            return held_by_hdf5(path)
        if CONFIG in seen.members:
            return Holds.NETWORK
        return Holds.LAYERS if is_description(seen.head) else None

    def open(self, path: Path, name: str, digest: str, options: OpeningOptions) -> KerasNetwork:
        """Open it.

        Raises:
            NetworkError: it is no complete Keras network, carries code, needs a layer that Keras
                does not have, or has no output that can be explained.
        """
        with path.open("rb") as file:
            is_hdf5 = file.read(len(HDF5_MAGIC)) == HDF5_MAGIC
        model = _open_hdf5(path, name) if is_hdf5 else _open_archive(path, name)
        return KerasNetwork(model, name, digest, fold=options.fold)


def open_joined(
    description: Path, weights: Path, name: str, digest: str, *, fold: bool
) -> KerasNetwork:
    """Open a network that lies in two files.

    Args:
        description: what `model.to_json()` gave, of Keras 2 or 3.
        weights: what `model.save_weights(…)` wrote, of Keras 2 or 3, or a whole network in HDF5.
        name: what people call the description, for sentences that speak of it.
        digest: of both.
        fold: see `OpeningOptions`.

    Raises:
        NetworkError: either is damaged, they do not belong together, or what `KerasReader.open`
            says.
    """
    try:
        config = ready_config(description.read_bytes(), name)
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error
    try:
        layout = layout_of(weights)
    except (OSError, RuntimeError) as error:
        raise NetworkError(f"{weights.name} is damaged: it cannot be read as HDF5.") from error
    model = built(
        config, name, lambda: load_weights(model_of(config), weights, layout), weights.name
    )
    return KerasNetwork(model, name, digest, fold=fold)


def _open_hdf5(path: Path, name: str) -> Any:  # noqa: ANN401 - keras.Model
    import h5py

    try:
        with h5py.File(path, "r") as file:
            raw = file.attrs.get("model_config")
            version = _text(file.attrs.get("keras_version"))
    except (OSError, RuntimeError) as error:
        raise NetworkError(f"{name} is damaged: it begins as HDF5 but cannot be read.") from (error)
    if raw is None:
        raise NetworkError(
            f"{name} holds weights without the network itself; "
            "save the whole model with `model.save(...)`."
        )
    config = ready_config(raw, name, version)
    return built(config, name, lambda: load_weights(model_of(config), path, WeightLayout.BY_LAYER))


def _open_archive(path: Path, name: str) -> Any:  # noqa: ANN401 - keras.Model
    import keras

    with opened_archive(path, name) as archive, tempfile.TemporaryDirectory() as folder:
        config = ready_config(archive.read(CONFIG), name, _version(archive))
        copy = Path(folder) / "model.keras"  # Keras goes by the extension, we by the bytes
        _copy_archive(archive, copy, config)
        return built(
            config,
            name,
            lambda: keras.models.load_model(copy, compile=False, safe_mode=True),
        )


def _version(archive: zipfile.ZipFile) -> str:
    """Of the Keras that wrote an archive; "" where it does not say so."""
    try:
        said = json.loads(archive.read("metadata.json"))
    except (KeyError, ValueError):
        return ""
    return str(said.get("keras_version", "")) if isinstance(said, dict) else ""


def _text(value: Any) -> str:  # noqa: ANN401 - of any kind that HDF5 has
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


def _copy_archive(archive: zipfile.ZipFile, copy: Path, config: Config) -> None:
    with zipfile.ZipFile(copy, "w") as target:
        target.writestr(CONFIG, json.dumps(config))
        for info in archive.infolist():
            if info.filename != CONFIG:
                with archive.open(info) as source, target.open(info.filename, "w") as sink:
                    shutil.copyfileobj(source, sink)
