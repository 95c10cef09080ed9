"""Where in an object store a project lies, and whether this server may go there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from services.errors import ProjectError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Store(StrEnum):
    """The kinds of object stores, as their addresses begin."""

    S3 = "s3"
    GOOGLE = "gs"
    AZURE = "az"


@dataclass(frozen=True)
class BucketPlace:
    """A folder in a bucket.

    Attributes:
        store: whose bucket.
        bucket: its name; of Azure the container's.
        folder: below it, "" for all of it.
    """

    store: Store
    bucket: str
    folder: str

    def __str__(self) -> str:
        """As a person types it: `s3://bucket/folder`."""
        return f"{self.store}://{self.path}"

    @property
    def path(self) -> str:
        """Bucket and folder."""
        return "/".join(filter(None, (self.bucket, self.folder)))

    @property
    def name(self) -> str:
        """What the project is called by."""
        return self.path.rpartition("/")[2]

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what a person types.

        Raises:
            ProjectError: it is none.
        """
        kind, apart, path = text.strip().partition("://")
        bucket, *folders = [part for part in path.split("/") if part] or [""]
        if (
            not apart
            or kind not in list(Store)
            or not _NAME.fullmatch(bucket)
            or not all(map(_is_folder, folders))
        ):
            raise ProjectError(
                "Type where the project lies, such as s3://bucket/folder; gs:// and az:// go as "
                "well. What opens the bucket belongs into the server's environment."
            )
        return cls(Store(kind), bucket, "/".join(folders))


def allowed(place: BucketPlace, roots: Sequence[str]) -> None:
    """Have an place lie below one of some others.

    Raises:
        ProjectError: it does not, or the others are none.
    """
    if not any(f"{place}/".startswith(f"{BucketPlace.of(root)}/") for root in roots):
        raise ProjectError(
            f"This server does not open {place.store}://{place.bucket}; its owner names "
            "buckets in GRADCAM_BUCKETS."
        )


def _is_folder(part: str) -> bool:
    # A question mark would begin options of the connection, such as another server.
    return part not in {".", ".."} and not re.search(r"[?#@\\\x00-\x1f]", part)
