import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, features

from gradcam import Color, GradcamError, InputSpec, PictureError, Resize, Scaling
from services.media.decoding import MAX_PIXELS, read_picture
from services.media.input_options import changed
from services.media.picture import Pictures
from tests.services.projects import drawn

# Four different corners, so that every turn shows.
CORNERS = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], np.uint8)


def saved(path, image, **options):
    image.save(path, **options)
    return path


def why(path):
    with pytest.raises(PictureError) as caught:
        read_picture(path)
    return str(caught.value)


def test_an_rgb_picture_is_read_as_it_is(tmp_path):
    np.testing.assert_array_equal(read_picture(drawn(tmp_path / "a.png", CORNERS)), CORNERS)


def test_a_gray_picture_has_three_equal_channels(tmp_path):
    path = saved(tmp_path / "a.png", Image.fromarray(np.array([[0, 7, 255]], np.uint8)))
    assert read_picture(path).tolist() == [[[0] * 3, [7] * 3, [255] * 3]]


def test_a_palette_gives_its_colours(tmp_path):
    image = Image.fromarray(CORNERS).quantize(4)
    path = saved(tmp_path / "a.png", image)
    assert Image.open(path).mode == "P"
    np.testing.assert_array_equal(read_picture(path), CORNERS)


def test_transparency_is_dropped(tmp_path):
    clear = np.dstack([CORNERS, np.array([[0, 128], [255, 1]], np.uint8)])
    path = saved(tmp_path / "a.png", Image.fromarray(clear))
    np.testing.assert_array_equal(read_picture(path), CORNERS)


def test_gray_with_transparency_is_read(tmp_path):
    path = saved(tmp_path / "a.png", Image.new("LA", (1, 1), (90, 10)))
    assert read_picture(path).tolist() == [[[90, 90, 90]]]


