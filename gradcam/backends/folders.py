"""Networks that are folders: which of their files count, and how one comes out of a zip."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from gradcam.backends.graph.saved_model.opening import SavedModelReader
from gradcam.backends.reader import FolderReader
from gradcam.errors import NetworkError

FOLDER_READERS: tuple[FolderReader, ...] = (SavedModelReader(),)


def folder_reader(folder: Path) -> FolderReader | None:
    """Who opens a folder; None where it is no network."""
    return next((each for each in FOLDER_READERS if (folder / each.mark).is_file()), None)


def checked_files(reader: FolderReader, folder: Path, name: str) -> tuple[Path, ...]:
    """The files that a network in a folder is read from.

    Raises:
        NetworkError: one of them is no plain file of that folder, but leads elsewhere.
    """
    files = reader.files(folder)
    root = folder.resolve()
    for path in files:
        plain = path.is_file() and not path.is_symlink()
        if not plain or not path.resolve().is_relative_to(root):
            raise NetworkError(
                f"{path.name} in {name} leads to another place and was not opened; put the files "
                "themselves into the folder."
            )
    return files


def folder_digest(folder: Path, files: Sequence[Path]) -> str:
    """SHA-256 of some files of a folder and of what they are called in it, as hexadecimal text."""
    digest = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            own = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {own}\n".encode())
    return digest.hexdigest()


def packed_folders(members: Iterable[str]) -> list[PurePosixPath]:
    """The folders of a zip that are networks, by what marks them."""
    marks = {reader.mark for reader in FOLDER_READERS}
    paths = [PurePosixPath(each.replace("\\", "/")) for each in members]
    return [each.parent for each in paths if each.name in marks and each.parts[0] != "__MACOSX"]


def unpacked_folder(archive: zipfile.ZipFile, packed: PurePosixPath, folder: Path) -> None:
    """Write what lies in a folder of a zip to another folder; what leads out of it is left out."""
    for info in archive.infolist():
        path = PurePosixPath(info.filename.replace("\\", "/"))
        if info.is_dir() or not path.is_relative_to(packed) or ".." in path.parts:
            continue
        target = folder / path.relative_to(packed)
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink)
