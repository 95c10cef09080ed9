"""What a person confirmed, written down as project.toml; all else that stands there stays."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile

import tomlkit
from tomlkit.exceptions import TOMLKitError

from gradcam import Scaling
from services.errors import ProjectError
from services.media.input_options import DEVIATION, EXIF, MEAN, SCALING, Turning, numbers_in
from services.settings import settings
from services.sources.folder import locate
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import SourceKind, SourceReference

INPUT = "input"
_OTHER_NAMES = {DEVIATION.name: "std"}


def input_table(values: Mapping[str, str]) -> Mapping[str, object]:
    """The lines below [input] that give a medium its values.

    Args:
        values: of a medium's options, by name; see `Medium.values`.
    """
    lines: dict[str, object] = {name: str(value) for name, value in values.items() if value}
    if EXIF.name in lines:
        lines[EXIF.name] = lines[EXIF.name] == Turning.HEEDED
    for option in (MEAN, DEVIATION):
        if option.name in lines:
            lines[option.name] = list(numbers_in(values[option.name]))
    if lines.get(SCALING.name) == Scaling.OWN:
        lines[SCALING.name] = str(Scaling.RAW)  # what the numbers are of
    return lines


def with_input(text: str, lines: Mapping[str, object]) -> str:
    """A project.toml with other lines below [input], and everything else as it was.

    Raises:
        ProjectError: the text is no TOML.
    """
    try:
        whole = tomlkit.parse(text)
        table = whole.setdefault(INPUT, tomlkit.table())
        for name in lines.keys() & _OTHER_NAMES.keys():
            table.pop(_OTHER_NAMES[name], None)
        table.update(lines)
        return tomlkit.dumps(whole)
    except (TOMLKitError, AttributeError) as error:
        raise ProjectError(f"{PROJECT_FILE} cannot be read, so nothing was written.") from error


def confirmed_text(reference: SourceReference, values: Mapping[str, str]) -> str:
    """The project.toml of a source with what a person confirmed.

    Raises:
        ProjectError: the one that is there cannot be read.
    """
    return with_input(_present(reference), input_table(values))


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


def write_confirmed(reference: SourceReference, values: Mapping[str, str]) -> Path:
    """Write what a person confirmed into the source's folder; its path.

    Raises:
        ProjectError: it cannot be written.
    """
    path = locate(reference) / PROJECT_FILE
    text = confirmed_text(reference, values)
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
