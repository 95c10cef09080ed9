"""How the bytes of a picture file become pixels."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from gradcam import PictureError
from gradcam.arrays import Floats, Picture
from services.media.deep import (
    deep_numbers,
    eight_bits,
    numbers_of_colours,
    tiff_size,
    white_of,
)
from services.media.picture_files import is_heic, is_tiff

MAX_PIXELS = 60_000_000
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pillow_heif.register_heif_opener()  # the only way that Pillow learns a format


@dataclass(frozen=True)
class Decoding:
    """What a file does not say of its pixels.

    Attributes:
        exif: whether a camera's note on the orientation is heeded.
        white: the number that is white in pictures of more than eight bits; None where the set
            holds none, or for a judgement on each by itself.
    """

    exif: bool = True
    white: float | None = None


USUAL = Decoding()


@dataclass(frozen=True)
class Depth:
    """What was seen of the pictures of more than eight bits in a set.

    Attributes:
        count: how many there are among those that were looked at.
        lowest: the lowest number in any of them.
        highest: the highest.
        white: the number that is white in all of them, as the highest tells it.
    """

    count: int
    lowest: float
    highest: float
    white: float


def read_picture(path: Path | str, decoding: Decoding = USUAL) -> Picture:
    """Decode a picture file.

    Args:
        path: of the file.
        decoding: what the file does not say.

    Returns:
        (H, W, 3) uint8 RGB. Transparency is dropped, as Keras' own loader does; of several pages
        it is the first; more than eight bits are brought to eight.

    Raises:
        PictureError: the file is missing, damaged, too large, or no picture.
    """
    path = Path(path)
    with _in_words(path):
        try:
            with _open(path) as image:
                if (numbers := deep_numbers(path, image)) is not None:
                    pixels = Image.fromarray(eight_bits(numbers, decoding.white))
                else:
                    image.load()  # damaged pixels are told apart from damaged notes
                    pixels = image
                turn = _UPRIGHT.get(_orientation(image)) if decoding.exif else None
                turned = pixels if turn is None else pixels.transpose(turn)
                return np.asarray(turned.convert("RGB"))
        except UnidentifiedImageError:
            if not is_tiff(path):
                raise
            numbers = _unknown_to_pillow(path)
            return np.asarray(Image.fromarray(eight_bits(numbers, decoding.white)).convert("RGB"))


def picture_size(path: Path, decoding: Decoding = USUAL) -> tuple[int, int]:
    """Width and height of a picture as it is shown, in pixels; its head alone is read.

    Raises:
        PictureError: it is no picture, missing, or too large.
    """
    with _in_words(path):
        try:
            with _open(path) as image:
                turned = decoding.exif and _orientation(image) >= 5
                return image.size[::-1] if turned else image.size
        except UnidentifiedImageError:
            if not is_tiff(path):
                raise
            return tiff_size(path)


def depth_of(paths: Sequence[Path]) -> Depth | None:
    """Look for pictures of more than eight bits; None where there is none.

    Args:
        paths: those to be looked at; of pictures of eight bits only the head is read.
    """
    deep = []
    for path in paths:
        with suppress(PictureError), _in_words(path):
            try:
                with _open(path) as image:
                    numbers = deep_numbers(path, image)
                    whole = image.mode != "F"
            except UnidentifiedImageError:
                if not is_tiff(path):
                    continue
                numbers, whole = _unknown_to_pillow(path), False
            if numbers is not None:
                finite = np.nan_to_num(numbers)
                deep.append((float(finite.min(initial=0.0)), float(finite.max(initial=0.0)), whole))
    if not deep:
        return None
    lows, highs, wholes = zip(*deep, strict=True)
    return Depth(len(deep), min(lows), max(highs), white_of(max(highs), whole=all(wholes)))


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    """Whatever goes wrong while a picture is read, as a `PictureError`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except UnidentifiedImageError as error:
        raise PictureError(_why_no_picture(path)) from error
    except FileNotFoundError as error:
        raise PictureError("the file is missing") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"larger than {MAX_PIXELS // 1_000_000} megapixels") from error
    except PictureError:
        raise
    except Exception as error:  # decoders raise many kinds on damaged bytes
        if is_heic(path):
            raise PictureError(_HEIC) from error
        raise PictureError("damaged: it cannot be decoded") from error


def _open(path: Path) -> Image.Image:
    image = Image.open(path)
    try:
        _refuse_huge(*image.size)
    except PictureError:
        image.close()
        raise
    return image


def _refuse_huge(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise PictureError(f"larger than {MAX_PIXELS // 1_000_000} megapixels")


def _unknown_to_pillow(path: Path) -> Floats:
    """Numbers of a TIFF in colours of floats, or in floats of eight bytes."""
    _refuse_huge(*tiff_size(path))
    return numbers_of_colours(path)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - Pillow's EXIF reader raises many kinds on damaged notes
        return 1


_HEIC = (
    "a HEIC picture that is damaged, or encoded in a way that is unknown here; save it as JPEG "
    "or PNG"
)


def _why_no_picture(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(32)
    if not head:
        return "the file is empty"
    if head.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the picture; run `git lfs pull`"
    return _HEIC if is_heic(path) else "no picture format that is known here"