def test_black_and_white_is_read(tmp_path):
    path = saved(tmp_path / "a.png", Image.fromarray(np.array([[False, True]])))
    assert read_picture(path)[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_sixteen_bits_become_eight(tmp_path, suffix):
    values = np.array([[0, 257, 32768, 65535]], np.uint16)
    path = saved(tmp_path / f"a.{suffix}", Image.fromarray(values))
    assert read_picture(path)[0, :, 0].tolist() == [0, 1, 127, 255]


def test_eight_bits_stored_in_sixteen_stay(tmp_path):
    values = np.array([[0, 7, 255]], np.uint16)
    path = saved(tmp_path / "a.png", Image.fromarray(values))
    assert read_picture(path)[0, :, 0].tolist() == [0, 7, 255]


def test_printing_colours_become_screen_colours(tmp_path):
    path = saved(tmp_path / "a.tif", Image.new("CMYK", (2, 2), (0, 255, 255, 0)))
    assert read_picture(path)[0, 0].tolist() == [255, 0, 0]


UPRIGHT = {
    1: lambda stored: stored,
    2: np.fliplr,
    3: lambda stored: np.rot90(stored, 2),
    4: np.flipud,
    5: lambda stored: stored.transpose(1, 0, 2),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: np.rot90(stored, 2).transpose(1, 0, 2),
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_picture_is_turned_upright(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.concatenate([CORNERS, CORNERS // 2], axis=1)  # wider than high
    path = drawn(tmp_path / "a.png", stored, exif=exif)
    np.testing.assert_array_equal(read_picture(path), UPRIGHT[orientation](stored))


@pytest.mark.parametrize("exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"garbage"])
def test_broken_notes_of_a_camera_do_not_lose_the_picture(tmp_path, exif):
    path = drawn(tmp_path / "a.png", CORNERS, exif=exif)
    np.testing.assert_array_equal(read_picture(path), CORNERS)


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow writes no AVIF")
def test_the_bytes_decide_and_not_the_extension(tmp_path):
    image = Image.fromarray(np.full((16, 16, 3), (250, 10, 20), np.uint8))
    path = tmp_path / "photo.jpeg"
    image.save(path, "AVIF", quality=95)
    assert np.abs(read_picture(path).astype(int) - (250, 10, 20)).max() <= 6


@pytest.mark.parametrize("form", ["JPEG", "BMP", "WEBP", "GIF", "TIFF", "PPM"])
def test_the_usual_formats_are_read(tmp_path, form):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (16, 16), (200, 30, 40)).save(path, form)
    assert np.abs(read_picture(path).astype(int) - (200, 30, 40)).max() <= 8


def test_an_empty_file_is_told(tmp_path):
    (tmp_path / "a.png").touch()
    assert why(tmp_path / "a.png") == "the file is empty"


@pytest.mark.parametrize("suffix", ["png", "jpg", "bmp", "webp"])
def test_a_truncated_file_is_told(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3))
    path = drawn(tmp_path / f"a.{suffix}", noise)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert why(path) == "damaged: it cannot be decoded"


def test_a_pointer_in_place_of_the_picture_is_told(tmp_path):
    path = tmp_path / "a.png"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    assert why(path) == "a Git LFS pointer, not the picture; run `git lfs pull`"


def test_a_text_named_like_a_picture_is_told(tmp_path):
    (tmp_path / "a.jpg").write_text("not a picture")
    assert why(tmp_path / "a.jpg") == "no picture format that is known here"


def test_a_missing_file_is_told(tmp_path):
    assert why(tmp_path / "gone.png") == "the file is missing"


def test_a_folder_named_like_a_picture_is_told(tmp_path):
    (tmp_path / "a.png").mkdir()
    assert why(tmp_path / "a.png")


def claiming(path, width, height):
    """A PNG of a few bytes whose header claims a size."""

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    return path


@pytest.mark.parametrize(
    ("width", "height"), [(MAX_PIXELS + 1, 1), (10_000, 9_500), (30_000, 30_000)]
)
def test_a_picture_that_would_fill_the_memory_is_told(tmp_path, width, height):
    assert why(claiming(tmp_path / "a.png", width, height)) == "larger than 60 megapixels"


# -------------------------------------------------------------------- what a network gets of it


def wide(tmp_path):
    """Red on the left, blue on the right: 40 × 10."""
    pixels = np.zeros((10, 40, 3), np.uint8)
    pixels[:, :20, 0] = pixels[:, 20:, 2] = 255
    return drawn(tmp_path / "wide.png", pixels)


def test_what_goes_into_digests_is_the_input_spec_as_ever():
    """Predictions and exports that are kept were named by it."""
    for spec in (InputSpec(8, 6), InputSpec(3, 3, Resize.CROP, color=Color.BGR)):
        assert str(Pictures(spec)) == str(spec)


def test_a_picture_is_shown_whole_and_seen_as_it_is_cut(tmp_path):
    read = Pictures(InputSpec(5, 10, resize=Resize.CROP, crop_anchor="middle-left")).read(
        wide(tmp_path)
    )
    assert (read.size, read.picture.shape) == ((40, 10), (10, 40, 3))
    assert read.seen.shape == (10, 5, 3)
    assert (read.seen == (255, 0, 0)).all()
    np.testing.assert_array_equal(read.cut, read.seen)


def test_the_tensor_is_what_is_seen_in_the_numbers_of_the_network(tmp_path):
    medium = Pictures(InputSpec(5, 10, color=Color.BGR, scaling=Scaling.SYMMETRIC))
    tensor = medium.read(wide(tmp_path)).tensor
    assert (tensor.shape, tensor.dtype) == ((10, 5, 3), np.float32)
    np.testing.assert_array_equal(tensor[0, 0].round(), [-1, -1, 1])
    np.testing.assert_array_equal(tensor[9, 4].round(), [1, -1, -1])


def test_every_scaling_and_order_of_colours_is_a_variant_and_red_first_is_the_usual():
    medium = Pictures(InputSpec(4, 4, Resize.FIT_LONG, color=Color.BGR))
    variants = medium.variants()
    assert [one.blue_first for one in variants] == [False] * 8 + [True] * 8
    assert [one.spec.scaling for one in variants] == [*list(Scaling)[:8], *list(Scaling)[:8]]
    assert {
        replace(one.spec, scaling=medium.spec.scaling, color=Color.BGR) for one in variants
    } == {medium.spec}
    gray = Pictures(InputSpec(4, 4, color=Color.GRAYSCALE))
    assert {one.spec.color for one in gray.variants()} == {Color.GRAYSCALE}
    assert [option.name for option in medium.options if option.tried] == ["scaling", "color"]
    assert [option.name for option in gray.options if option.tried] == ["scaling"]


@pytest.mark.parametrize(
    ("color", "values", "expected"),
    [
        ("rgb", {}, ("rgb", "0..1")),
        ("rgb", {"scaling": "torch"}, ("rgb", "torch")),
        ("rgb", {"scaling": "-1..1", "color": "bgr"}, ("bgr", "-1..1")),
        ("rgb", {"color": "grayscale"}, ("rgb", "0..1")),  # of three channels none is gray
        ("grayscale", {"scaling": "torch", "color": "bgr"}, ("grayscale", "torch")),
        ("rgb", {"loudness": "11"}, ("rgb", "0..1")),
    ],
)
def test_a_person_overrides_what_can_be_chosen(color, values, expected):
    spec = Pictures(InputSpec(4, 4, color=Color(color))).having(values).spec
    assert (spec.color, spec.scaling) == expected


# --------------------------------------------------------------------------- what is chosen of it

MEDIUM = Pictures(InputSpec(4, 4))
TORCH = {"mean": "0.485, 0.456, 0.406", "deviation": "0.229 0.224 0.225"}
OF_BYTES = ((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))


def numbers(medium):
    assert medium.spec.scaling is Scaling.OWN
    return medium.spec.mean, medium.spec.deviation


def test_numbers_of_one_s_own_bring_their_scaling_and_equal_the_one_that_is_known():
    own = MEDIUM.having(TORCH)
    assert np.allclose(numbers(own), OF_BYTES)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3), np.uint8)
    torch = MEDIUM.having({"scaling": "torch"})
    np.testing.assert_allclose(own.tensors(pixels), torch.tensors(pixels), atol=1e-5)


@pytest.mark.parametrize(
    ("values", "mean", "deviation"),
    [
        ({"mean": "0.5", "deviation": "0.5"}, (127.5,), (127.5,)),  # none is above 1: of 0..1
        ({"mean": "127.5", "deviation": "0.5"}, (127.5,), (0.5,)),
        ({"mean": "0", "deviation": "1"}, (0.0,), (255.0,)),
        ({"mean": "103.9;116.8;123.7"}, (103.9, 116.8, 123.7), (1.0,)),
        ({"mean": "0.5"}, (127.5,), (255.0,)),
        ({"deviation": "255"}, (0.0,), (255.0,)),
    ],
)
def test_numbers_are_of_0_to_1_where_none_is_above_1_and_what_is_missing_changes_nothing(
    values, mean, deviation
):
    assert numbers(MEDIUM.having(values)) == (mean, deviation)


def test_what_a_source_gave_stays_where_a_person_gives_the_other():
    given = Pictures(InputSpec(4, 4, scaling=Scaling.OWN, mean=(9.0,), deviation=(8.0,)))
    assert numbers(given.having({"deviation": "50"})) == ((9.0,), (50.0,))
    assert numbers(given.having({"mean": "2, 3, 4"})) == ((2.0, 3.0, 4.0), (8.0,))


def test_numbers_are_kept_while_another_scaling_is_chosen():
    other = MEDIUM.having({**TORCH, "scaling": "0..1"})
    assert (other.spec.scaling, len(other.spec.mean)) == (Scaling.UNIT, 3)
    assert Scaling.OWN in [each.spec.scaling for each in other.variants()]
    assert Scaling.OWN not in [each.spec.scaling for each in MEDIUM.variants()]  # of no numbers


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"mean": "a half"}, "'a half' is no list of numbers; write one number, or one a channel"),
        ({"deviation": "inf"}, "'inf' is no list of numbers"),
        ({"mean": "1, 2"}, "The mean has 2 numbers; .* takes 3 numbers, one a channel"),
        ({"deviation": "0"}, "The deviation must be above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(values, words):
    with pytest.raises(GradcamError, match=words):
        MEDIUM.having(values)


def test_what_is_done_is_said_in_words():
    assert MEDIUM.having(TORCH).said.endswith(
        "RGB · less 123.675, 116.28, 103.53, divided by 58.395, 57.12, 57.375"
    )
    assert MEDIUM.having({"scaling": "per-image-standardization", "exif": "ignored"}).said == (
        "resize squash (Lanczos) · RGB · each standardised by its own mean and deviation · "
        "EXIF orientation ignored"
    )
    assert MEDIUM.having({"scaling": "per-image-min-max"}).said.endswith(
        "each stretched from its minimum, 0, to its maximum, 1"
    )


def test_settings_are_those_of_project_toml_and_what_came_later_shows_where_it_says_something():
    assert list(MEDIUM.settings) == [
        "width", "height", "resize", "resize_method", "crop_anchor", "color", "scaling",
    ]  # fmt: skip
    more = MEDIUM.having({**TORCH, "exif": "ignored"}).settings
    assert set(more) - set(MEDIUM.settings) == {"mean", "deviation", "exif"}
    assert more["exif"] is False


def test_an_orientation_that_is_ignored_is_ignored_in_all_that_is_shown_fed_and_placed(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = np.zeros((4, 8, 3), np.uint8)
    stored[:, :4, 0] = 255
    path = drawn(tmp_path / "a.png", stored, exif=exif)
    as_stored = Pictures(InputSpec(8, 4)).having({"exif": "ignored"})
    assert as_stored.values["exif"] == "ignored"
    read = as_stored.read(path)
    np.testing.assert_array_equal(read.picture, stored)
    np.testing.assert_array_equal(read.seen, stored)
    placed = as_stored.place(np.array([[1.0, 0.0]], np.float32), read.size, read.size)
    assert placed.shape == (4, 8)
    assert placed[0, 0] > placed[0, -1]
    turned = Pictures(InputSpec(8, 4)).read(path)
    assert turned.size == (4, 8)
    assert str(as_stored).endswith("Decoding(exif=False, white=None)")


@pytest.mark.parametrize(
    ("before", "name", "value", "after"),
    [
        ({}, "scaling", "torch", {"scaling": "torch", "color": "rgb"}),  # as links always were
        ({}, "exif", "ignored", {"exif": "ignored"}),
        ({"exif": "ignored"}, "exif", "heeded", {"exif": "heeded"}),
        ({"exif": "ignored"}, "color", "bgr",
         {"exif": "ignored", "scaling": "0..1", "color": "bgr"}),
        ({}, "mean", "0.5", {"mean": "0.5", "scaling": "mean-and-deviation", "color": "rgb"}),
        ({"mean": "0.5", "scaling": "mean-and-deviation"}, "mean", "", {"color": "rgb"}),
        ({"mean": "0.5", "scaling": "mean-and-deviation", "color": "bgr"}, "scaling", "0..1",
         {"mean": "0.5", "scaling": "0..1", "color": "bgr"}),
    ],
)  # fmt: skip
def test_a_person_changes_one_option_and_what_is_tried_with_it_is_pinned(
    before, name, value, after
):
    assert changed(MEDIUM, before, name, value) == after
