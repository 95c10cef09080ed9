"""What is a picture: by its ending, and by its first bytes where that says nothing."""

import io
import zipfile

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from gradcam import PictureError
from services.media.decoding import read_picture
from services.media.kinds import is_sample
from services.media.picture_files import first_bytes, is_picture
from services.sources.archive import is_sample_in
from tests.services.projects import drawn

COLOR = (200, 60, 30)
FORMATS = ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF", "HEIF"]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(400)  # its head, and nothing behind it


def bytes_of(form):
    if form == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow writes no AVIF")
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.new("RGB", (32, 24), COLOR).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize(
    "name", ["IMG_0001", "photo.jpg_large", "a.jfif", "a.JFIF", "0.5", "a.img"]
)
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_a_picture_whatever_its_ending_and_is_read(tmp_path, form, name):
    path = tmp_path / name
    path.write_bytes(bytes_of(form))
    assert is_sample(path)
    picture = read_picture(path)
    assert picture.shape == (24, 32, 3)
    assert np.abs(picture.astype(int) - COLOR).max() <= 12


@pytest.mark.parametrize("name", ["notes.txt", "a.csv", "info.labels", "model.h5", "a.pdf"])
def test_a_file_with_an_ending_of_its_own_is_not_looked_into(tmp_path, name):
    def head():
        pytest.fail("it was read")

    assert not is_picture(tmp_path / name, head)
    assert is_picture(tmp_path / "a.png", head)


@pytest.mark.parametrize("name", [".DS_Store", "._a.jpg", ".jpg", ".hidden.png"])
def test_hidden_files_are_none(tmp_path, name):
    (tmp_path / name).write_bytes(bytes_of("JPEG"))
    assert not is_sample(tmp_path / name)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BMW and Porsche are makers of cars.",
        b"P5 is a byway",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\0\0\0\x20ftypisom\0\0\2\0isomiso2",  # a film
        b"PK\3\4",
        b"\x89HDF\r\n\x1a\n",
    ],
)
def test_what_only_begins_like_one_or_is_another_thing_is_none(tmp_path, content):
    path = tmp_path / "LICENSE"
    path.write_bytes(content)
    assert not is_picture(path, lambda: first_bytes(path))


def test_a_file_that_cannot_be_read_is_none(tmp_path):
    assert not is_sample(tmp_path / "gone")
    (tmp_path / "folder").mkdir()
    assert not is_sample(tmp_path / "folder")


def test_a_zip_is_looked_into_too(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("cat/one", bytes_of("JPEG"))
        archive.writestr("cat/two.jfif", b"not looked into")
        archive.writestr("cat/notes", b"nothing")
        archive.writestr("cat/three.txt", bytes_of("JPEG"))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        answers = [is_sample_in(archive, info) for info in archive.infolist()]
    assert answers == [True, True, False, False]


@pytest.mark.parametrize("name", ["IMG_0001.HEIC", "a.heif", "a.jpg", "a"])
def test_a_broken_heic_is_told_with_its_name_and_the_way_out(tmp_path, name):
    (tmp_path / name).write_bytes(HEIC)
    assert is_sample(tmp_path / name)
    with pytest.raises(PictureError, match=r"a HEIC picture that .*; save it as JPEG or PNG"):
        read_picture(tmp_path / name)


def test_half_a_heic_is_told_too(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    path = drawn(tmp_path / "a.heic", noise)
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(PictureError, match="a HEIC picture that"):
        read_picture(path)


def test_a_heic_of_a_phone_held_sideways_is_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = np.zeros((32, 64, 3), np.uint8)
    stored[:, :32] = COLOR
    picture = read_picture(drawn(tmp_path / "a.heic", stored, exif=exif.tobytes(), quality=95))
    assert picture.shape == (64, 32, 3)
    assert picture[8, 16, 0] > 150 > picture[56, 16, 0]


def test_of_several_pages_it_is_the_first(tmp_path):
    pages = [Image.new("RGB", (8, 8), color) for color in (COLOR, (0, 0, 0))]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "a.gif", save_all=True, append_images=pages[1:])
    for name in ("a.tif", "a.gif"):
        assert np.abs(read_picture(tmp_path / name)[0, 0].astype(int) - COLOR).max() <= 8
