"""Pictures printed as numbers: decimal or hexadecimal, a value, a word or a byte at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from gradcam.arrays import Picture
from gradcam.device.diagnosis import roughness
from gradcam.device.pixels import from_rgb565
from gradcam.device.print_formats import Printed, PrintedAs
from gradcam.errors import PictureError

PrintedValues = NDArray[np.float64]  # NaN where one was lost
ToLevels = Callable[[PrintedValues], Picture]  # (pixels, numbers of each) to (pixels, 1 or 3) uint8

LOST = 0.25  # of the values, at most
_HEAD = re.compile(r"Features?\s*(?:\([^)]*\))?\s*:")
_DECIMAL = re.compile(r"-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?")
_HEX = re.compile(r"(?:0[xX])?[0-9a-fA-F]+")
_BREAK = re.compile(r"[\s,;]+")
_DIGITS = {
    6: (PrintedAs.PACKED, 1), 4: (PrintedAs.WORDS, 1), 2: (PrintedAs.PAIRS, 2),
}  # fmt: skip


def read_numbers(text: str, width: int, height: int) -> Printed:
    """The picture in numbers; see `read_printed`."""
    head = _HEAD.search(text)
    lines = _number_lines(text[head.end() :] if head else text)
    tokens = [token for line in lines for token in line]
    if not tokens:
        raise PictureError("There are no numbers in it; paste what the device printed.")
    prefix = "0x" if sum(each[:2] in {"0x", "0X"} for each in tokens) * 2 > len(tokens) else ""
    is_hex = prefix or any(re.search(r"[a-dA-DfF]", each) for each in tokens)
    if is_hex:
        return _of_hexadecimal(lines, prefix, width, height)
    values = _values(lines, lambda token: float(token) if _DECIMAL.fullmatch(token) else np.nan)
    known = values[np.isfinite(values)]
    low, high = known.min(initial=0.0), known.max(initial=0.0)
    if low >= 0 and high <= 1.001 and any("." in each for each in tokens):
        return laid_out(PrintedAs.SHARES, values, width, height, lambda v: levels(255.0 * v))
    if low < 0:
        return laid_out(PrintedAs.INTEGERS, values, width, height, lambda v: levels(v + 128.0))
    if high > 255:
        return laid_out(PrintedAs.PACKED, values, width, height, packed_levels, each=(1,))
    return laid_out(PrintedAs.LEVELS, values, width, height, levels)


def laid_out(
    printed_as: PrintedAs,
    values: PrintedValues,
    width: int,
    height: int,
    to_levels: ToLevels,
    each: Sequence[int] = (1, 3),
) -> Printed:
    """PrintedValues in rows of pixels.

    Args:
        printed_as: the format.
        values: all of them, NaN where one was lost.
        width: columns of the network's input.
        height: rows of it.
        to_levels: makes levels of the values of pixels.
        each: how many values a pixel may have; the first that all of them fit into counts.

    Raises:
        PictureError: there are too many or too few.
    """
    pixels = width * height
    per_pixel = next((n for n in each if len(values) <= n * pixels), 0)
    if not per_pixel or len(values) < (1 - LOST) * per_pixel * pixels:
        wanted = " or ".join(f"{n * pixels:,}" for n in each)
        raise PictureError(
            f"These are {len(values):,} values ({printed_as}); a picture of {width} × {height} has "
            f"{wanted}."
        )
    whole = np.full(per_pixel * pixels, np.nan)
    whole[: len(values)] = values
    lost = ~np.isfinite(whole)
    read = to_levels(np.where(lost, 0.0, whole).reshape(pixels, per_pixel))
    known = ~lost.reshape(pixels, per_pixel).any(axis=1)
    read[~known] = 0
    picture = np.broadcast_to(read, (pixels, 3)).reshape(height, width, 3)
    return Printed(
        printed_as,
        np.ascontiguousarray(picture),
        known.reshape(height, width),
        int(lost.sum()),
        is_grey=read.shape[1] == 1,
    )


def levels(values: PrintedValues) -> Picture:
    """Levels as they are, rounded: (pixels, 1 or 3) float64 to uint8."""
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def packed_levels(values: PrintedValues) -> Picture:
    """Of 0xRRGGBB: (pixels, 1) float64 to (pixels, 3) uint8."""
    packed = np.clip(values, 0, 0xFFFFFF).astype(np.uint32)
    return np.concatenate([packed >> 16, packed >> 8 & 255, packed & 255], axis=1).astype(np.uint8)


def _of_hexadecimal(
    lines: Sequence[Sequence[str]], prefix: str, width: int, height: int
) -> Printed:
    lengths = [len(token) - len(prefix) for line in lines for token in line]
    digits = int(np.bincount(np.maximum(lengths, 0)).argmax())
    if digits not in _DIGITS:
        raise PictureError(
            f"The hexadecimal numbers have {digits} digits; a pixel has 6, a word of RGB565 has 4 "
            "and a byte of it 2."
        )
    whole = re.compile(rf"(?i:{prefix})[0-9a-fA-F]{{{digits}}}")

    def number(token: str) -> float:
        return int(token[len(prefix) :], 16) if whole.fullmatch(token) else np.nan

    printed_as, per_pixel = _DIGITS[digits]
    to_levels: ToLevels = packed_levels
    if printed_as is not PrintedAs.PACKED:
        to_levels = _smoother(width, height, of_words=printed_as is PrintedAs.WORDS)
    return laid_out(printed_as, _values(lines, number), width, height, to_levels, each=(per_pixel,))


def _smoother(width: int, height: int, *, of_words: bool) -> ToLevels:
    """Of both orders of the two bytes the one that gives the smoother picture."""

    def to_levels(values: PrintedValues) -> Picture:
        whole = values.astype(np.uint16)
        pairs = np.concatenate([whole >> 8, whole & 255], axis=1) if of_words else whole
        both = [from_rgb565(order.astype(np.uint8)) for order in (pairs, pairs[:, ::-1])]
        return min(both, key=lambda each: roughness(each.reshape(height, width, 3)))

    return to_levels


def _number_lines(text: str) -> list[list[str]]:
    """The values of each line that holds mostly numbers, up to where other text begins again."""
    lines: list[list[str]] = []
    for line in text.splitlines():
        tokens = [each for each in _BREAK.split(line.strip(" \t,;[]{}()")) if each]
        good = sum(bool(_DECIMAL.fullmatch(each) or _HEX.fullmatch(each)) for each in tokens)
        if tokens and 2 * good > len(tokens):
            lines.append(tokens)
        elif lines and tokens:
            break
    return lines


def _values(lines: Sequence[Sequence[str]], number: Callable[[str], float]) -> PrintedValues:
    """All values; where lines are equally long, what a shorter one lost stands at its end."""
    counts = [len(line) for line in lines]
    usual = int(np.bincount(counts).argmax())
    even = len(lines) > 2 and 2 * counts.count(usual) > len(lines)
    values: list[float] = []
    for place, line in enumerate(lines):
        values += map(number, line)
        if even and len(line) < usual and place < len(lines) - 1:
            values += [np.nan] * (usual - len(line))
    return np.array(values, np.float64)
