"""What a person confirmed, written down as project.toml; all else that stands there stays."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit
from tomlkit.exceptions import TOMLKitError

from services.errors import ProjectError
from services.media.input_options import DEVIATION
from services.media.medium import WrittenTable
from services.people.person import Action, Person, demand
from services.settings import settings
from services.sources.folder import locate
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import SourceKind, SourceReference

_OTHER_NAMES = {DEVIATION.name: "std"}


def with_table(text: str, written: WrittenTable) -> str:
    """A project.toml with other lines in one table, and everything else as it was.

    Args:
        text: as it was.
        written: its lines, see `Medium.written`.

    Raises:
        ProjectError: the text is no TOML.
    """
    try:
        whole = tomlkit.parse(text)
        table = whole.setdefault(written.name, tomlkit.table())
        for key in written.lines.keys() & _OTHER_NAMES.keys():
            table.pop(_OTHER_NAMES[key], None)
        for key in set(table) - set(written.lines) if written.alone else ():
            table.pop(key)
        table.update(written.lines)
        return tomlkit.dumps(whole)
    except (TOMLKitError, AttributeError) as error:
        raise ProjectError(f"{PROJECT_FILE} cannot be read, so nothing was written.") from error


def confirmed_text(reference: SourceReference, written: WrittenTable) -> str:
    """The project.toml of a source with what a person confirmed.

    Raises:
        ProjectError: the one that is there cannot be read.
    """
    return with_table(_present(reference), written)


def may_be_written(reference: SourceReference) -> bool:
    """Whether a confirmation can be written into the source itself.

    It can where the source is a folder on one's own machine; a server that opens some folders only
    is for several people.
    """
    if reference.kind is not SourceKind.FOLDER or settings().folders is not None:
        return False
    try:
        path = locate(reference) / PROJECT_FILE
    except ProjectError:
        return False
    place = path if path.exists() else path.parent
    return not path.is_symlink() and os.access(path.parent, os.W_OK) and os.access(place, os.W_OK)


def write_confirmed(person: Person, reference: SourceReference, written: WrittenTable) -> Path:
    """Write what a person confirmed into the source's folder; its path.

    Raises:
        NotAllowedError: they may not.
        ProjectError: it cannot be written.
    """
    demand(person, Action.CONFIRM)
    path = locate(reference) / PROJECT_FILE
    text = confirmed_text(reference, written)
    try:
        with NamedTemporaryFile("wb", dir=path.parent, prefix=".project", delete=False) as part:
            part.write(text.encode())
        if path.exists():
            Path(part.name).chmod(path.stat().st_mode & 0o777)
        else:
            Path(part.name).chmod(0o644)
        Path(part.name).replace(path)
    except OSError as error:
        raise ProjectError(
            f"{PROJECT_FILE} cannot be written into {path.parent.name}; download it and put it "
            "there yourself."
        ) from error
    return path


def _present(reference: SourceReference) -> str:
    if reference.kind is SourceKind.STUDIO:
        return ""
    try:
        return (locate(reference) / PROJECT_FILE).read_bytes().decode("utf-8-sig")
    except (OSError, ProjectError):
        return ""
    except UnicodeDecodeError as error:
        raise ProjectError(f"{PROJECT_FILE} cannot be read, so nothing was written.") from error
