"""Text files as people's programs write them: the bytes say which letters they hold."""

from __future__ import annotations

import codecs
from pathlib import Path

MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16's, which it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LARGEST = 64 * 1024 * 1024


def text_of(path: Path) -> str:
    """The text of a file, its lines ended by line feeds.

    By its byte order mark where it has one, else UTF-8, else what Windows writes in the West.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no text, or larger than any list of names or files.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    data = path.read_bytes()
    return decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def decoded(data: bytes) -> str:
    """Bytes as text.

    Raises:
        ValueError: they are no text.
    """
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding)
    start = data[:4096]
    # Windows' "Unicode" without a mark: of Latin letters every second byte is none.
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if 2 * start[place::2].count(0) > len(start[place::2]) > 0:
            return data.decode(encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252")
