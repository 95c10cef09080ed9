"""Opening Keras files safely: old configs are upgraded, code is refused.

Only Keras 3 ever opens them, without compiling, in safe mode, and only after the configuration was
searched for layers that carry code.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from gradcam.backends.archive import opened_archive
from gradcam.backends.keras.configuration import (
    Config,
    Unknown,
    refuse_channels_first,
    refuse_code,
    unknown_parts,
    upgrade_config,
)
from gradcam.backends.keras.holding import held_by_hdf5, is_description
from gradcam.backends.keras.joining import joined_file
from gradcam.backends.keras.network import KerasNetwork
from gradcam.backends.reader import Seen
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

    def open(self, path: Path, name: str, digest: str) -> KerasNetwork:
        """Open it.

        Raises:
            NetworkError: it is no complete Keras network, carries code, needs a layer that Keras
                does not have, or has no output that can be explained.
        """
        return KerasNetwork(_open(path, name), name, digest)


def open_joined(description: Path, weights: Path, name: str, digest: str) -> KerasNetwork:
    """Open a network that lies in two files.

    Args:
        description: what `model.to_json()` gave, of Keras 2 or 3.
        weights: what `model.save_weights(…)` wrote, of Keras 2 or 3: in the layout of
            `.weights.h5`, or in the older one.
        name: what people call the description, for sentences that speak of it.
        digest: of both.

    Raises:
        NetworkError: either is damaged, they do not belong together, or what `KerasReader.open`
            says.
    """
    try:
        config = _parse_config(description.read_bytes(), name)
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error
    with tempfile.TemporaryDirectory() as folder:
        whole = joined_file(config, weights, Path(folder), name)
        return KerasNetwork(_open(whole, name, weights.name), name, digest)


def _open(path: Path, name: str, weights: str = "") -> Any:  # noqa: ANN401 - keras.Model
    """A whole file, or one joined with the weights of a file of that name."""
    with path.open("rb") as file:
        is_hdf5 = file.read(len(HDF5_MAGIC)) == HDF5_MAGIC
    return _open_hdf5(path, name, weights) if is_hdf5 else _open_archive(path, name, weights)


def _open_hdf5(path: Path, name: str, weights: str) -> Any:  # noqa: ANN401 - keras.Model
    import h5py

    try:
        with h5py.File(path, "r") as file:
            raw = file.attrs.get("model_config")
    except (OSError, RuntimeError) as error:
        raise NetworkError(f"{name} is damaged: it begins as HDF5 but cannot be read.") from (error)
    if raw is None:
        raise NetworkError(
            f"{name} holds weights without the network itself; "
            "save the whole model with `model.save(...)`."
        )
    config = _parse_config(raw, name)
    refuse_code(config, name)
    refuse_channels_first(config, name)
    upgraded = _upgraded(config, name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model.h5"  # Keras goes by the extension, we by the bytes
        shutil.copyfile(path, copy)
        if upgraded != config:
            with h5py.File(copy, "r+") as file:
                file.attrs["model_config"] = json.dumps(upgraded)
        return _keras_load(copy, name, upgraded, weights)


def _parse_config(raw: str | bytes, name: str) -> Config:
    try:
        config = json.loads(raw)
    except (ValueError, TypeError, RecursionError) as error:
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.") from (
            error
        )
    if not isinstance(config, dict):
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.")
    return config


def _upgraded(config: Config, name: str) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return upgrade_config(config)
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise NetworkError(f"{name} is damaged: its description of the layers is broken.") from (
            error
        )


def _open_archive(path: Path, name: str, weights: str) -> Any:  # noqa: ANN401 - keras.Model
    with opened_archive(path, name) as archive, tempfile.TemporaryDirectory() as folder:
        config = _parse_config(archive.read(CONFIG), name)
        refuse_code(config, name)
        refuse_channels_first(config, name)
        copy = Path(folder) / "model.keras"  # Keras goes by the extension, we by the bytes
        upgraded = _upgraded(config, name)
        _copy_archive(archive, copy, upgraded)
        return _keras_load(copy, name, upgraded, weights)


def _copy_archive(archive: zipfile.ZipFile, copy: Path, config: Config) -> None:
    with zipfile.ZipFile(copy, "w") as target:
        target.writestr(CONFIG, json.dumps(config))
        for info in archive.infolist():
            if info.filename != CONFIG:
                with archive.open(info) as source, target.open(info.filename, "w") as sink:
                    shutil.copyfileobj(source, sink)


def _keras_load(path: Path, name: str, config: Config, weights: str) -> Any:  # noqa: ANN401
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever a layer's constructor raises
        raise NetworkError(_why_keras_refused(name, config, weights)) from error


def _why_keras_refused(name: str, config: Config, weights: str) -> str:
    unknown = unknown_parts(config)
    if not unknown and weights:
        return (
            f"The weights in {weights} do not fit the network that {name} describes; "
            "put the two beside each other that were saved together."
        )
    if not unknown:
        return f"Keras cannot rebuild the network in {name}; save it again with a newer Keras."
    (what, *others) = dict.fromkeys(part.what for part in unknown)
    things = "parts" if others else f"{what}s"
    one = f"a {what}" if len(unknown) == 1 else things
    return (
        f"{name} uses {one} that Keras does not have, {_listed(unknown)}; "
        f"save the network with Keras' own {things}."
    )


def _listed(unknown: list[Unknown]) -> str:
    *most, last = [f"“{part.name}”" for part in unknown]
    return f"{', '.join(most)} and {last}" if most else last
