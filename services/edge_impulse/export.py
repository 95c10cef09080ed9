"""The test set by Studio's export: one zip of the whole project, which Studio has to make first."""

from __future__ import annotations

import errno
import hashlib
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath

from services.edge_impulse.client import StudioClient
from services.edge_impulse.content import Content
from services.edge_impulse.download import download
from services.edge_impulse.errors import StudioError
from services.edge_impulse.feeds.feed import Feed
from services.edge_impulse.model import StudioExport, StudioSample
from services.edge_impulse.shelf import Shelf, remove_others
from services.edge_impulse.test_set import Fetched
from services.errors import Cancelled, ProjectError
from services.media.kinds import is_sample
from services.settings import settings
from services.sources.archive import Limits, check_archive, is_sample_in, unpack_member
from services.sources.labels.info import INFO, info_entries
from services.work.progress import Progress

LIMITS = Limits(files=200_000, total_bytes=50_000_000_000)
RENEWALS = 3  # of an address that has expired
LOOKS = 20  # for a finished job's export to be shown


def fetch_export(
    client: StudioClient,
    project: int,
    feed: Feed,  # noqa: ARG001 - the same face as the way that fetches one by one
    samples: Sequence[StudioSample],
    shelf: Shelf,
    progress: Progress,
) -> Fetched:
    """Have the test set's files by an export; one of the same samples is not made again.

    Raises:
        StudioError: the key may not start it, it failed, or it cannot be fetched.
        ProjectError: the zip is damaged or larger than any test set, or the disk is full.
        Cancelled: the person left; then the job in Studio is stopped, and nothing half-made stays.
    """
    listing = _digest(samples)
    folder = shelf.exports / listing
    came = 0
    if not folder.is_dir():
        packed = shelf.folder / "export.zip"
        export = _begun(client, project, listing, shelf) or _made(client, project, progress)
        shelf.note("export", {"listing": listing, "created": export.created.isoformat()})
        try:
            came = _downloaded(client, project, export, packed, progress)
            _unpack(packed, folder, progress)
        except StudioError as error:
            if error.status == HTTPStatus.OK:  # a broken connection may be gone on with
                shelf.forget("export")
            raise
        except (Cancelled, ProjectError):
            shelf.forget("export")
            raise
        finally:
            packed.unlink(missing_ok=True)
        shelf.forget("export")
        remove_others(shelf.exports, [folder.name])
    return Fetched(files_by_identity(samples, folder), {}, int(came > 0), came)


def follow(client: StudioClient, project: int, job: int, what: str, progress: Progress) -> datetime:
    """Wait for a job in Studio, telling the last line of its log; when it was started.

    Raises:
        StudioError: it failed.
        Cancelled: the person left; the job is stopped.
    """
    progress.begin(what)
    pause = 0.1
    try:
        while True:
            told = client.job(project, job)
            words = client.last_words(project, job)
            if told.succeeded is not None:
                break
            progress.say(f"{what}: {words}" if words else what)
            progress.pause(pause)
            pause = min(pause * 1.5, settings().studio_poll)
    except Cancelled:
        with suppress(StudioError):
            client.cancel(project, job)
        raise
    if not told.succeeded:
        reason = f"; it says “{words}”" if words else ""
        raise StudioError(f"{what}: that job failed{reason}. Try again in a while.")
    return told.created


def _begun(client: StudioClient, project: int, listing: str, shelf: Shelf) -> StudioExport | None:
    """The export that an earlier process was fetching, if it is of these samples."""
    notes = shelf.notes("export")
    if notes.get("listing") != listing:
        return None
    export = client.export(project)
    return export if export and export.created.isoformat() == notes.get("created") else None


def _made(client: StudioClient, project: int, progress: Progress) -> StudioExport:
    progress.begin("Asking Studio for an export")
    started = follow(
        client, project, client.start_export(project), "Studio packs the export", progress
    )
    pause = 0.1
    for _ in range(LOOKS):
        export = client.export(project)
        if export is not None and export.created >= started:  # an older one has other samples
            return export
        progress.pause(pause)
        pause = min(pause * 1.5, settings().studio_poll)
    raise StudioError(
        "Studio says that the export is done but shows an older one; try again, "
        "or fetch the test set sample by sample."
    )


