"""Zips from elsewhere: unpacked within limits on count, size, ratio and place."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from services.errors import ProjectError
from services.media.kind import HEAD
from services.media.kinds import holds_sample

CHUNK = 1 << 20
UTF_8 = 0x800  # flag of a name that says so


@dataclass(frozen=True)
class Limits:
    """What a zip may hold.

    Attributes:
        files: at most so many.
        total_bytes: unpacked, all together.
        file_bytes: unpacked, each.
        ratio: unpacked size over packed size; pictures hardly shrink, bombs do.
    """

    files: int = 20_000
    total_bytes: int = 1_000_000_000
    file_bytes: int = 50_000_000
    ratio: int = 100


def check_archive(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Look a zip's list of contents over.

    Raises:
        ProjectError: it holds too many files, too many bytes, or expands as no pictures do.
    """
    if len(members) > limits.files:
        raise ProjectError(f"The zip holds {len(members):,} files; at most {limits.files:,} go.")
    unpacked = sum(info.file_size for info in members)
    packed = max(1, sum(info.compress_size for info in members))
    if unpacked > limits.total_bytes:
        raise ProjectError(
            f"The zip unpacks to {unpacked / 1e9:.1f} GB; "
            f"at most {limits.total_bytes / 1e9:.1f} GB go."
        )
    if unpacked > limits.ratio * packed and unpacked > limits.file_bytes:
        raise ProjectError(
            f"The zip expands to {unpacked // packed:,} times its size, which no samples do; "
            "it was not opened."
        )


def member_path(info: zipfile.ZipInfo) -> PurePosixPath:
    """Where a file or folder of a zip belongs, by its name.

    Windows' own tools write backslashes between folders, and many others UTF-8 without saying so.
    """
    name = info.filename
    if not info.flag_bits & UTF_8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return PurePosixPath(name.replace("\\", "/"))


def is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether a zip lists a folder there."""
    return info.filename.endswith(("/", "\\")) and not info.file_size


def is_sample_in(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Whether a file of a zip is a sample; see `is_sample`."""

    def head() -> bytes:
        with archive.open(info) as file:
            return file.read(HEAD)

    return holds_sample(member_path(info), head)


def unpack_member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    folder: Path,
    place: PurePosixPath,
    limits: Limits,
) -> None:
    """Write one file or folder of a zip to where it belongs in a folder.

    Args:
        archive: the zip.
        info: which file.
        folder: where to.
        place: its path in there.
        limits: how large it may be, whatever the zip's own list says.

    Raises:
        ProjectError: it is larger, or its name leads out of the folder.
    """
    target = (folder / place).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise ProjectError("The zip names files outside its own folder; it was not opened.")
    if is_folder(info):
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, target.open("wb") as sink:
        while chunk := source.read(CHUNK):  # what the header claims is not trusted
            written += len(chunk)
            if written > limits.file_bytes:
                raise ProjectError(
                    f"A file in the zip is larger than {limits.file_bytes // 1_000_000} MB."
                )
            sink.write(chunk)
