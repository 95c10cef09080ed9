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
HDF5 = b"\x89HDF"


class Content(Enum):
    """What a download should be, with the bytes that it may begin with."""

    PICTURE = "a picture", tuple(ENDINGS)
    NETWORK = "a Keras model", (ZIP, HDF5)
    ARCHIVE = "a zip", (ZIP,)

    @property
    def words(self) -> str:
        """In words."""
        return self.value[0]

    @property
    def magic(self) -> tuple[bytes, ...]:
        """What it may begin with."""
        return self.value[1]


def check_content(expected: Content, head: bytes, content_type: str) -> None:
    """Refuse what is not what was asked for.

    Args:
        expected: what was asked for.
        head: the first bytes, or all of them.
        content_type: as the server calls it.

    Raises:
        StudioError: it is something else; with Studio's own words, if it is an error in JSON.
    """
    other = head.startswith(b"RIFF") and head[8:12] != b"WEBP"  # a WAVE or an AVI begins so too
    if head.startswith(expected.magic) and not other:
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
