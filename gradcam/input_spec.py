"""How a picture becomes the tensor the network expects, and the way back for a heatmap."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from gradcam.arrays import Floats, Picture
from gradcam.box import Box
from gradcam.errors import GradcamError, PictureError
from gradcam.heatmap import resize_heat
from gradcam.resizing import ResizeMethod, resized
from gradcam.scaling import Scaling, rescaled

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601, as Studio's image block


class Resize(StrEnum):
    """How a picture of another shape is made to fit."""

    SQUASH = "squash"  # stretched
    FIT_SHORT = "fit-short"  # covers, the long side is cut in the middle
    FIT_LONG = "fit-long"  # contained, black bars
    CROP = "crop"  # covers, cut at the crop anchor


class Color(StrEnum):
    """Order of the channels the network gets."""

    RGB = "rgb"
    BGR = "bgr"
    GRAYSCALE = "grayscale"


_LATER = frozenset({"mean", "deviation"})  # fields that the first versions had not
_ROWS = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
_COLUMNS = {"left": 0.0, "center": 0.5, "right": 1.0}


@dataclass(frozen=True)
class Placement:
    """Where a picture and the network's input lie on each other, to the pixel.

    Attributes:
        window: the part of the original picture that the network sees.
        inner: the part of the input that it fills; the rest is black bars.
    """

    window: Box
    inner: Box

    def onto_input(self, box: Box) -> Box:
        """From pixels of the original picture to pixels of the input; it may lie outside."""
        across, down = self.inner.width / self.window.width, self.inner.height / self.window.height
        x, y = box.x - self.window.x, box.y - self.window.y
        moved = Box(x, y, box.width, box.height).scaled(across, down)
        return moved._replace(x=self.inner.x + moved.x, y=self.inner.y + moved.y)

    def onto_picture(self, box: Box) -> Box:
        """From pixels of the input to pixels of the original picture; it may lie outside."""
        across, down = self.window.width / self.inner.width, self.window.height / self.inner.height
        x, y = box.x - self.inner.x, box.y - self.inner.y
        moved = Box(x, y, box.width, box.height).scaled(across, down)
        return moved._replace(x=self.window.x + moved.x, y=self.window.y + moved.y)


@dataclass(frozen=True)
class InputSpec:
    """How a file becomes a tensor.

    Attributes:
        width, height: of the tensor, in pixels.
        resize: how another shape is made to fit.
        resize_method: the interpolation.
        crop_anchor: `{top|middle|bottom}-{left|center|right}`, for `crop`.
        color: order of the channels.
        scaling: what happens to pixels of 0..255.
        mean, deviation: for the scaling `mean-and-deviation`: of pixels of 0..255, one for all
            channels or one for each in the network's order.
    """

    width: int
    height: int
    resize: Resize = Resize.SQUASH
    resize_method: ResizeMethod = ResizeMethod.LANCZOS3
    crop_anchor: str = "middle-center"
    color: Color = Color.RGB
    scaling: Scaling = Scaling.UNIT
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()

    def __repr__(self) -> str:
        return f"InputSpec({', '.join(f'{name}={value!r}' for name, value in self.told.items())})"

    @property
    def told(self) -> dict[str, object]:
        """Its fields by name; those that came later only where they say something.

        Digests are made of it, and those of an earlier version have to be the same.
        """
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value or name not in _LATER}

    def __post_init__(self) -> None:
        row, _, column = self.crop_anchor.partition("-")
        if row not in _ROWS or column not in _COLUMNS:
            raise GradcamError(
                f"The crop anchor {self.crop_anchor!r} is unknown; "
                "write for example middle-center or top-left."
            )
        if self.mean or self.deviation or self.scaling is Scaling.OWN:
            self._check("mean", self.mean)
            self._check("deviation", self.deviation)
            if min(self.deviation) <= 0:
                raise GradcamError("The deviation must be above 0: pixels are divided by it.")

    def _check(self, name: str, numbers: tuple[float, ...]) -> None:
        if len(numbers) not in {1, self.channels} or not all(map(math.isfinite, numbers)):
            many = f"{self.channels} numbers, one a channel, or one for all"
            raise GradcamError(
                f"The {name} has {len(numbers)} numbers; the scaling {Scaling.OWN} takes "
                f"{many if self.channels > 1 else 'one number'}."
            )

    @property
    def channels(self) -> int:
        """1 for grayscale, else 3."""
        return 1 if self.color is Color.GRAYSCALE else 3


def placement(spec: InputSpec, width: int, height: int) -> Placement:
    """Where a picture of this size and the network's input lie on each other.

    Args:
        spec: the input spec.
        width: columns of the original picture.
        height: rows of the original picture.
    """
    whole = Box(0, 0, width, height)
    full = Box(0, 0, spec.width, spec.height)
    if spec.resize is Resize.SQUASH:
        return Placement(whole, full)
    if spec.resize is Resize.FIT_LONG:
        scale = min(spec.width / width, spec.height / height)
        inner_width = max(1, min(spec.width, round(width * scale)))
        inner_height = max(1, min(spec.height, round(height * scale)))
        x, y = (spec.width - inner_width) // 2, (spec.height - inner_height) // 2
        return Placement(whole, Box(x, y, inner_width, inner_height))
    cut_width = min(width, max(1, int(height * spec.width / spec.height)))
    cut_height = min(height, max(1, int(width * spec.height / spec.width)))
    anchor = spec.crop_anchor if spec.resize is Resize.CROP else "middle-center"
    row, _, column = anchor.partition("-")
    x = int((width - cut_width) * _COLUMNS[column])
    y = int((height - cut_height) * _ROWS[row])
    return Placement(Box(x, y, cut_width, cut_height), full)


def fitted(picture: Picture, spec: InputSpec) -> Picture:
    """The picture cut, resized and padded as the network sees it, colours unchanged.

    Args:
        picture: (H, W, 3) uint8 RGB, EXIF orientation already applied.
        spec: the input spec.

    Returns:
        (spec.height, spec.width, 3) uint8 RGB.

    Raises:
        PictureError: not an RGB picture of at least one pixel.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
        raise PictureError(f"A picture of shape {picture.shape} is not an RGB picture.")
    where = placement(spec, picture.shape[1], picture.shape[0])
    width, height = round(where.inner.width), round(where.inner.height)
    canvas = np.zeros((spec.height, spec.width, 3), np.uint8)
    canvas[where.inner.slices] = resized(
        picture[where.window.slices], width, height, spec.resize_method
    )
    return canvas


