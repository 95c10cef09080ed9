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
from pathlib import Path, PurePosixPath

from gradcam.arithmetic import Arithmetic
from gradcam.backends.archive import opened_archive
from gradcam.backends.folders import (
    checked_files,
    folder_digest,
    folder_reader,
    packed_folders,
    unpacked_folder,
)
from gradcam.backends.graph.onnx_files.opening import OnnxReader
from gradcam.backends.graph.saved_model.opening import FrozenGraphReader
from gradcam.backends.graph.tensorflow_lite.opening import TensorFlowLiteReader
from gradcam.backends.graph.torch_export.opening import TorchExportReader
from gradcam.backends.keras.opening import KerasReader, open_joined
from gradcam.backends.reader import OpeningOptions, Reader, Seen
from gradcam.errors import NetworkError
from gradcam.formats import Foreign, Holds, foreign_format
from gradcam.network import Network

# Of several networks the one that stands first here explains best: whole layers before operators,
# an author's names before a converter's, real numbers before whole ones.
READERS: tuple[Reader, ...] = (
    KerasReader(),
    FrozenGraphReader(),
    TorchExportReader(),
    OnnxReader(),
    TensorFlowLiteReader(),
)
_FOLDERS_RANK = 1  # beside frozen graphs

ZIP_MAGIC = b"PK\x03\x04"
WEIGHTS = ".weights.h5"  # as Keras 3 asks for; they come without the network
WEIGHTS_BESIDE = (".data", "_data")  # after the name of an ONNX file: where exporters put them
HEAD = 4096  # bytes of a file that are looked at
LFS_MAGIC = b"version https://git-lfs"


def load_network(
    path: str | Path,
    name: str | None = None,
    weights: str | Path | None = None,
    *,
    fold: bool = True,
    arithmetic: Arithmetic = Arithmetic.PHONE,
) -> Network:
    """Open a trained network.

    Args:
        path: an HDF5 file (`.h5`, Keras 2 or 3), a `.keras` archive, a TensorFlow Lite file, an
            ONNX file, a program of torch.export (`.pt2`), a frozen graph (`.pb`), a SavedModel's
            folder, or a zip with one of these in it, as Edge Impulse gives out. The bytes decide,
            not the extension. Or, together with `weights`, a description that holds none
            (`model.json`).
        name: what people call it, for sentences that speak of it; None for the file's name.
        weights: of a network that lies in two files: what `model.save_weights(…)` wrote.
        fold: have convolutions do the work of the batch normalisations behind them, which is faster
            and equal to seven digits; False for the library's own order of operations. The weights
            are read when the network is first run; whoever changes them afterwards asks for False.
        arithmetic: of a network of whole numbers, see `Network.arithmetics`; another one is another
            network, with a digest of its own.

    Returns:
        The network, ready to predict and to be explained.

    Raises:
        NetworkError: the file is missing, is no complete network, carries code, needs a layer
            that is not known, or has no output that can be explained.
    """
    path = Path(path)
    name = name or path.name
    options = OpeningOptions(fold, arithmetic)
    if path.is_dir() and weights is None:
        return _open_folder(path, name, options)
    try:
        digest = file_digest(path)
    except OSError as error:
        raise NetworkError(f"The model file {name} cannot be read.") from error
    if weights is None:
        return _open(path, name, digest, options)
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


def openable_said() -> str:
    """What is opened, in words: `.h5, .keras, … or a SavedModel folder`."""
    return f"{', '.join(model_endings())} or a SavedModel folder"


def network_files(path: Path) -> tuple[Path, ...]:
    """The files that a network is read from: itself and its weights, or those of a folder."""
    reader = folder_reader(path)
    if reader is not None:
        return reader.files(path)
    beside = (path.with_name(path.name + ending) for ending in WEIGHTS_BESIDE)
    return (path, *(each for each in beside if each.is_file()))


@dataclass(frozen=True)
class Look:
    """What a file has to do with networks.

    Attributes:
        holds: how much of one is in it that can be opened here; None for nothing.
        foreign: the format, where it is one that nobody here opens.
        rank: the place of its format among those that are opened: the least explains best.
    """

    holds: Holds | None = None
    foreign: Foreign | None = None
    rank: int = 0


