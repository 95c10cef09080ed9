"""One sample of a project, as Studio keeps it."""

from __future__ import annotations

import hashlib
import io
import wave
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.studio.clock import LONG_AGO
from tests.studio.impulse import Windows

Values = NDArray[np.int16]

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
        modified: when it was changed last; None where it never was.
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
    modified: datetime | None = None

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
    def is_sound(self) -> bool:
        """Whether the sample can be had as a WAV file."""
        return self.media_type.startswith("audio/")

    @cached_property
    def values(self) -> Values:
        """A sound's values as they are stored: (n,) int16; of anything else none."""
        return self._sound[0]

    @property
    def frequency(self) -> int:
        """Values a second of a sound; 0 of anything else."""
        return self._sound[1]

    @cached_property
    def _sound(self) -> tuple[Values, int]:
        nothing = np.zeros(0, np.int16), 0
        if not self.is_sound:
            return nothing
        try:
            with wave.open(io.BytesIO(self.content)) as opened:
                values = np.frombuffer(opened.readframes(opened.getnframes()), np.int16)
                return values, opened.getframerate()
        except (wave.Error, EOFError):  # a broken upload is a sample too
            return nothing

    def label_of(self, windows: Windows, start: int) -> str:
        """The label of the window that begins at a value."""
        last = start + windows.length - 1
        if windows.labeling == "anywhere-in-window":
            for span in self.structured_labels:
                if span.label in windows.labels and span.start <= last and span.end >= start:
                    return span.label
        at_end = [span.label for span in self.structured_labels if span.start <= last <= span.end]
        return at_end[0] if at_end else self.label

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
