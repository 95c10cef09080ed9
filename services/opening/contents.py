"""What the sources hold whose files lie in a folder, or come into one without a person's key."""

from __future__ import annotations

from services.buckets.fetching import read_bucket
from services.sources.content import SourceContent
from services.sources.folder import locate, read_folder
from services.sources.reference import SourceKind, SourceReference
from services.sources.upload import read_upload
from services.work.progress import Progress


def content_of(reference: SourceReference, progress: Progress) -> SourceContent:
    """What a demo, a folder, an upload or a bucket holds.

    Raises:
        ProjectError: one sentence on why it cannot be opened.
        Cancelled: the person left.
    """
    if reference.kind is SourceKind.BUCKET:
        return read_bucket(reference, progress)
    progress.begin("Reading the folder")
    if reference.kind is SourceKind.UPLOAD:
        return read_upload(reference)
    return read_folder(locate(reference), dict(reference.picks))
