"""Pictures after the input block. Nothing here comes from `gradcam`, so both can be compared."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from tests.studio.errors import StudioError
from tests.studio.impulse import InputBlock

ANCHORS = {"top": 0.0, "left": 0.0, "middle": 0.5, "center": 0.5, "bottom": 1.0, "right": 1.0}


def after_input_block(content: bytes, block: InputBlock) -> bytes:
    """A picture as the input block hands it on, as PNG so that no pixel is lost."""
    if block.width is None or block.height is None:
        raise StudioError("The input block of this impulse takes no images")
    with Image.open(io.BytesIO(content)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    sink = io.BytesIO()
    _resized(picture, block).save(sink, "PNG", compress_level=1)
    return sink.getvalue()


def _resized(picture: Image.Image, block: InputBlock) -> Image.Image:
    size = (block.width, block.height)
    nearest = block.resize_method == "nearest"
    how = Image.Resampling.NEAREST if nearest else Image.Resampling.LANCZOS
    match block.resize_mode:
        case "fit-long":
            # Not Pillow's own pad: it offers no way to say which side gets the odd pixel.
            scale = min(size[0] / picture.width, size[1] / picture.height)
            inner = tuple(max(1, round(side * scale)) for side in picture.size)
            canvas = Image.new("RGB", size)
            corner = tuple((full - part) // 2 for full, part in zip(size, inner, strict=True))
            canvas.paste(picture.resize(inner, how), corner)
            return canvas
        case "fit-short":
            return picture.crop(_window(picture, size, "middle-center")).resize(size, how)
        case "crop":
            anchor = block.crop_anchor or "middle-center"
            return picture.crop(_window(picture, size, anchor)).resize(size, how)
        case _:
            return picture.resize(size, how)


def _window(picture: Image.Image, size: tuple[int, int], anchor: str) -> tuple[int, int, int, int]:
    """The largest window of the target's shape, at its anchor."""
    width, height = picture.size
    if width * size[1] > height * size[0]:
        width = max(1, height * size[0] // size[1])
    else:
        height = max(1, width * size[1] // size[0])
    row, column = anchor.split("-")
    left = int((picture.width - width) * ANCHORS[column])
    top = int((picture.height - height) * ANCHORS[row])
    return left, top, left + width, top + height
