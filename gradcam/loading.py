"""Opening network files: the bytes decide which back end does it.

A network file is untrusted input, and its extension a rumour. A new format is a folder in
`backends` with a `Reader`, and a line in `READERS`.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gradcam.backends.archive import opened_archive
from gradcam.backends.keras.opening import KerasReader, open_joined
from gradcam.backends.reader import Reader, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Foreign, Holds, foreign_format
from gradcam.network import Network

READERS: tuple[Reader, ...] = (KerasReader(),)

ZIP_MAGIC = b"PK\x03\x04"
WEIGHTS = ".weights.h5"  # as Keras 3 asks for; they come without the network
HEAD = 4096  # bytes of a file that are looked at
LFS_MAGIC = b"version https://git-lfs"


def load_network(
    path: str | Path,
    name: str | None = None,
    weights: str | Path | None = None,
    *,
    fold: bool = True,
) -> Network:
    """Open a trained network.

    Args:
        path: an HDF5 file (`.h5`, Keras 2 or 3), a `.keras` archive, or a zip with one of these
            in it, as Edge Impulse gives out. The bytes decide, not the extension. Or, together
            with `weights`, a description that holds none (`model.json`).
        name: what people call it, for sentences that speak of it; None for the file's name.
        weights: of a network that lies in two files: what `model.save_weights(…)` wrote.
        fold: have convolutions do the work of the batch normalisations behind them, which is faster
            and equal to seven digits; False for the library's own order of operations. The weights
            are read when the network is first run; whoever changes them afterwards asks for False.

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
        return _open(path, name, digest, fold=fold)
    weights = Path(weights)
    try:
        both = f"{digest} {file_digest(weights)}"
    except OSError as error:
        raise NetworkError(f"The file of weights {weights.name} cannot be read.") from error
    digest = hashlib.sha256(both.encode()).hexdigest()
    return open_joined(path, weights, name, digest, fold=fold)


def model_endings() -> tuple[str, ...]:
    """How names of network files end, in lower case: how one is found among other files."""
    return tuple(ending for reader in READERS for ending in reader.endings)


@dataclass(frozen=True)
class Look:
    """What a file has to do with networks.

    Attributes:
        holds: how much of one is in it that can be opened here; None for nothing.
        foreign: the format, where it is one that nobody here opens.
    """

    holds: Holds | None = None
    foreign: Foreign | None = None


def look_at(path: Path) -> Look:
    """Look a file over without opening it, to find the networks among other files.

    Raises:
        OSError: it cannot be read.
    """
    try:
        seen = _look(path, path.name)
    except NetworkError:  # a damaged zip: its name may tell
        seen = Seen(ZIP_MAGIC)
    for reader in READERS:
        if holds := reader.holds(path, seen):
            return Look(holds)
    if len(_models(seen.members)) == 1:
        return Look(Holds.NETWORK)
    return Look(foreign=foreign_format(path.name, seen.head, seen.members))


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open(path: Path, name: str, digest: str, *, fold: bool, inside_zip: bool = False) -> Network:
    seen = _look(path, name)
    for reader in READERS:
        if reader.knows(seen):
            return reader.open(path, name, digest, fold=fold)
    if not seen.head.startswith(ZIP_MAGIC):
        raise NetworkError(_why_nobody(name, seen))
    if inside_zip:
        raise NetworkError(f"{name} holds a zip in a zip and was not opened.")
    with tempfile.TemporaryDirectory() as folder:
        copy, layers = Path(folder) / "model", Path(folder) / "layers"
        with opened_archive(path, name) as archive:
            _copy(archive, _only_model(archive, name), copy)
            if look_at(copy).holds is Holds.WEIGHTS:
                for member in archive.namelist():
                    if member.lower().endswith(".json"):
                        _copy(archive, member, layers)
                        if look_at(layers).holds is Holds.LAYERS:
                            return open_joined(layers, copy, name, digest, fold=fold)
        return _open(copy, name, digest, fold=fold, inside_zip=True)


def _copy(archive: zipfile.ZipFile, member: str, path: Path) -> None:
    with archive.open(member) as source, path.open("wb") as sink:
        shutil.copyfileobj(source, sink)


def _look(path: Path, name: str) -> Seen:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.startswith(ZIP_MAGIC):
        return Seen(head)
    with opened_archive(path, name) as archive:
        return Seen(head, frozenset(archive.namelist()))


def _only_model(archive: zipfile.ZipFile, name: str) -> str:
    members = archive.namelist()
    models = _models(members)
    if len(models) == 1:
        return models[0]
    if foreign := foreign_format(name, ZIP_MAGIC, members):
        raise NetworkError(f"{name} is {foreign.words}; {foreign.way_out}.")
    raise NetworkError(f"{name} is a zip without exactly one Keras model (.h5 or .keras) in it.")


def _models(members: Iterable[str]) -> list[str]:
    """Files of a zip that are named like networks; weights only where there is nothing else."""
    endings = model_endings()
    models = [
        member
        for member in members
        if member.lower().endswith(endings) and not member.startswith("__MACOSX/")
    ]
    return [member for member in models if not member.lower().endswith(WEIGHTS)] or models


def _why_nobody(name: str, seen: Seen) -> str:
    if not seen.head:
        return f"{name} is empty."
    if seen.head.startswith(LFS_MAGIC):
        return (
            f"{name} is a Git LFS pointer, not the model itself; "
            "fetch the real file with `git lfs pull`."
        )
    if foreign := foreign_format(name, seen.head, seen.members):
        return f"{name} is {foreign.words}; {foreign.way_out}."
    if seen.head.lstrip().startswith(b"{"):
        return (
            f"{name} may describe the layers of a network, but holds no weights; put these beside "
            "it (model.weights.h5), or save the whole network with `model.save(...)`."
        )
    if all(byte in b"\t\n\r\f" or 32 <= byte < 127 for byte in seen.head[:64]):
        return f"{name} is a text file, not a model; open a Keras .h5 or .keras file."
    return f"{name} is neither HDF5 nor a .keras archive; save the model again with Keras."
