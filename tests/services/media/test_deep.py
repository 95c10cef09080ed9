"""Pictures of more than eight bits: one white for the whole set, and dark ones stay dark."""

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from gradcam import InputSpec, PictureError
from services.media.decoding import MAX_PIXELS, Decoding, depth_of, read_picture
from services.media.picture import Pictures
from tests.services.projects import drawn

GRAYS = np.arange(256, dtype=np.uint8).reshape(16, 16)
COLORS = np.stack([GRAYS, GRAYS[::-1], GRAYS.T], axis=2)


def written(path, values):
    """Any array as PNG or TIFF, colours in the order red, green, blue."""
    if path.suffix == ".tif":
        tifffile.imwrite(path, values, photometric="rgb" if values.ndim == 3 else "minisblack")
    else:
        cv2.imwrite(str(path), values[..., ::-1] if values.ndim == 3 else values)
    return path


def as_float(levels):
    return (levels / np.float32(255)).astype(np.float32)


def as_bits(bits):
    return lambda levels: np.rint(levels.astype(float) / 255 * (2**bits - 1)).astype(np.uint16)


KINDS = {
    "float.tif": (as_float, 1.0),
    "double.tif": (lambda levels: as_float(levels).astype(np.float64), 1.0),
    "float of 255.tif": (lambda levels: levels.astype(np.float32), 255.0),
    "10 bits.png": (as_bits(10), 1023.0),
    "12 bits.png": (as_bits(12), 4095.0),
    "12 bits.tif": (as_bits(12), 4095.0),
    "14 bits.tif": (as_bits(14), 16383.0),
    "16 bits.png": (as_bits(16), 65535.0),
    "8 bits in 16.png": (lambda levels: levels.astype(np.uint16), 255.0),
    "32 bits.tif": (lambda levels: as_bits(12)(levels).astype(np.uint32), 4095.0),
}


@pytest.mark.parametrize("levels", [GRAYS, COLORS], ids=["gray", "colours"])
@pytest.mark.parametrize("name", KINDS)
def test_every_depth_is_told_by_the_set_and_gives_the_levels_back(tmp_path, name, levels):
    if (name, levels.ndim) == ("32 bits.tif", 3):
        pytest.skip("nobody writes colours of 32 whole bits")
    store, white = KINDS[name]
    path = written(tmp_path / name, store(levels))
    depth = depth_of([path])
    assert (depth.white, depth.count) == (white, 1)
    read = read_picture(path, Decoding(white=depth.white))
    expected = levels if levels.ndim == 3 else np.repeat(levels[..., None], 3, axis=2)
    assert np.abs(read.astype(int) - expected).max() <= (0 if white in {1.0, 255.0} else 1)


def test_a_dark_picture_of_a_set_stays_dark(tmp_path):
    light = written(tmp_path / "light.png", as_bits(12)(GRAYS))
    dark = written(tmp_path / "dark.png", as_bits(12)(GRAYS // 32))
    depth = depth_of([dark, light])
    assert (depth.white, depth.highest, depth.count) == (4095.0, 4095.0, 2)
    assert read_picture(dark, Decoding(white=depth.white)).max() == 7
    alone = depth_of([dark])
    assert read_picture(dark, Decoding(white=alone.white)).max() > 100  # nothing to tell it by


def test_pictures_of_eight_bits_have_no_depth_and_no_white_changes_them(tmp_path):
    paths = [
        drawn(tmp_path / "a.png", COLORS),
        drawn(tmp_path / "a.jpg", COLORS),
        drawn(tmp_path / "a.tif", COLORS),
        tmp_path / "gone.png",
    ]
    (tmp_path / "broken.tif").write_bytes(b"II*\0" + bytes(40))
    assert depth_of([*paths, tmp_path / "broken.tif"]) is None
    for path in paths[:3]:
        np.testing.assert_array_equal(
            read_picture(path, Decoding(white=4095.0)), read_picture(path)
        )


def test_floats_among_whole_numbers_are_judged_with_them(tmp_path):
    paths = [
        written(tmp_path / "a.tif", as_float(GRAYS)),
        written(tmp_path / "b.tif", as_bits(16)(GRAYS)),
    ]
    assert depth_of(paths).white == 65535.0


def test_whole_numbers_up_to_one_are_nearly_black(tmp_path):
    path = written(tmp_path / "a.png", (GRAYS > 9).astype(np.uint16))
    assert depth_of([path]).white == 255.0
    assert depth_of([written(tmp_path / "b.png", np.zeros((4, 4), np.uint16))]).white == 255.0


def test_what_lies_above_all_usual_depths_is_white_itself(tmp_path):
    values = np.linspace(0, 200_000, 16, dtype=np.float32).reshape(4, 4)
    path = written(tmp_path / "a.tif", values)
    assert depth_of([path]).white == 200_000.0
    assert read_picture(path, Decoding(white=200_000.0)).max() == 255


def test_no_number_and_what_is_below_black_are_black(tmp_path):
    values = np.array([[np.nan, -3.0, 0.5, 1.0]], np.float32)
    path = written(tmp_path / "a.tif", values)
    assert (depth_of([path]).white, depth_of([path]).lowest) == (1.0, -3.0)
    assert read_picture(path, Decoding(white=1.0))[0, :, 0].tolist() == [0, 0, 128, 255]


def test_a_tiff_of_floats_that_would_fill_the_memory_is_told(tmp_path):
    side = int(MAX_PIXELS**0.5) + 1
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, np.zeros((4, 4, 3), np.float32), photometric="rgb")
    content = bytearray(path.read_bytes())
    for tag in (256, 257):  # width and height, shorts or longs of one value
        place = content.index(tag.to_bytes(2, "little") + b"\4\0\1\0\0\0")
        content[place + 8 : place + 12] = side.to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(PictureError, match="larger than 60 megapixels"):
        read_picture(path)


def test_sixteen_bits_of_a_camera_held_sideways_are_turned(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    for name, values in (("a.png", as_bits(12)(GRAYS[:8])), ("b.png", GRAYS[:8])):
        image = Image.fromarray(values)
        image.save(tmp_path / name, exif=exif)
        turned = read_picture(tmp_path / name, Decoding(white=4095.0))
        assert turned.shape == (16, 8, 3)
        stored = read_picture(tmp_path / name, Decoding(exif=False, white=4095.0))
        np.testing.assert_array_equal(np.rot90(stored, -1), turned)


def test_the_white_is_part_of_what_a_medium_is_called_and_is_recorded():
    usual, deep = Pictures(InputSpec(4, 4)), Pictures(InputSpec(4, 4), Decoding(white=4095.0))
    assert str(usual) == str(InputSpec(4, 4))
    assert str(deep) != str(usual)
    assert deep.settings["white"] == 4095.0
    assert "white" not in usual.settings
