"""Names of overlays: the samples' own, safe on every system, no two alike."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_SAMPLE = re.compile(
    r"\.(jpe?g|jfif|png|bmp|webp|gif|tiff?|avif|hei[cf]|ppm|pgm|np[yz]|wav|flac|ogg|mp3)"
    r"(?P<window>@[\d.]+s)?$",
    re.IGNORECASE,
)
LONGEST = 150  # bytes, so that the ending and a number still fit


def overlay_names(ids: Iterable[str], ending: str = ".jpg") -> dict[str, str]:
    """A file name for each sample; two that would be the same get a number.

    Args:
        ids: of the samples, in a stable order.
        ending: of the names.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    numbers: defaultdict[str, int] = defaultdict(lambda: 1)
    for identity in ids:
        stem = _safe(PurePosixPath(identity).name)
        name = f"{stem}{ending}"
        while _alike(name) in taken:
            numbers[_alike(stem)] += 1
            name = f"{stem} ({numbers[_alike(stem)]}){ending}"
        taken.add(_alike(name))
        names[identity] = name
    return names


def _alike(name: str) -> str:
    """The same for two names that some system takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


def _safe(name: str) -> str:
    stem = _UNSAFE.sub("_", _SAMPLE.sub(r"\g<window>", name)).strip(" .")
    stem = stem.encode()[:LONGEST].decode("utf-8", "ignore") or "sample"
    return f"_{stem}" if _RESERVED.fullmatch(stem) else stem
