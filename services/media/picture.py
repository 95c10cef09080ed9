"""Reading picture files, and making small ones for the gallery."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gradcam import PictureError
from gradcam.arrays import Picture

MAX_PIXELS = 60_000_000
EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".avif", ".ppm", ".pgm"}
)


def is_picture(path: Path) -> bool:
    """Whether a file's name says that it is a picture."""
    return path.suffix.lower() in EXTENSIONS and not path.name.startswith(".")


def read_picture(path: Path | str) -> Picture:
    """Decode a picture file, turned upright by its EXIF orientation.

    Returns:
        (H, W, 3) uint8 RGB. Transparency is dropped, as Keras' own loader does; 16-bit pictures
        are brought to 8 bits.

    Raises:
        PictureError: the file is missing, damaged, too large, or no picture.
    """
    path = Path(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise PictureError(f"larger than {MAX_PIXELS // 1_000_000} megapixels")
                return np.asarray(_eight_bit(_upright(image)).convert("RGB"))
    except UnidentifiedImageError as error:
        raise PictureError(_why_no_picture(path)) from error
    except FileNotFoundError as error:
        raise PictureError("the file is missing") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(f"larger than {MAX_PIXELS // 1_000_000} megapixels") from error
    except PictureError:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds on damaged bytes
        raise PictureError("damaged: it cannot be decoded") from error


def _upright(image: Image.Image) -> Image.Image:
    image.load()  # damaged pixels are told apart from damaged notes
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - Pillow's EXIF reader raises many kinds on damaged notes
        return image


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        values = np.asarray(image, np.float32)
        highest = 65535.0 if values.max(initial=0.0) > 255 else 255.0
        return Image.fromarray(np.clip(values / highest * 255.0, 0, 255).astype(np.uint8))
    return image


def _why_no_picture(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(32)
    if not head:
        return "the file is empty"
    if head.startswith(b"version https://git-lfs"):
        return "a Git LFS pointer, not the picture; run `git lfs pull`"
    return "no picture format that is known here"


def shrunk(picture: Picture, side: int) -> Picture:
    """The picture with its longer side at most `side` pixels; small ones stay as they are."""
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1.0:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def encoded(picture: Picture, *, lossless: bool = False) -> bytes:
    """WebP bytes for the browser, or PNG where every pixel counts."""
    buffer = io.BytesIO()
    if lossless:
        Image.fromarray(picture).save(buffer, "PNG", compress_level=3)
    else:
        Image.fromarray(picture).save(buffer, "WEBP", quality=88, method=2)
    return buffer.getvalue()