def scaled(seen: Picture, spec: InputSpec) -> Floats:
    """Pixels in the order and range that the network expects.

    Args:
        seen: (..., H, W, 3) uint8 RGB, see `fitted`.
        spec: the input spec.

    Returns:
        (..., H, W, spec.channels) float32, see `rescaled`.
    """
    pixels = seen.astype(np.float32)
    if spec.color is Color.GRAYSCALE:
        pixels = (pixels @ LUMA)[..., None]
    elif (spec.color is Color.BGR) != (spec.scaling is Scaling.CAFFE):
        pixels = pixels[..., ::-1]  # the Caffe scaling turns the order round by itself
    return rescaled(pixels, spec.scaling, spec.mean, spec.deviation)


def to_tensor(picture: Picture, spec: InputSpec) -> Floats:
    """A picture as the network gets it: (spec.height, spec.width, spec.channels) float32.

    Args:
        picture: (H, W, 3) uint8 RGB, EXIF orientation already applied.
        spec: the input spec.

    Raises:
        PictureError: not an RGB picture of at least one pixel.
    """
    return scaled(fitted(picture, spec), spec)


def place(heat: Floats, spec: InputSpec, width: int, height: int) -> Floats:
    """Put a heatmap back on the original picture.

    Args:
        heat: (h, w) float32 in 0..1, at the layer's resolution, over the whole input.
        spec: the input spec the network was fed with.
        width: columns of the original picture.
        height: rows of the original picture.

    Returns:
        (height, width) float32 in 0..1, NaN where a crop removed the picture.
    """
    return placed_at(heat, placement(spec, width, height), (spec.width, spec.height), width, height)


def placed_at(
    heat: Floats, where: Placement, size: tuple[int, int], width: int, height: int
) -> Floats:
    """Put a heatmap on a picture of which it is known where it lies on the network's input.

    Args:
        heat: (h, w) float32 in 0..1, at the layer's resolution, over the whole input.
        where: of a picture of this size.
        size: width and height of the network's input.
        width: columns of the picture.
        height: rows of the picture.

    Returns:
        (height, width) float32 in 0..1, NaN where the network saw nothing.
    """
    across = where.window.width / where.inner.width
    down = where.window.height / where.inner.height
    over_input = resize_heat(heat, round(size[0] * across), round(size[1] * down))
    left, top = round(where.inner.x * across), round(where.inner.y * down)
    placed = np.full((height, width), np.nan, np.float32)
    placed[where.window.slices] = over_input[
        top : top + where.window.height, left : left + where.window.width
    ]
    return placed
