"""A bucket's folder as a folder of the cache: what is new or changed is fetched, the rest stays."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from services.buckets.place import BucketPlace, Store, allowed
from services.errors import ProjectError
from services.keeping.bound import growing
from services.keeping.drawers import BUCKETS
from services.keeping.locks import alone, hold_made
from services.settings import settings
from services.sources.content import SourceContent
from services.sources.deployment import hide_key
from services.sources.folder import read_folder
from services.sources.reference import SourceReference
from services.work.progress import Progress

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

log = logging.getLogger(__name__)
HANDS = 8  # files fetched at once
MOST_FILES, MOST_BYTES = 250_000, 100_000_000_000
WAIT = 10.0  # seconds for an answer of the store
WAITING = "Waiting for somebody else who fetches this bucket"
PART = ".part"
_OPENED_BY = {
    Store.S3: "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL",
    Store.GOOGLE: "GOOGLE_APPLICATION_CREDENTIALS",
    Store.AZURE: "AZURE_STORAGE_ACCOUNT",
}


@dataclass(frozen=True)
class Object:
    """A file in a bucket.

    Attributes:
        path: in the bucket, with its name.
        inside: below the project's folder.
        size: in bytes.
        changed: when, in nanoseconds since the epoch.
    """

    path: str
    inside: PurePosixPath
    size: int
    changed: int

    def is_here(self, folder: Path) -> bool:
        """Whether it was fetched as it is now."""
        try:
            stat = (folder / self.inside).stat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed)


def read_bucket(reference: SourceReference, progress: Progress) -> SourceContent:
    """What lies in a bucket's folder; its files stay in the cache as long as that.

    Raises:
        ProjectError: it may not be opened, cannot be read, or is no project.
        Cancelled: the person left; what was fetched is not fetched again.
    """
    place = BucketPlace.of(reference.place)
    allowed(place, settings().buckets)
    shelf = BUCKETS.folder / hashlib.sha256(str(place).encode()).hexdigest()[:32]
    held = hold_made(shelf)
    folder = shelf / place.name
    try:
        with growing(shelf), alone(shelf / ".lock", progress, WAITING):
            _fetch(place, folder, progress)
    except OSError as error:
        log.warning("%s: %s", place, error)
        raise ProjectError(_why(place, error)) from error
    progress.begin("Reading the folder")
    return replace(read_folder(folder, dict(reference.picks)), held=held)


def _why(place: BucketPlace, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"There is nothing at {place}; check bucket and folder."
    return (
        f"{place} cannot be read, or not be kept in the cache. What opens the bucket stands in "
        f"the server's environment ({_OPENED_BY[place.store]}); the log has the reason."
    )


def _fetch(place: BucketPlace, folder: Path, progress: Progress) -> None:
    progress.begin("Listing the bucket")
    store = _store(place.store)
    objects = list(_listed(store, place, progress))
    if not objects:
        raise FileNotFoundError(str(place))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_others(folder, objects)
    missing = [each for each in objects if not each.is_here(folder)]
    progress.begin("Fetching files", len(missing))
    with ThreadPoolExecutor(HANDS, thread_name_prefix="bucket") as hands:
        coming = [hands.submit(_fetch_one, store, each, folder) for each in missing]
        try:
            for done in as_completed(coming):
                progress.advance(volume=done.result())
        finally:
            hands.shutdown(cancel_futures=True)


def _store(kind: Store) -> FileSystem:
    """The store with the credentials of the environment; none travels in a link."""
    from pyarrow import fs  # it takes its time, and few have buckets

    match kind:
        case Store.S3:
            own = os.environ.get("AWS_ENDPOINT_URL")  # Arrow itself does not look there
            return fs.S3FileSystem(
                endpoint_override=own, connect_timeout=WAIT, request_timeout=WAIT
            )
        case Store.GOOGLE:
            return fs.GcsFileSystem()
        case Store.AZURE:
            return fs.AzureFileSystem(os.environ.get("AZURE_STORAGE_ACCOUNT", ""))


def _listed(store: FileSystem, place: BucketPlace, progress: Progress) -> Iterator[Object]:
    from pyarrow import fs

    size = 0
    selector = fs.FileSelector(place.path, recursive=True)
    for number, info in enumerate(store.get_file_info(selector)):
        inside = PurePosixPath(info.path.removeprefix(place.path).lstrip("/"))
        if info.type is not fs.FileType.File or not _is_plain(inside):
            continue
        size += info.size
        if number >= MOST_FILES or size > MOST_BYTES:
            raise ProjectError(
                f"{place} holds more than {MOST_FILES:,} files or {MOST_BYTES // 10**9} GB; name "
                "the folder of one project in it."
            )
        yield Object(info.path, inside, info.size, info.mtime_ns or 0)
    progress.check()


def _is_plain(inside: PurePosixPath) -> bool:
    """Whether a name stays in its folder, and is not hidden."""
    return bool(inside.parts) and not any(part.startswith(".") for part in inside.parts)


def _forget_others(folder: Path, objects: Sequence[Object]) -> None:
    """What is gone from the bucket goes from the cache."""
    there = {folder / each.inside for each in objects}
    kept = there | {parent for path in there for parent in path.parents}
    for path in sorted(folder.rglob("*"), reverse=True):
        if path not in kept:
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _fetch_one(store: FileSystem, wanted: Object, folder: Path) -> int:
    """Fetch a file whole; how many bytes came."""
    target = folder / wanted.inside
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = target.with_name(f".{target.name}{PART}")
    try:
        with store.open_input_stream(wanted.path) as source, part.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        hide_key(part, target.name)
        os.utime(part, ns=(wanted.changed, wanted.changed))
        part.replace(target)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    return wanted.size
