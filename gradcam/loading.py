"""Opening network files: the bytes decide which back end does it.

A network file is untrusted input, and its extension a rumour. A new format is a folder in
`backends` with a `Reader`, and a line in `READERS`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from pathlib import Path

from gradcam.backends.archive import opened_archive
from gradcam.backends.keras.opening import KerasReader, open_joined
from gradcam.backends.reader import Reader, Seen
from gradcam.errors import NetworkError
from gradcam.network import Network

READERS: tuple[Reader, ...] = (KerasReader(),)

ZIP_MAGIC = b"PK\x03\x04"
TFLITE_MAGIC = b"TFL3"
LFS_MAGIC = b"version https://git-lfs"


def load_network(
    path: str | Path, name: str | None = None, weights: str | Path | None = None
) -> Network:
    """Open a trained network.

    Args:
        path: an HDF5 file (`.h5`, Keras 2 or 3), a `.keras` archive, or a zip with one of these
            in it, as Edge Impulse gives out. The bytes decide, not the extension. Or, together
            with `weights`, a description that holds none (`model.json`).
        name: what people call it, for sentences that speak of it; None for the file's name.
        weights: of a network that lies in two files: what `model.save_weights(…)` wrote.

    Returns:
        The network, ready to predict and to be explained.

    Raises:
        NetworkError: the file is missing, is no complete network, carries code, needs a layer
            that is not known, or has no output that can be explained.
    """
    path = Path(path)
    name = name or path.name
    try:
        digest = file_digest(path)
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error
    if weights is None:
        return _open(path, name, digest)
    weights = Path(weights)
    try:
        both = f"{digest} {file_digest(weights)}"
    except OSError as error:
        raise NetworkError(f"The file of weights {weights.name} cannot be read.") from error
    return open_joined(path, weights, name, hashlib.sha256(both.encode()).hexdigest())


def model_endings() -> tuple[str, ...]:
    """How names of network files end, in lower case: how one is found among other files."""
    return tuple(ending for reader in READERS for ending in reader.endings)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, name: str, digest: str, *, inside_zip: bool = False) -> Network:
    seen = _look(path, name)
    for reader in READERS:
        if reader.knows(seen):
            return reader.open(path, name, digest)
    if not seen.head.startswith(ZIP_MAGIC):
        raise NetworkError(_why_nobody(name, seen.head))
    if inside_zip:
        raise NetworkError(f"{name} holds a zip in a zip and was not opened.")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "model"
        with opened_archive(path, name) as archive:
            member = _only_model(archive, name)
            with archive.open(member) as source, copy.open("wb") as sink:
                shutil.copyfileobj(source, sink)
        return _open(copy, name, digest, inside_zip=True)


def _look(path: Path, name: str) -> Seen:
    with path.open("rb") as file:
        head = file.read(64)
    if not head.startswith(ZIP_MAGIC):
        return Seen(head)
    with opened_archive(path, name) as archive:
        return Seen(head, frozenset(archive.namelist()))


def _only_model(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    endings = model_endings()
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


def _why_nobody(name: str, head: bytes) -> str:
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
    if head.lstrip().startswith(b"{"):
        return (
            f"{name} may describe the layers of a network, but holds no weights; put these beside "
            "it (model.weights.h5), or save the whole network with `model.save(...)`."
        )
    if all(byte in b"\t\n\r\f" or 32 <= byte < 127 for byte in head):
        return f"{name} is a text file, not a model; open a Keras .h5 or .keras file."
    return f"{name} is neither HDF5 nor a .keras archive; save the model again with Keras."
