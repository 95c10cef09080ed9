"""An uploaded model and a zip of pictures, unpacked within limits."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from gradcam.loading import model_endings
from services.errors import ProjectError, UploadGoneError
from services.keeping.bound import growing
from services.keeping.drawers import UPLOADS
from services.keeping.locks import hold
from services.media.kinds import is_sample
from services.people.person import Action, Person, demand
from services.sharing.rights import may_open, take_in
from services.sharing.shareable import Shareable, ShareableKind
from services.sources.archive import (
    Limits,
    check_archive,
    is_folder,
    is_sample_in,
    member_path,
    unpack_member,
)
from services.sources.class_lists.reading import may_name_classes
from services.sources.content import SourceContent
from services.sources.deployment import DEPLOYMENT, hide_key
from services.sources.folder import locate, read_folder
from services.sources.labels.boxes.voc import VOC_ENDING
from services.sources.labels.detection import BOXES
from services.sources.labels.info import INFO
from services.sources.labels.table import TABLE_ENDINGS
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import SourceKind, SourceReference
from services.sources.tree import is_left_behind
from services.sources.unopened import unopened_said
from services.spelling import some_of

UNPACKED = b"4"  # how: what an older version unpacked otherwise stays for its links alone


def keep_upload(
    person: Person,
    model_name: str,
    model: BinaryIO,
    pictures: BinaryIO,
    limits: Limits | None = None,
) -> SourceReference:
    """Unpack an upload to the server's cache; it then belongs to whoever brought it.

    Args:
        person: who brings it.
        model_name: the model file's name.
        model: its bytes.
        pictures: a zip with class folders, `info.labels` or `labels.csv`.
        limits: what the zip may hold.

    Returns:
        The source, named by the digest of both files: the same upload is the same project.

    Raises:
        NotAllowedError: they may not.
        ProjectError: the zip is damaged, too large, or expands too much; or they keep too much.
    """
    demand(person, Action.UPLOAD)
    limits = limits or Limits()
    digest = hashlib.sha256(UNPACKED + _digest(model) + _digest(pictures)).hexdigest()[:32]
    uploads = UPLOADS.folder
    target = uploads / digest
    take_in(person, Shareable(ShareableKind.UPLOAD, digest), _safe_model_name(model_name))
    if not target.is_dir():
        try:
            uploads.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (
                growing(target),
                tempfile.TemporaryDirectory(dir=uploads, prefix=".part-") as part,
            ):
                _unpack(model_name, model, pictures, Path(part), limits)
                # A rename at the end: half an upload never counts as one.
                Path(part).rename(target)
                Path(part).mkdir()  # what TemporaryDirectory removes
        except OSError as error:
            if not target.is_dir():
                raise ProjectError("The upload could not be kept; the disk may be full.") from error
    with suppress(OSError):
        hold(target).release()  # it is wanted again: others go before it
    return SourceReference(SourceKind.UPLOAD, digest)


def demand_upload(person: Person, reference: SourceReference) -> None:
    """Have a source be no upload that a person may not open.

    Raises:
        UploadGoneError: it is; whether it is kept is not told.
        DatabaseError: it cannot be known.
    """
    item = Shareable(ShareableKind.UPLOAD, reference.place)
    if reference.kind is SourceKind.UPLOAD and not may_open(person, item):
        raise UploadGoneError


def read_upload(reference: SourceReference) -> SourceContent:
    """What an upload holds; its files stay as long as that.

    Raises:
        UploadGoneError: it is no longer kept.
        ProjectError: it is no project.
    """
    folder = locate(reference)
    try:
        held = hold(folder)
    except OSError as error:  # removed just now
        raise UploadGoneError from error
    content = read_folder(folder, dict(reference.picks))
    name = content.model.name.split(".")[0].replace("_", " ")  # the folder's is its digest
    return replace(content, name=name, held=held)


def _digest(file: BinaryIO) -> bytes:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]
    file.seek(0)
    return digest


def _unpack(
    model_name: str, model: BinaryIO, pictures: BinaryIO, folder: Path, limits: Limits
) -> None:
    with (folder / _safe_model_name(model_name)).open("wb") as sink:
        shutil.copyfileobj(model, sink)
    try:
        with zipfile.ZipFile(pictures) as archive:
            check_archive(archive.infolist(), limits)
            for info in archive.infolist():
                if _wanted(archive, info):
                    place = member_path(info)
                    unpack_member(archive, info, folder / "pictures", place, limits)
                    hide_key(folder / "pictures" / place)
            members = [info for info in archive.infolist() if not is_folder(info)]
            inner = [info.filename for info in members if _is_zip(info)]
            others = unopened_said(member_path(info) for info in members if _is_shown(info))
    except ProjectError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise ProjectError("The samples' file is not a readable zip; pack it again.") from error
    pictures_there = folder / "pictures"
    if not any(is_sample(path) for path in pictures_there.rglob("*")):
        raise ProjectError(_why_no_picture(inner, others))
    own = sorted(pictures_there.rglob(PROJECT_FILE), key=lambda path: len(path.parts))
    if own:  # it counts, but not its word on where the files are
        lines = own[0].read_text(encoding="utf-8-sig", errors="replace").splitlines()
        kept = [line for line in lines if line.split("=")[0].strip() not in {"model", "data"}]
        (folder / PROJECT_FILE).write_text("\n".join(kept) + "\n", encoding="utf-8")


def _why_no_picture(inner: Sequence[str], others: str) -> str:
    if inner:
        return (
            f"The zip holds no sample but other zips ({some_of(inner, 3)}); "
            "unpack them, and pack the folders that were in them."
        )
    return f"There is no sample in the zip{others}; pack a folder for each class."


def _safe_model_name(name: str) -> str:
    """The person's own name, for the sentences that speak of the file."""
    own = Path(name).name
    endings = (".h5.zip", ".zip", *model_endings())
    suffix = next((ending for ending in endings if own.lower().endswith(ending)), "")
    stem = "".join(c if c.isalnum() or c in " _-." else "_" for c in own[: len(own) - len(suffix)])
    return (stem.strip(" .")[:80] or "model") + (suffix or ".h5")


def _wanted(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    path = member_path(info)
    # What leads out of the folder is no matter of hidden files: it is refused.
    if not path.parts or any(is_left_behind(part) for part in path.parts if part != ".."):
        return False
    return is_folder(info) or is_sample_in(archive, info) or _tells_labels(path)


def _is_zip(info: zipfile.ZipInfo) -> bool:
    return member_path(info).suffix.lower() == ".zip" and _is_shown(info)


def _is_shown(info: zipfile.ZipInfo) -> bool:
    return not any(map(is_left_behind, member_path(info).parts))


def _tells_labels(path: PurePosixPath) -> bool:
    own = path.name in {INFO, DEPLOYMENT, BOXES, PROJECT_FILE}
    told = path.suffix.lower() in {*TABLE_ENDINGS, VOC_ENDING}  # YOLO's and COCO's are as tables'
    return own or told or may_name_classes(path.name)