def _downloaded(
    client: StudioClient, project: int, export: StudioExport, packed: Path, progress: Progress
) -> int:
    progress.begin("Downloading the export")
    for _ in range(RENEWALS):
        try:
            return download(client.transport, export.url, packed, Content.ARCHIVE, progress)
        except StudioError as error:
            if error.status not in {401, 403, 404, 410}:
                raise
            last = error
        fresh = client.export(project)
        if fresh is None or fresh.created != export.created:
            break
        export = fresh
    raise StudioError(
        "The address of the export expires before the export can be fetched; try again."
    ) from last


def _unpack(packed: Path, folder: Path, progress: Progress) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with (
            zipfile.ZipFile(packed) as archive,
            tempfile.TemporaryDirectory(dir=folder.parent, prefix=".part-") as part,
        ):
            check_archive(archive.infolist(), LIMITS)
            members = [info for info in archive.infolist() if _wanted(archive, info)]
            progress.begin("Unpacking the export", len(members))
            for info in members:
                place = PurePosixPath(*PurePosixPath(info.filename).parts[1:])
                _unpack_one(archive, info, Path(part) / "testing", place)
                progress.advance()
            if not (Path(part) / "testing").is_dir():
                raise StudioError("The export holds no sample of the test set.", 200)
            (Path(part) / "testing").rename(folder)
    except ProjectError:  # a ValueError too, but one that knows its reason
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise StudioError("The export that came is damaged; try again.", 200) from error
    except OSError as error:
        raise ProjectError("The export cannot be unpacked; the disk may be full.") from error


def _unpack_one(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, folder: Path, place: PurePosixPath
) -> None:
    try:
        unpack_member(archive, info, folder, place, LIMITS)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:  # no disk takes that name; the others still come
            raise


def _wanted(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    inside = len(path.parts) > 1 and path.parts[0] == "testing" and not info.is_dir()
    return inside and (is_sample_in(archive, info) or path.name == INFO)


def files_by_identity(samples: Sequence[StudioSample], folder: Path) -> dict[str, Path]:
    """Files of an export by the samples' identities.

    By the name that the export gives them; where that fails by their content, then by name and
    label where these tell one sample from all others. In an export of another listing names tell
    nothing: a picture may have changed under its own.
    """
    files = {path.name: path for path in sorted(folder.rglob("*")) if is_sample(path)}
    by_name = folder.name == _digest(samples)
    known = [sample for sample in samples if by_name and sample.stored_as in files]
    paths = {sample.identity: files.pop(sample.stored_as) for sample in known}
    rest = [s for s in samples if s.identity not in paths and not s.problem]
    if not (rest and files):
        return paths
    contents = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files.values()}
    named = _named(folder, files) if by_name else {}
    alike = Counter((sample.name, sample.label) for sample in samples)
    for sample in rest:
        path = contents.get(sample.hash)
        if path is None and alike[sample.name, sample.label] == 1:
            path = named.get((sample.name, sample.label))
        if path is not None:
            paths[sample.identity] = path
    return paths


def _named(folder: Path, files: Mapping[str, Path]) -> dict[tuple[str, str], Path]:
    """Files by the name and label that the export's own label file gives them, if only one has."""
    paths: dict[tuple[str, str], list[Path]] = {}
    try:
        entries = list(info_entries(folder / INFO))
    except ProjectError:  # missing or damaged
        return {}
    for entry in entries:
        label = entry.get("label")
        text = str(label.get("label", "")) if isinstance(label, dict) else ""
        name = PurePosixPath(str(entry.get("path"))).name
        if name in files:
            paths.setdefault((str(entry.get("name")), text), []).append(files[name])
    return {key: several[0] for key, several in paths.items() if len(several) == 1}


def _digest(samples: Sequence[StudioSample]) -> str:
    text = "\n".join(f"{sample.id} {sample.identity}" for sample in samples)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