def look_at(path: Path) -> Look:
    """Look a file or folder over without opening it, to find the networks among others.

    Raises:
        OSError: it cannot be read.
    """
    if path.is_dir():
        known = folder_reader(path) is not None
        return Look(Holds.NETWORK, rank=_FOLDERS_RANK) if known else Look()
    try:
        seen = _look(path, path.name)
    except NetworkError:  # a damaged zip: its name may tell
        seen = Seen(ZIP_MAGIC)
    for rank, reader in enumerate(READERS):
        if holds := reader.holds(path, seen):
            return Look(holds, rank=rank)
    if len(models := _models(seen.members)) == 1:
        return Look(Holds.NETWORK, rank=_rank_by_name(models[0]))
    if len(packed_folders(seen.members)) == 1:
        return Look(Holds.NETWORK, rank=_FOLDERS_RANK)
    return Look(foreign=foreign_format(path.name, seen.head, seen.members))


def _rank_by_name(name: str) -> int:
    ranks = (n for n, reader in enumerate(READERS) if name.lower().endswith(reader.endings))
    return next(ranks, 0)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _open_folder(
    folder: Path, name: str, options: OpeningOptions, digest: str | None = None
) -> Network:
    reader = folder_reader(folder)
    if reader is None:
        raise NetworkError(
            f"{name} is a folder without a network; a SavedModel has saved_model.pb in it."
        )
    files = checked_files(reader, folder, name)
    try:
        own = digest or folder_digest(folder, files)
    except OSError as error:
        raise NetworkError(f"The model folder {name} cannot be read.") from error
    return reader.open(folder, name, own, options)


def _open(
    path: Path, name: str, digest: str, options: OpeningOptions, *, inside_zip: bool = False
) -> Network:
    seen = _look(path, name)
    for reader in READERS:
        if reader.knows(seen):
            return reader.open(path, name, digest, options)
    if not seen.head.startswith(ZIP_MAGIC):
        raise NetworkError(_why_nobody(name, seen))
    if inside_zip:
        raise NetworkError(f"{name} holds a zip in a zip and was not opened.")
    with tempfile.TemporaryDirectory() as folder:
        copy, layers = Path(folder) / "model", Path(folder) / "layers"
        with opened_archive(path, name) as archive:
            packed = packed_folders(archive.namelist())
            if len(packed) == 1 and not _models(archive.namelist()):
                unpacked_folder(archive, packed[0], copy)
                return _open_folder(copy, name, options, digest)
            model = _only_model(archive, name, seen.head)
            _copy(archive, model, copy)
            _copy_weights(archive, model, copy.parent)
            if look_at(copy).holds is Holds.WEIGHTS:
                for member in archive.namelist():
                    if member.lower().endswith(".json"):
                        _copy(archive, member, layers)
                        if look_at(layers).holds is Holds.LAYERS:
                            return open_joined(layers, copy, name, digest, fold=options.fold)
        return _open(copy, name, digest, options, inside_zip=True)


def _copy_weights(archive: zipfile.ZipFile, model: str, folder: Path) -> None:
    """Write what a network's weights lie in beside it, under its own name."""
    for member in archive.namelist():
        if member in {model + ending for ending in WEIGHTS_BESIDE}:
            _copy(archive, member, folder / PurePosixPath(member).name)


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


def _only_model(archive: zipfile.ZipFile, name: str, head: bytes) -> str:
    members = archive.namelist()
    models = _models(members)
    if len(models) == 1:
        return models[0]
    if foreign := foreign_format(name, head, members):
        raise NetworkError(f"{name} is {foreign.words}; {foreign.way_out}.")
    endings = ", ".join(model_endings())
    raise NetworkError(f"{name} is a zip without exactly one network in it ({endings}).")


def _models(members: Iterable[str]) -> list[str]:
    """Files of a zip that are named like networks; weights only where there is nothing else.

    Those of a folder that is a network are none themselves.
    """
    names, endings = list(members), model_endings()
    packed = packed_folders(names)
    models = [
        member
        for member in names
        if member.lower().endswith(endings)
        and not member.startswith("__MACOSX/")
        and not any(PurePosixPath(member).is_relative_to(folder) for folder in packed)
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
        return f"{name} is a text file, not a model; open one of {openable_said()}."
    return f"{name} is no model that is opened here ({openable_said()}); save or export it again."
