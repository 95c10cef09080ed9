"""Firmwares that are known, and what each does with a frame before the network gets it.

Read in Edge Impulse's public firmwares; one whose frame sizes are not known is not listed.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import StrEnum

import cv2
import numpy as np

from gradcam.arrays import Picture
from gradcam.box import Box
from gradcam.device.pixels import from_yuv422, through_rgb565, to_yuv422
from gradcam.device.resizing import DeviceResize, crop_of, device_resized
from gradcam.input_spec import Placement
from gradcam.resizing import ResizeMethod, resized

QUALITY = 80  # of a camera's JPEG


class Pixels(StrEnum):
    """As what a camera delivers its pixels."""

    RGB888 = "rgb888"
    RGB565 = "rgb565"
    YUV422 = "yuv422"
    JPEG = "jpeg"

    def through(self, frame: Picture) -> Picture:
        """What is left of a frame, (h, w, 3) uint8 RGB."""
        match self:
            case Pixels.RGB888:
                return frame
            case Pixels.RGB565:
                return through_rgb565(frame)
            case Pixels.YUV422:
                even = frame.shape[1] // 2 * 2
                pairs = from_yuv422(to_yuv422(frame[:, :even]))
                return pairs.reshape(frame.shape[0], even, 3)
            case Pixels.JPEG:
                quality = [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
                _, content = cv2.imencode(".jpg", np.ascontiguousarray(frame[..., ::-1]), quality)
                read = cv2.imdecode(content, cv2.IMREAD_COLOR)
                return np.ascontiguousarray(np.asarray(read, np.uint8)[..., ::-1])


@dataclass(frozen=True)
class Firmware:
    """What a device runs.

    Attributes:
        name: in a link.
        title: for the page.
        resize: how it brings a frame to size; None for the way that the impulse says.
        pixels: what its camera delivers.
        notices: whether it notices that a crop was refused.
        about: what is out of the ordinary, in a sentence; "" for nothing.
    """

    name: str
    title: str
    resize: DeviceResize | None
    pixels: Pixels = Pixels.RGB888
    notices: bool = True
    about: str = ""


_CROPS = "It crops to the shortest side, whatever the impulse says."
FIRMWARES = {
    each.name: each
    for each in (
        Firmware("impulse", "As the impulse says", None),
        Firmware(
            "esp32", "Edge Impulse's ESP32 firmware", DeviceResize.FIT_SHORTEST, Pixels.JPEG,
            notices=False, about=_CROPS,
        ),
        Firmware(
            "spresense", "Edge Impulse's Sony Spresense firmware", DeviceResize.FIT_SHORTEST,
            Pixels.YUV422, notices=False, about=_CROPS,
        ),
        Firmware(
            "himax", "Edge Impulse's Himax WE-I Plus firmware", DeviceResize.FIT_SHORTEST,
            about=_CROPS,
        ),
        Firmware(
            "esp32-cam", "The example for the ESP32-CAM", DeviceResize.SQUASH, Pixels.JPEG,
            about="It squashes, whatever the impulse says.",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class DeviceEye:
    """A device: its firmware, the size of its camera's frames, and what the impulse says.

    Attributes:
        firmware: what it runs.
        frame: width and height of the camera's frames, in pixels.
        mode: how the impulse brings pictures to size.
        pixels: what the camera delivers.
    """

    firmware: Firmware
    frame: tuple[int, int]
    mode: DeviceResize
    pixels: Pixels

    @property
    def resize(self) -> DeviceResize:
        """How a frame is brought to size."""
        return self.firmware.resize or self.mode

    def refuses(self, width: int, height: int) -> bool:
        """Whether the crop for a network of this input is refused, so that rows get too short."""
        if self.resize is not DeviceResize.FIT_SHORTEST or self.frame == (width, height):
            return False
        return crop_of(*self.frame, width, height).is_refused

    def framed(self, picture: Picture) -> Picture:
        """A picture as the camera would frame it: its middle, at the size of the camera's frames.

        Args:
            picture: (H, W, 3) uint8 RGB.
        """
        window = self.window(picture.shape[1], picture.shape[0])
        frame = resized(picture[window.slices], *self.frame, ResizeMethod.LANCZOS3)
        return self.pixels.through(frame)

    def seen(self, picture: Picture, width: int, height: int) -> Picture:
        """What the network gets of a picture: (height, width, 3) uint8 RGB.

        Args:
            picture: (H, W, 3) uint8 RGB.
            width: columns of the network's input.
            height: rows of it.
        """
        return device_resized(self.framed(picture), width, height, self.resize).picture

    def all_modes(self, picture: Picture, width: int, height: int) -> dict[DeviceResize, Picture]:
        """What the network would get of a picture by each way of bringing it to size."""
        frame = self.framed(picture)
        return {mode: device_resized(frame, width, height, mode).picture for mode in DeviceResize}

    def window(self, width: int, height: int) -> Box:
        """The part of a picture that the camera frames, in pixels of the picture."""
        across, down = self.frame
        kept_width = min(width, max(1, round(height * across / down)))
        kept_height = min(height, max(1, round(width * down / across)))
        return Box((width - kept_width) // 2, (height - kept_height) // 2, kept_width, kept_height)

    def placement(self, size: tuple[int, int], wanted: tuple[int, int]) -> Placement:
        """Where a picture and the network's input lie on each other.

        Where a crop is refused, rows of another length are laid on whole rows of the frame.

        Args:
            size: width and height of the picture.
            wanted: of the network's input.
        """
        (width, height), (across, down) = wanted, self.frame
        frame = self.window(*size)
        kept, inner = Box(0, 0, across, down), Box(0, 0, width, height)
        if self.refuses(width, height):
            kept = Box(0, 0, across, min(down, width * height / across))
        elif self.resize is DeviceResize.FIT_SHORTEST and self.frame != wanted:
            kept = Box(*astuple(crop_of(across, down, width, height)))
        elif self.resize is DeviceResize.FIT_LONGEST:
            wide = across * height > width * down
            columns = width if wide else int(height * across / down)
            rows = int(width * down / across) if wide else height
            inner = Box((width - columns) // 2, (height - rows) // 2, columns, rows)
        part = kept.scaled(frame.width / across, frame.height / down)
        left, top = round(frame.x + part.x), round(frame.y + part.y)
        return Placement(
            Box(left, top, max(1, round(part.width)), max(1, round(part.height))), inner
        )

    @property
    def told(self) -> dict[str, str]:
        """What it does, by name; for the record of an export."""
        across, down = self.frame
        return {
            "firmware": self.firmware.name,
            "frame": f"{across}x{down}",
            "pixels": str(self.pixels),
            "device_resize": str(self.resize),
        }

    @property
    def said(self) -> str:
        """The same in few words."""
        across, down = self.frame
        return f"{self.firmware.title}: frames of {across} × {down} as {self.pixels}, {self.resize}"
