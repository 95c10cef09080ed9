"""What a device makes of a picture, and where that lies on it."""

import numpy as np
import pytest

from gradcam.device.firmware import FIRMWARES, DeviceEye, Pixels
from gradcam.device.resizing import DeviceResize, device_resized
from gradcam.input_spec import placed_at
from tests.gradcam.device.frames import frame


def eye(firmware="impulse", size=(160, 120), mode=DeviceResize.SQUASH, pixels=Pixels.RGB888):
    return DeviceEye(FIRMWARES[firmware], size, mode, pixels)


def test_a_picture_of_the_frame_s_size_is_the_frame():
    picture = frame(0)
    assert (eye().framed(picture) == picture).all()
    assert (eye().seen(picture, 96, 96) == device_resized(picture, 96, 96).picture).all()
    assert eye().window(320, 240) == (0, 0, 320, 240)
    assert eye().window(400, 240) == (40, 0, 320, 240)
    assert eye().window(320, 300) == (0, 30, 320, 240)


def test_each_firmware_has_its_own_way():
    assert eye("impulse", mode=DeviceResize.FIT_LONGEST).resize is DeviceResize.FIT_LONGEST
    assert eye("esp32").resize is DeviceResize.FIT_SHORTEST
    assert eye("esp32-cam", mode=DeviceResize.FIT_LONGEST).resize is DeviceResize.SQUASH
    assert eye("esp32").refuses(96, 64)
    assert not eye("esp32").refuses(96, 96)
    assert not eye("esp32-cam").refuses(96, 64)
    assert not FIRMWARES["esp32"].notices
    assert FIRMWARES["impulse"].notices


def test_pixels_lose_what_they_lose():
    picture = frame(1)
    off = {each: np.abs(each.through(picture).astype(int) - picture).mean() for each in Pixels}
    assert off[Pixels.RGB888] == 0
    assert 2 < off[Pixels.RGB565] < 5
    assert 0 < off[Pixels.YUV422] < 8
    assert 0 < off[Pixels.JPEG] < 12


WAYS = [
    ("squash", {}),
    ("crop", {"firmware": "esp32"}),
    ("bars", {"mode": DeviceResize.FIT_LONGEST}),
    ("crop of a tall frame", {"firmware": "esp32", "size": (96, 160)}),
]


@pytest.mark.parametrize("size", [(200, 120), (130, 220)])
@pytest.mark.parametrize("way", [way for _, way in WAYS], ids=[name for name, _ in WAYS])
def test_heat_lies_where_the_device_saw_it(way, size):
    device, side = eye(**way), 48
    for x, y in ((0.4, 0.45), (0.55, 0.6)):
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        left, top = round(x * size[0]), round(y * size[1])
        picture[top : top + 14, left : left + 14] = 255
        heat = device.seen(picture, side, side)[..., 0].astype(np.float32) / 255
        where = device.placement(size, (side, side))
        placed = np.nan_to_num(placed_at(heat, where, (side, side), *size))
        rows, columns = np.mgrid[: size[1], : size[0]]
        middle = [(placed * axis).sum() / placed.sum() for axis in (columns, rows)]
        # The device's resizing moves content by up to half of its own pixel.
        most = max(where.window.width, where.window.height) / side + 1
        assert abs(middle[0] - (left + 6.5)) <= most
        assert abs(middle[1] - (top + 6.5)) <= most


def test_what_the_device_does_not_see_has_no_heat():
    device = eye("esp32")
    where = device.placement((160, 120), (96, 96))
    placed = placed_at(np.ones((3, 3), np.float32), where, (96, 96), 160, 120)
    assert np.isnan(placed[:, :20]).all()
    assert (placed[:, 20:140] == 1).all()
    refused = device.placement((160, 120), (96, 64))
    assert refused.window == (0, 0, 160, 38)  # 6,144 pixels are 38.4 rows of 160


def test_what_it_is_is_told():
    told = eye("esp32", (320, 240), pixels=Pixels.RGB565)
    assert told.told == {
        "firmware": "esp32", "frame": "320x240", "pixels": "rgb565",
        "device_resize": "fit-shortest",
    }  # fmt: skip
    assert "320 × 240 as rgb565" in told.said
