"""One sample of a project, as Studio keeps it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath

from PIL import Image

from tests.studio.clock import LONG_AGO

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "audio/wav": ".wav",
    "application/json": ".json",
}


class Category(StrEnum):
    """Where a sample belongs; the values are the API's and the export's."""

    TRAINING = "training"
    TESTING = "testing"
    VALIDATION = "validation"  # new: known to the official client, not to the description
    POST_PROCESSING = "post-processing"


@dataclass(frozen=True)
class BoundingBox:
    """A labelled rectangle in pixels of the original picture."""

    label: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class LabelSpan:
    """A label of a part of a sample, `end` included."""

    start: int
    end: int
    label: str


@dataclass(frozen=True)
class StudioSample:
    """A sample. Change one with `StudioProject.change_sample`.

    Attributes:
        id: unique in the project; listings begin with the largest.
        filename: the name without the extension, as the API gives it.
        content: the bytes as uploaded.
        label: empty for an unlabelled sample.
        stored_name: the file's name in storage; made from filename and content unless given.
        sha256_given: a hash to claim instead of the content's own.
        structured_labels: spans, which make the sample multi-label.
        label_map: key and value labels.
    """

    id: int
    filename: str
    content: bytes = field(repr=False)
    label: str = ""
    category: Category = Category.TESTING
    media_type: str = "image/jpeg"
    boxes: tuple[BoundingBox, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    is_disabled: bool = False
    is_processing: bool = False
    structured_labels: tuple[LabelSpan, ...] = ()
    label_map: Mapping[str, str] | None = None
    stored_name: str = ""
    sha256_given: str = ""
    added: datetime = LONG_AGO

    def __post_init__(self) -> None:
        if not self.stored_name:
            object.__setattr__(self, "stored_name", self._made_up_name())

    @cached_property
    def sha256(self) -> str:
        """Hash of the content, or the one given."""
        return self.sha256_given or hashlib.sha256(self.content).hexdigest()

    @property
    def is_picture(self) -> bool:
        """Whether the sample can be had as an image file."""
        return self.media_type.startswith("image/")

    @property
    def extension(self) -> str:
        """The stored file's, with its dot."""
        return EXTENSIONS.get(self.media_type, ".bin")

    @cached_property
    def size(self) -> tuple[int, int] | None:
        """Columns and rows of a picture."""
        if not self.is_picture:
            return None
        try:
            with Image.open(io.BytesIO(self.content)) as picture:
                return picture.size
        except OSError:  # a broken upload is a sample too
            return None

    def _made_up_name(self) -> str:
        """As real exports have it: name, original extension, upload id, pod, extension."""
        digest = hashlib.sha256(self.content).hexdigest()
        base = self.filename
        if PurePosixPath(base).suffix.lower() not in EXTENSIONS.values():
            base += self.extension
        return f"{base}.{digest[:8]}.ingestion-{digest[8:18]}-{digest[18:23]}{self.extension}"
