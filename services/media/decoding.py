"""Picture files: which they are by name, and how their bytes become pixels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gradcam import PictureError
from gradcam.arrays import Picture

MAX_PIXELS = 60_000_000
EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".avif", ".ppm", ".pgm"}
)


@dataclass(frozen=True)
class Decoding:
    """What a file does not say of its pixels.

    Attributes:
        exif: whether a camera's note on the orientation is heeded.
    """

    exif: bool = True


USUAL = Decoding()


def is_picture(path: PurePath) -> bool:
    """Whether a file's name says that it is a picture."""
    return path.suffix.lower() in EXTENSIONS and not path.name.startswith(".")


def read_picture(path: Path | str, decoding: Decoding = USUAL) -> Picture:
    """Decode a picture file.

    Args:
        path: of the file.
        decoding: what the file does not say.

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
                upright = _upright(image) if decoding.exif else image
                return np.asarray(_eight_bit(upright).convert("RGB"))
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
