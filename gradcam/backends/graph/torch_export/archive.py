"""The zip that `torch.export.save` writes: which member is what, and what is never opened."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gradcam.errors import NetworkError
from gradcam.formats import WRITE_PT2

PROGRAM = re.compile(r"(?P<folder>(?:[^/]+/)?)models/(?P<name>[^/]+)\.json")
OLD_PROGRAM = "serialized_exported_program.json"  # as torch wrote it before it had an archive
MAX_JSON_BYTES = 256_000_000
SCHEMA_READ = 8  # what the program is written in; its lesser number only adds
WRITE_ANEW = f"write it again with torch 2.13 or newer: `{WRITE_PT2}`"


def holds_program(members: Collection[str]) -> bool:
    """Whether a zip with such members holds an exported program, of whatever age."""
    return any(PROGRAM.fullmatch(member) or _is_old(member) for member in members)


@dataclass(frozen=True)
class Archive:
    """An open archive with one program in it.

    Attributes:
        zip: that it is.
        folder: in which everything lies, with a slash, whatever it is called; "" for none.
        program: name of the program.
        called: what people call the file.
    """

    zip: zipfile.ZipFile
    folder: str
    program: str
    called: str

    def json(self, member: str) -> Any:  # noqa: ANN401 - whatever stands there
        """A description inside the folder.

        Raises:
            NetworkError: it is missing or too large.
            ValueError: it is no JSON.
        """
        return json.loads(self.bytes(member, MAX_JSON_BYTES))

    def bytes(self, member: str, most: int) -> bytes:
        """A file inside the folder.

        Raises:
            NetworkError: it is missing, or larger than `most` bytes.
        """
        try:
            info = self.zip.getinfo(self.folder + member)
        except KeyError as error:
            raise NetworkError(f"{self.called} is damaged: {member} is missing in it.") from error
        if info.file_size > most:
            raise NetworkError(f"{self.called} was not opened: {member} in it is too large.")
        return self.zip.read(info)

    def has(self, member: str) -> bool:
        """Whether a file is inside the folder."""
        return self.folder + member in self.zip.NameToInfo


def found_in(archive: zipfile.ZipFile, called: str) -> Archive:
    """The one program of a zip.

    Raises:
        NetworkError: there are several, or it was written by a torch too old.
    """
    members = archive.namelist()
    programs = [match for member in members if (match := PROGRAM.fullmatch(member))]
    if not programs:
        raise NetworkError(f"{called} was written by {_old_torch(archive)}; {WRITE_ANEW}.")
    if len(programs) > 1:
        raise NetworkError(
            f"{called} holds {len(programs)} programs of torch.export; save one of them alone."
        )
    return Archive(archive, programs[0]["folder"], programs[0]["name"], called)


def _is_old(member: str) -> bool:
    return member.rpartition("/")[2] == OLD_PROGRAM


def _old_torch(archive: zipfile.ZipFile) -> str:
    """The torch that wrote an old archive, in words, as far as it says so."""
    old = next(member for member in archive.namelist() if _is_old(member))
    if archive.getinfo(old).file_size <= MAX_JSON_BYTES:
        try:
            version = str(json.loads(archive.read(old))["torch_version"])
        except (ValueError, KeyError, TypeError, RecursionError):
            version = ""
        if re.fullmatch(r"[\w.+-]{1,40}", version):
            return f"torch {version}"
    return "a torch older than 2.9"
