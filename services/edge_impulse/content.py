"""What came instead of what was asked for: bytes are looked at, not believed."""

from __future__ import annotations

from enum import Enum

from services.edge_impulse.errors import StudioError, refusal

ENDINGS = {
    b"\xff\xd8\xff": ".jpg",
    b"\x89PNG": ".png",
    b"RIFF": ".webp",
    b"GIF8": ".gif",
    b"BM": ".bmp",
    b"II*\0": ".tif",
    b"MM\0*": ".tif",
}
ZIP = b"PK\x03\x04"
RIFF, RIFF_FORM_AT = b"RIFF", 8  # pictures, sounds and films begin so
HDF5 = b"\x89HDF"
TFLITE, TFLITE_AT = b"TFL3", 4  # behind the first offset


class Content(Enum):
    """What a download should be: in words, what it may begin with, where, and its form of RIFF."""

    PICTURE = "a picture", tuple(ENDINGS), 0, b"WEBP"
    SOUND = "a WAV file", (RIFF,), 0, b"WAVE"
    NETWORK = "a Keras model", (ZIP, HDF5), 0, b""
    LITE = "a TensorFlow Lite model", (TFLITE,), TFLITE_AT, b""
    ARCHIVE = "a zip", (ZIP,), 0, b""

    @property
    def words(self) -> str:
        """In words."""
        return self.value[0]

    @property
    def magic(self) -> tuple[bytes, ...]:
        """What it may begin with."""
        return self.value[1]

    def begins(self, head: bytes) -> bool:
        """Whether the first bytes are of such a file."""
        _, magic, offset, form = self.value
        if head.startswith(RIFF):
            return bool(form) and head.startswith(form, RIFF_FORM_AT)
        return head.startswith(magic, offset)


def check_content(expected: Content, head: bytes, content_type: str) -> None:
    """Refuse what is not what was asked for.

    Args:
        expected: what was asked for.
        head: the first bytes, or all of them.
        content_type: as the server calls it.

    Raises:
        StudioError: it is something else; with Studio's own words, if it is an error in JSON.
    """
    if expected.begins(head):
        return
    if "json" in content_type or head.lstrip().startswith(b'{"'):
        raise refusal(200, head)
    what = "a web page" if "html" in content_type or b"<html" in head[:500].lower() else "something"
    instead = f"{what} else" if what == "something" else what
    raise StudioError(
        f"Studio sends {instead} where {expected.words} should be; try again later.", 200
    )


def ending_of(picture: bytes) -> str:
    """The file name's ending for a picture, by its first bytes."""
    return next(ending for magic, ending in ENDINGS.items() if picture.startswith(magic))
