"""Pixels of cameras, by hand and as the device's software answered."""

import numpy as np
import pytest

from gradcam.device.pixels import (
    float_features,
    from_rgb565,
    from_yuv422,
    grey_levels,
    integer_features,
    through_rgb565,
    to_yuv422,
)
from gradcam.device.resizing import device_resized
from tests.gradcam.device.frames import frame
from tests.gradcam.device.test_resizing import VECTORS


def test_two_bytes_a_pixel():
    assert from_rgb565(np.array([0xFF, 0xFF], np.uint8)).tolist() == [248, 252, 248]
    assert from_rgb565(np.array([0x19, 0x47], np.uint8)).tolist() == [24, 40, 56]
    assert through_rgb565(np.array([26, 43, 60], np.uint8)).tolist() == [24, 40, 56]


def test_two_pixels_in_four_bytes():
    white = from_yuv422(np.array([128, 235, 128, 16], np.uint8))  # U Y0 V Y1
    assert white.tolist() == [[255, 255, 255], [0, 0, 0]]
    red = from_yuv422(np.array([90, 81, 240, 81], np.uint8))
    assert red[0].tolist() == [255, 0, 0]


def test_there_and_back_through_yuv():
    picture = np.repeat(frame(0)[:, ::2], 2, axis=1)  # pairs share their colours
    back = from_yuv422(to_yuv422(picture)).reshape(picture.shape)
    assert np.abs(back.astype(int) - picture).mean() < 1.5


def test_neutral_grey_loses_a_level():
    grey = np.arange(256, dtype=np.uint8)[:, None].repeat(3, axis=1)
    assert grey_levels(grey).tolist() == [0, *range(255)]
    assert integer_features(grey, grey=True)[128].tolist() == [-1]
    assert float_features(grey, grey=True)[255].tolist() == [1.0]


def test_the_device_s_own_answers():
    if not VECTORS.is_file():
        pytest.skip("the real projects are not here")
    vectors = np.load(VECTORS)
    names = [
        k.split("/")[1] for k in vectors if k.startswith("features/float_rgb") for k in [k[9:]]
    ]
    assert len(names) == 6
    for name in names:
        seen = device_resized(vectors[f"picture/{name}"], 48, 48).picture
        for grey, word in ((False, "rgb"), (True, "grey")):
            real, whole = (vectors[f"features/{kind}_{word}/{name}"] for kind in ("float", "int8"))
            assert (float_features(seen, grey=grey).ravel() == real).all()
            assert (integer_features(seen, grey=grey).ravel() == whole).all()
    yuv = vectors["yuv422/bytes"].reshape(16, 32, 4)
    assert (from_yuv422(yuv).reshape(16, 64, 3) == vectors["yuv422/rgb"]).all()
    words = vectors["rgb565/bytes"].reshape(-1, 2)
    assert (from_rgb565(words) == vectors["rgb565/rgb"]).all()
