"""Frames as the device's software resizes them: by hand, and as the software itself answered."""

import json
from pathlib import Path

import numpy as np
import pytest

from gradcam.device.resizing import DeviceResize, crop_of, device_resized, unresized

VECTORS = Path(__file__).parents[4] / "shared" / "real" / "device_vectors" / "vectors.npz"


def test_two_rows_become_one_by_hand():
    frame = np.array([[10, 20, 40], [50, 70, 90]], np.uint8)[..., None]
    # 3 columns to 2: places 0 and 1.5; 2 rows to 1: place 0.
    assert device_resized(frame, 2, 1).picture[..., 0].tolist() == [[10, 30]]
    # 2 rows to 3 (places 0, 0.666…, 1.333…): the last lies a third of the way out of memory.
    made = device_resized(frame, 3, 3)
    assert made.picture[0, :, 0].tolist() == [10, 20, 40]
    third = (2 << 14) // 3 & 16383
    assert made.picture[1, 0, 0] == (10 * (16384 - third) + 50 * third + 8192) >> 14
    assert made.undefined.tolist() == [[False] * 3, [False] * 3, [True] * 3]


def test_the_right_edge_mixes_in_the_next_row():
    frame = np.array([[0, 100], [200, 40]], np.uint8)[..., None]
    made = device_resized(frame, 4, 2)  # places 0, .5, 1, 1.5
    assert made.picture[0, :, 0].tolist() == [0, 50, 100, 150]  # half of 100, half of 200
    assert made.undefined[0].tolist() == [False] * 4
    assert made.undefined[1].tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("frame", "wanted", "crop"),
    [
        ((160, 120), (96, 96), (20, 0, 120, 120)),
        ((120, 160), (96, 64), (0, 40, 120, 80)),
        ((160, 120), (96, 64), (-10, 0, 180, 120)),
        ((160, 119), (96, 64), (-9, 0, 178, 119)),  # toward zero
    ],
)
def test_what_fit_shortest_keeps(frame, wanted, crop):
    kept = crop_of(*frame, *wanted)
    assert (kept.x, kept.y, kept.width, kept.height) == crop
    assert kept.is_refused == (crop[0] < 0)


def test_a_refused_crop_leaves_rows_of_another_length():
    frame = np.arange(4 * 3 * 3, dtype=np.uint8).reshape(3, 4, 3)
    made = device_resized(frame, 3, 2, DeviceResize.FIT_SHORTEST)  # 4.5 columns would be kept
    assert not made.refused
    wide = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(4, 5, 3)
    made = device_resized(wide, 3, 1, DeviceResize.FIT_SHORTEST)
    assert made.refused
    assert made.picture.tolist() == [wide[0, :3].tolist()]
    assert unresized(wide, 3, 2)[1].tolist() == [*wide[0, 3:].tolist(), wide[1, 0].tolist()]


def test_what_is_enlarged_in_place_overwrites_itself():
    frame = np.arange(16, dtype=np.uint8).reshape(4, 4, 1) * 10
    made = device_resized(frame, 6, 6, DeviceResize.FIT_SHORTEST).picture[..., 0]
    memory = [*frame.ravel().tolist(), *[0] * 20]
    step = (4 << 14) // 6
    for place in range(36):  # one pixel after the other, as the device does it
        y, x = (each * step for each in divmod(place, 6))
        at, f, g = (y >> 14) * 4 + (x >> 14), x & 16383, y & 16383

        def across(start, f=f):
            beyond = [memory[i] if i < 36 else 0 for i in (start, start + 1)]
            return (beyond[0] * (16384 - f) + beyond[1] * f + 8192) >> 14

        memory[place] = (across(at) * (16384 - g) + across(at + 4) * g + 8192) >> 14
    assert made.ravel().tolist() == memory[:36]


def test_the_longest_side_fits_between_bars():
    frame = np.full((2, 4, 1), 200, np.uint8)
    made = device_resized(frame, 4, 5, DeviceResize.FIT_LONGEST)
    assert made.picture[..., 0].tolist() == [[0] * 4, [200] * 4, [200] * 4, [0] * 4, [0] * 4]
    assert made.undefined.all(axis=1).tolist() == [False] * 4 + [True]  # never written


def test_the_device_s_own_answers():
    if not VECTORS.is_file():
        pytest.skip("the real projects are not here")
    vectors = np.load(VECTORS)
    cases = json.loads(str(vectors["cases_json"]))
    pixels = 0
    for key, case in cases.items():
        name, _, mode, *mono = key.split("/")
        frame = vectors["/".join(["picture", name, *mono])]
        made = device_resized(frame, *case["target"], DeviceResize(mode))
        assert made.refused == (case["return"] == -1008), key
        if made.refused:
            left = f"left_in_buffer/{key}"
            assert left not in vectors or (vectors[left] == made.picture).all(), key
            continue
        undefined = f"undefined/{key}"
        there = undefined in vectors
        assert (made.undefined == (vectors[undefined] if there else False)).all(), key
        device = vectors[f"device/{key}"].reshape(made.picture.shape)
        assert (device == made.picture)[~made.undefined].all(), key
        pixels += int((~made.undefined).sum())
    assert pixels == 399_021
