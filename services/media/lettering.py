"""The letters of captions in pictures: DejaVu, which knows more of them than Pillow's own font."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

from PIL import ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def lettering(size: int, *, bold: bool = False) -> Font:
    """A font; Pillow's own, which lacks `×` and `ä`, where matplotlib is not installed.

    Args:
        size: in pixels.
        bold: whether it is for a title.
    """
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    matplotlib = importlib.util.find_spec("matplotlib")  # LIME brings it; it is not imported here
    if matplotlib is not None and matplotlib.origin:
        path = Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf" / name
        if path.is_file():
            return ImageFont.truetype(str(path), size)
    return ImageFont.load_default(size)


def wrapped(words: str, font: Font, width: int) -> list[str]:
    """Words in lines that are no wider than so many pixels; a word that is wider stands alone."""
    lines: list[str] = []
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
