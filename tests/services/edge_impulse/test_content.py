import io
import json

import pytest
from PIL import Image

from services.edge_impulse.content import Content, check_content, ending_of
from services.edge_impulse.errors import StudioError
from tests.services.edge_impulse.visits import refused


def picture(kind):
    sink = io.BytesIO()
    Image.new("RGB", (8, 8)).save(sink, kind)
    return sink.getvalue()


FORMATS = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "GIF": ".gif",
    "BMP": ".bmp",
    "TIFF": ".tif",
}


@pytest.mark.parametrize(("kind", "ending"), FORMATS.items())
def test_pictures_are_known_by_their_first_bytes(kind, ending):
    content = picture(kind)
    check_content(Content.PICTURE, content, "application/octet-stream")
    check_content(Content.PICTURE, content, "text/html")  # what the header says does not count
    assert ending_of(content) == ending


def test_big_endian_tiff_is_a_picture():
    check_content(Content.PICTURE, b"MM\0*....", "")
    assert ending_of(b"MM\0*....") == ".tif"


@pytest.mark.parametrize(
    ("expected", "head"),
    [
        (Content.ARCHIVE, b"PK\x03\x04"),
        (Content.NETWORK, b"PK\x03\x04"),
        (Content.NETWORK, b"\x89HDF\r\n"),
    ],
)
def test_files_are_known_by_their_first_bytes(expected, head):
    check_content(expected, head, "")


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (Content.PICTURE, "a picture"),
        (Content.NETWORK, "a Keras model"),
        (Content.ARCHIVE, "a zip"),
    ],
)
@pytest.mark.parametrize(
    ("head", "content_type", "what"),
    [
        (b"<!DOCTYPE html><HTML><body>", "", "a web page"),
        (b"anything", "text/html; charset=utf-8", "a web page"),
        (b"other bytes", "image/jpeg", "something else"),
        (b"", "", "something else"),
    ],
)
def test_what_is_something_else_is_told(expected, words, head, content_type, what):
    def check():
        check_content(expected, head, content_type)

    assert refused(check, StudioError) == (
        f"Studio sends {what} where {words} should be; try again later."
    )


@pytest.mark.parametrize("content_type", ["application/json", "image/jpeg"])
def test_an_error_in_json_is_told_in_studios_words(content_type):
    body = b"\n " + json.dumps({"success": False, "error": "No sample found"}).encode()
    with pytest.raises(StudioError) as caught:
        check_content(Content.PICTURE, body, content_type)
    assert str(caught.value) == "Studio says “No sample found”."
    assert caught.value.status == 200


def test_json_in_any_hand_is_known_by_its_type():
    body = json.dumps({"error": "No sample found"}, indent=4).encode()
    with pytest.raises(StudioError, match="Studio says “No sample found”"):
        check_content(Content.PICTURE, body, "application/json; charset=utf-8")
    with pytest.raises(StudioError, match="something else where a picture should be"):
        check_content(Content.PICTURE, body, "image/jpeg")


@pytest.mark.parametrize(
    ("expected", "head"),
    [
        (Content.ARCHIVE, b"\x89HDF\r\n"),
        (Content.ARCHIVE, b"PK\x05\x06"),  # a zip of nothing
        (Content.PICTURE, b"PK\x03\x04"),
        (Content.NETWORK, b"\x89PNG"),
        (Content.PICTURE, b"RIFF\x24\0\0\0WAVEfmt "),  # a sound
    ],
)
def test_one_kind_is_not_another(expected, head):
    refused(lambda: check_content(expected, head, ""), StudioError)
