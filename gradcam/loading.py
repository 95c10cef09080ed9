"""Opening network files safely: the bytes decide, old configs are upgraded, code is refused.

A network file is untrusted input. Only Keras 3 ever opens it, without compiling it, in safe mode,
and only after its configuration was searched for layers that carry code.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

from gradcam.backends.keras.configuration import (
    Config,
    Unknown,
    refuse_channels_first,
    refuse_code,
    unknown_parts,
    upgrade_config,
)
from gradcam.errors import NetworkError
from gradcam.network import Network

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"
TFLITE_MAGIC = b"TFL3"
LFS_MAGIC = b"version https://git-lfs"
MAX_UNPACKED_BYTES = 2_000_000_000


def load_network(path: str | Path, name: str | None = None) -> Network:
    """Open a trained Keras network.

    Args:
        path: an HDF5 file (`.h5`, Keras 2 or 3), a `.keras` archive, or a zip with one of these
            in it, as Edge Impulse gives out. The bytes decide, not the extension.
        name: what people call it, for sentences that speak of it; None for the file's name.

    Returns:
        The network, ready to predict and to be explained.

    Raises:
        NetworkError: the file is missing, is no complete Keras network, carries code, needs a
            layer that Keras does not have, or has no output that can be explained.
    """
    path = Path(path)
    name = name or path.name
    return Network(_open(path, name), name=name, digest=file_digest(path))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, name: str, *, inside_zip: bool = False) -> Any:  # noqa: ANN401 - keras.Model
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error
    if head.startswith(HDF5_MAGIC):
        return _open_hdf5(path, name)
    if head.startswith(ZIP_MAGIC):
        return _open_zip(path, name, inside_zip=inside_zip)
    raise NetworkError(_why_not_keras(name, head))


def _why_not_keras(name: str, head: bytes) -> str:
    if not head:
        return f"{name} is empty."
    if head.startswith(LFS_MAGIC):
        return (
            f"{name} is a Git LFS pointer, not the model itself; "
            "fetch the real file with `git lfs pull`."
        )
    if head[4:8] == TFLITE_MAGIC:
        return (
            f"{name} is a TensorFlow Lite model, which has no gradients; "
            "open the Keras model (.h5 or .keras) it was converted from."
        )
    if all(byte in b"\t\n\r\f" or 32 <= byte < 127 for byte in head):
        return f"{name} is a text file, not a model; open a Keras .h5 or .keras file."
    return f"{name} is neither HDF5 nor a .keras archive; save the model again with Keras."


# ---------------------------------------------------------------------------------------- HDF5


def _open_hdf5(path: Path, name: str) -> Any:  # noqa: ANN401 - keras.Model
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
        return _keras_load(copy, name, upgraded)


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


# ----------------------------------------------------------------------------------------- zip


def _open_zip(path: Path, name: str, *, inside_zip: bool) -> Any:  # noqa: ANN401 - keras.Model
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise NetworkError(f"{name} unpacks to more than 2 GB and was not opened.")
            if "config.json" in archive.namelist():
                config = _parse_config(archive.read("config.json"), name)
                refuse_code(config, name)
                refuse_channels_first(config, name)
                copy = Path(folder) / "model.keras"  # Keras goes by the extension, we by the bytes
                upgraded = _upgraded(config, name)
                _copy_archive(archive, copy, upgraded)
                return _keras_load(copy, name, upgraded)
            if inside_zip:
                raise NetworkError(f"{name} holds a zip in a zip and was not opened.")
            member = _only_model(archive, name)
            copy = Path(folder) / "model"
            with archive.open(member) as source, copy.open("wb") as sink:
                shutil.copyfileobj(source, sink)
            return _open(copy, name, inside_zip=True)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError
    ) as error:  # fmt: skip
        raise NetworkError(f"{name} is damaged: it begins as a zip but cannot be read.") from error


def _copy_archive(archive: zipfile.ZipFile, copy: Path, config: Config) -> None:
    with zipfile.ZipFile(copy, "w") as target:
        target.writestr("config.json", json.dumps(config))
        for info in archive.infolist():
            if info.filename != "config.json":
                with archive.open(info) as source, target.open(info.filename, "w") as sink:
                    shutil.copyfileobj(source, sink)


def _only_model(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    endings = (".h5", ".hdf5", ".keras")
    members = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(endings) and not info.filename.startswith("__MACOSX/")
    ]
    if len(members) == 1:
        return members[0]
    if any(member.endswith("saved_model.pb") for member in archive.namelist()):
        raise NetworkError(
            f"{name} is a SavedModel, which can carry code; save the network as .keras or .h5."
        )
    raise NetworkError(f"{name} is a zip without exactly one Keras model (.h5 or .keras) in it.")


def _keras_load(path: Path, name: str, config: Config) -> Any:  # noqa: ANN401 - keras.Model
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever a layer's constructor raises
        raise NetworkError(_why_keras_refused(name, config)) from error


def _why_keras_refused(name: str, config: Config) -> str:
    unknown = unknown_parts(config)
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
