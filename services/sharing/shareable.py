"""What can belong to somebody, or be shared by them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

EVERYONE = "*"  # in place of a person


class ShareableKind(StrEnum):
    """The kinds of what belongs to people."""

    UPLOAD = "upload"
    EXPORT = "export"
    PROJECT = "project"  # that an admin shares: it belongs to nobody


@dataclass(frozen=True)
class Shareable:
    """Something that belongs to people, or is shared by them.

    Attributes:
        kind: what it is.
        name: the digest of an upload or export, the source of a project.
    """

    kind: ShareableKind
    name: str
