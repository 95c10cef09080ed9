"""Pictures out of what firmware prints on a serial line: every format in use, recognised by itself.

A serial monitor puts times before lines, breaks them and loses bytes: what is missing is counted,
and stays where it was lost as far as that can be told.
"""

from __future__ import annotations

import base64
import binascii
import re

import cv2
import numpy as np

from gradcam.device.print_formats import Printed, PrintedAs
from gradcam.device.printed_numbers import laid_out, levels, packed_levels, read_numbers
from gradcam.errors import PictureError

MOST = 8_000_000  # characters of text
JPEG = "/9j/"
_TIME = re.compile(r"^\s*\[?\d{1,2}:\d{2}:\d{2}[.,:]?\d*\]?\s*(?:->|>|:|-)?\s*", re.MULTILINE)
_SCORE = re.compile(r"^\s*([\w .+-]{1,80}?)\s*:\s*([01](?:\.\d+)?)\s*$", re.MULTILINE)
_BASE64 = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")


def read_printed(text: str, width: int, height: int) -> Printed:
    """The picture in what firmware printed.

    Args:
        text: as it was copied from a serial monitor or from Studio.
        width: columns of the network's input.
        height: rows of it.

    Raises:
        PictureError: there is none of this size, or the text is too long.
    """
    if len(text) > MOST:
        raise PictureError(f"The text has more than {MOST:,} characters; paste one print alone.")
    plain = _TIME.sub("", text)
    if "Feature Matrix" in plain:
        raise PictureError("This is the feature matrix of a sound, not of a picture.")
    encoded = _encoded(plain)
    if encoded:
        return _of_bytes(encoded, plain, width, height)
    return read_numbers(plain, width, height)


# ------------------------------------------------------------------------------------- base64


def _encoded(text: str) -> str:
    """The longest run of base64 in a text, lines joined; "" where there is none."""
    after = text.partition("Framebuffer:")[2] or text
    lines = [line.strip() for line in after.splitlines()]
    runs, own = [""], re.compile(r"[A-Za-z0-9+/]+={0,2}")
    for line in lines:
        whole = own.fullmatch(line)
        # A line of digits alone may be numbers, and a single word is one of a sentence.
        if whole and (len(line) >= 40 or (runs[-1] and line != "OK")) and not line.isdigit():
            runs[-1] += line
        elif runs[-1]:
            runs.append("")
    longest = max(runs, key=len)
    return longest if _BASE64.match(longest) and re.search(r"[G-Zg-z/+]", longest) else ""


def _of_bytes(encoded: str, text: str, width: int, height: int) -> Printed:
    data = _decoded(encoded)
    if encoded.startswith(JPEG):
        return _of_jpeg(data, text, width, height)
    pixels = width * height
    if len(data) > 3.5 * pixels:
        return _of_binary_numbers(data, width, height)
    values = np.frombuffer(data, np.uint8).astype(np.float64)
    return laid_out(PrintedAs.SNAPSHOT, values, width, height, levels)


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded.rstrip("=")) % 4), validate=False)
    except binascii.Error:
        # One character was lost: what stands before it is right.
        return base64.b64decode(encoded[: len(encoded) // 4 * 4].rstrip("=") + "====")


def _of_jpeg(data: bytes, text: str, width: int, height: int) -> Printed:
    size = _size_of_jpeg(data)
    if size != (width, height):
        told = "a damaged JPEG" if size is None else f"a JPEG of {size[0]} × {size[1]} pixels"
        raise PictureError(f"This is {told}; the network takes {width} × {height}.")
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if read is None:
        raise PictureError("The JPEG is damaged; print it again.")
    picture = np.ascontiguousarray(read[..., ::-1])
    grey = bool((picture == picture[..., :1]).all())
    scores = tuple(
        (name.strip(), float(score))
        for name, score in _SCORE.findall(text.partition("predictions")[2])
    )
    known = np.ones((height, width), bool)
    return Printed(PrintedAs.JPEG, picture, known, 0, grey, is_lossy=True, scores=scores)


def _size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    """Width and height as its header says, before anything is decoded; None where it says none."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker in {0xC0, 0xC1, 0xC2}:
            height, width = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (5, 7))
            return width, height
        at += 2 + length
    return None


def _of_binary_numbers(data: bytes, width: int, height: int) -> Printed:
    values = np.frombuffer(data[: len(data) // 4 * 4], "<f4").astype(np.float64)
    return laid_out(PrintedAs.STATIC, values, width, height, packed_levels, each=(1,))
