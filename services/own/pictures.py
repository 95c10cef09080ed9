"""A file that a person brings to be explained: in memory, for one session, a few at most."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath

from gradcam import PictureError
from services.media.medium import Medium, Reading
from services.sample import Sample

LARGEST = 15_000_000  # bytes of a file
MOST = 8  # files a session keeps; the oldest goes
MARK = "own:"  # of ids in a link, which no sample's path begins with


@dataclass(frozen=True)
class OwnPicture:
    """A file of a person's own.

    Attributes:
        name: as the person calls it.
        content: its bytes.
    """

    name: str
    content: bytes = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def id(self) -> str:
        """As a sample, and in a link."""
        return f"{MARK}{self.digest[:8]}/{self.name}"


def brought(name: str, content: bytes, medium: Medium) -> OwnPicture:
    """A file of a person's own, once it is known that it can be read.

    Args:
        name: of the file.
        content: its bytes.
        medium: of the project that it is brought to.

    Raises:
        PictureError: it is too large, damaged, or of another kind, in a whole sentence.
    """
    short = PurePath(name.replace("\\", "/")).name[-80:] or "picture"
    picture = OwnPicture(short, content)
    if len(content) > LARGEST:
        raise PictureError(
            f"{short} is larger than {LARGEST // 1_000_000} MB; save it smaller and bring it again."
        )
    try:
        read_own(picture, medium)
    except PictureError as error:
        why = str(error).rstrip(".")
        raise PictureError(
            f"{short} cannot be explained: {why}; this network takes {medium.accepts}."
        ) from error
    return picture


def kept_with(pictures: Sequence[OwnPicture], new: OwnPicture) -> tuple[OwnPicture, ...]:
    """The last few, the new one last."""
    return (*(each for each in pictures if each.id != new.id), new)[-MOST:]


def read_own(picture: OwnPicture, medium: Medium) -> list[tuple[Sample, Reading]]:
    """Read a file as a medium does; it is on no disk longer than that.

    Returns:
        The samples that it is, of which a sound may have several, each with what was read of it.

    Raises:
        PictureError: it is damaged, too large, or of another kind.
    """
    with tempfile.TemporaryDirectory(prefix="gradcam-own-") as folder:
        path = Path(folder) / f"own{PurePath(picture.name).suffix.lower()}"
        path.write_bytes(picture.content)
        readings = []
        for sample in medium.parted([Sample(picture.id, path, None)]):
            reading = medium.read(path, sample.window)
            # Whatever is read late has to be read now.
            _ = reading.picture, reading.tensor, reading.heard
            readings.append((replace(sample, path=Path(picture.id)), reading))
    return readings
