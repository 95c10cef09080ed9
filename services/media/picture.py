"""Pictures: how their files are read, and what a network gets of them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from gradcam import (
    Color,
    InputSpec,
    PictureError,
    Placement,
    Scaling,
    fitted,
    place,
    placement,
    scaled,
)
from gradcam.arrays import Floats, Picture
from services.media.medium import InputOption

MAX_PIXELS = 60_000_000
EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".png", ".bmp", ".webp", ".gif", ".tif", ".tiff", ".avif", ".ppm", ".pgm"}
)


@dataclass(frozen=True)
class PictureReading:
    """A picture that was read, and the input spec that says what the network gets of it."""

    picture: Picture
    spec: InputSpec

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    @property
    def cut(self) -> Picture:
        """What is seen; all that comes after it is arithmetic."""
        return self.seen

    @cached_property
    def seen(self) -> Picture:
        """The picture cut, resized and padded: (spec.height, spec.width, 3) uint8 RGB."""
        return fitted(self.picture, self.spec)

    @property
    def tensor(self) -> Floats:
        """(spec.height, spec.width, spec.channels) float32."""
        return scaled(self.seen, self.spec)


@dataclass(frozen=True)
class Pictures:
    """Pictures, made to fit a network by an input spec; see `Medium`."""

    spec: InputSpec

    def __str__(self) -> str:
        return str(self.spec)

    @property
    def width(self) -> int:
        """Columns of the tensor."""
        return self.spec.width

    @property
    def height(self) -> int:
        """Rows of the tensor."""
        return self.spec.height

    @property
    def blue_first(self) -> bool:
        """Whether the network was trained with pictures as OpenCV reads them."""
        return self.spec.color is Color.BGR

    @property
    def settings(self) -> Mapping[str, object]:
        """The input spec by the names of `project.toml`."""
        return asdict(self.spec)

    @property
    def briefly(self) -> str:
        """Resizing, colour and scaling."""
        spec = self.spec
        return f"{spec.resize} by {spec.resize_method}, {spec.color}, {spec.scaling}"

    @property
    def said(self) -> str:
        """The same as a person reads it below a picture."""
        spec = self.spec
        return f"{spec.resize} by {spec.resize_method}, {spec.color}, scaled to {spec.scaling}"

    def read(self, path: Path) -> PictureReading:
        """Decode a picture file; see `read_picture`."""
        return PictureReading(read_picture(path), self.spec)

    def tensors(self, cuts: Picture) -> Floats:
        """Pictures as the network sees them, in the order and range that it expects."""
        return scaled(cuts, self.spec)

    @property
    def options(self) -> Sequence[InputOption]:
        """Scaling, and the order of colours where there are any."""
        scaling = InputOption("scaling", "Scaling", "scaling", tuple(Scaling))
        color = InputOption("color", "Colour order", "colour", (Color.RGB, Color.BGR))
        return (scaling,) if self.spec.channels == 1 else (scaling, color)

    @property
    def chosen(self) -> Mapping[str, str]:
        """Scaling and colour."""
        return {"scaling": self.spec.scaling, "colour": self.spec.color}

    def variants(self) -> Sequence[Pictures]:
        """Every scaling, with red first and then with blue first where there are colours."""
        colors = (self.spec.color,) if self.spec.channels == 1 else (Color.RGB, Color.BGR)
        return [
            Pictures(replace(self.spec, scaling=scaling, color=color))
            for color in colors
            for scaling in Scaling
        ]

    def placement(self, size: tuple[int, int]) -> Placement:
        """Where a picture of this size and the network's input lie on each other."""
        return placement(self.spec, *size)

    def place(self, heat: Floats, size: tuple[int, int], shown: tuple[int, int]) -> Floats:  # noqa: ARG002 - a shape is enough
        """Put a heatmap on the picture; NaN where a crop removed it."""
        return place(heat, self.spec, *shown)


def is_picture(path: PurePath) -> bool:
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
