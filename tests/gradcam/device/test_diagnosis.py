"""The fault that explains a printed picture, on drawn frames and on photographs."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gradcam.device.diagnosis import ExpectedPicture, correlation, diagnosed, row_length
from gradcam.device.faults import Fault, greyed, misread_yuv, planar, swapped_bytes
from gradcam.device.resizing import DeviceResize, device_resized, unresized
from tests.gradcam.device.frames import frame

PHOTOGRAPHS = Path(__file__).parents[4] / "shared" / "real" / "tflite" / "pictures"
SIDE = 96


def expected_of(camera, side=SIDE):
    pictures = {mode: device_resized(camera, side, side, mode).picture for mode in DeviceResize}
    return ExpectedPicture(pictures, DeviceResize.SQUASH)


def with_each_fault(camera, other):
    """What would be printed under every fault, by the fault."""
    right, wrong = expected_of(camera), expected_of(other).picture
    seen = right.picture
    height, width, _ = seen.shape
    seam = np.concatenate([seen[:40], wrong[40:]])
    return {
        Fault.NONE: seen,
        Fault.BYTES_SWAPPED: swapped_bytes(seen),
        Fault.BLUE_FIRST: seen[..., ::-1],
        Fault.OFF_BY_ONE: np.roll(seen.ravel(), 1).reshape(seen.shape),
        Fault.OFF_BY_TWO: np.roll(seen.ravel(), 2).reshape(seen.shape),
        Fault.ROW_LENGTH: unresized(camera, width, height),
        Fault.PLANAR: planar(seen),
        Fault.GREY: greyed(seen),
        Fault.CROPPED: right.pictures[DeviceResize.FIT_SHORTEST],
        Fault.BARS: right.pictures[DeviceResize.FIT_LONGEST],
        Fault.TURNED_LEFT: np.rot90(seen),
        Fault.TURNED_RIGHT: np.rot90(seen, -1),
        Fault.UPSIDE_DOWN: seen[::-1, ::-1],
        Fault.MIRRORED: seen[:, ::-1],
        Fault.FLIPPED: seen[::-1],
        Fault.TRANSPOSED: np.swapaxes(seen, 0, 1),
        Fault.ANTITRANSPOSED: np.swapaxes(seen[::-1, ::-1], 0, 1),
        Fault.SHIFTED_BY_128: (seen.astype(int) + 128).astype(np.uint8),
        Fault.YUV_ORDER: misread_yuv(seen),
        Fault.SEAM: seam,
    }


def noisy(picture, rng):
    return np.clip(picture + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)


def named(cameras, *, noise):
    """(right, all, faults found on sound pictures)."""
    right = count = wrongly = 0
    rng = np.random.default_rng(0)
    for number, camera in enumerate(cameras):
        expected = expected_of(camera)
        other = cameras[(number + 1) % len(cameras)]
        seen = (noisy(camera, rng), noisy(other, rng)) if noise else (camera, other)
        for fault, printed in with_each_fault(*seen).items():
            told = diagnosed(np.ascontiguousarray(printed), expected)
            right, count = right + (told.fault is fault), count + 1
            wrongly += fault is Fault.NONE and told.fault is not Fault.NONE
    return right, count, wrongly


def test_each_fault_is_named_on_drawn_frames():
    right, count, wrongly = named([frame(seed) for seed in range(3)], noise=False)
    assert count == 60
    assert right >= 58
    assert wrongly == 0


@pytest.mark.whole
@pytest.mark.parametrize("noise", [False, True])
def test_each_fault_is_named_on_photographs(noise):
    if not PHOTOGRAPHS.is_dir():
        pytest.skip("the real projects are not here")
    cameras = [
        np.asarray(Image.open(path).convert("RGB").resize((160, 120), Image.Resampling.LANCZOS))
        for path in sorted(PHOTOGRAPHS.iterdir())
    ]
    right, count, wrongly = named(cameras, noise=noise)
    assert count == 240
    assert right >= 230
    assert wrongly == 0


def test_what_needs_no_expectation():
    black, blue = np.zeros((2, SIDE, SIDE, 3), np.uint8)
    blue[..., 2] = frame(0, SIDE, SIDE)[..., 0]
    expected = expected_of(frame(0))
    assert diagnosed(black, expected).fault is Fault.PACKED_SHARES
    assert diagnosed(blue, expected).fault is Fault.PACKED_GREY


def test_nothing_is_said_of_flat_pictures_and_of_other_scenes():
    expected = expected_of(frame(0))
    flat = np.full((SIDE, SIDE, 3), 90, np.uint8)
    assert diagnosed(flat, expected).fault is None
    assert "nearly of one colour" in diagnosed(flat, expected).why
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    told = diagnosed(noise, expected)
    assert told.fault is None
    assert "Nothing fits" in told.why


def test_a_second_shot_is_told_with_probably():
    camera = frame(1)
    second = np.roll(camera, (9, 12), axis=(0, 1))
    printed = expected_of(second).picture[:, ::-1]
    told = diagnosed(np.ascontiguousarray(printed), expected_of(camera))
    assert told.fault is Fault.MIRRORED
    assert not told.sure


def test_grey_networks_are_not_told_of_colours():
    camera = greyed(frame(2))
    expected = expected_of(camera)
    told = diagnosed(expected.picture[::-1].copy(), expected, grey=True)
    assert (told.fault, told.sure) == (Fault.FLIPPED, True)
    told = diagnosed(expected.picture, expected, grey=True)
    assert (told.fault, told.sure) == (Fault.NONE, True)


def test_the_length_of_rows():
    camera = frame(3)
    length, share = row_length(unresized(camera, SIDE, SIDE))
    assert length == 160
    assert share < 0.6
    assert row_length(expected_of(camera).picture) == (SIDE, 1.0)


def test_correlation_is_pearsons():
    one, other = frame(4), frame(5)
    assert correlation(one, other) == pytest.approx(
        np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1], abs=1e-12
    )
    assert correlation(one, np.zeros_like(one)) == 0.0
