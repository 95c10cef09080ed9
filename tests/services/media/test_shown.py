import io

import numpy as np
import pytest
from PIL import Image

from gradcam import PictureError
from services.media.shown import encoded, read_back, shrunk
from tests.services.projects import RED, solid


def decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((40, 20), 10, (10, 5)),
        ((20, 40), 10, (5, 10)),
        ((1000, 1), 10, (10, 1)),
        ((9, 5), 10, (9, 5)),
        ((10, 10), 10, (10, 10)),
    ],
)
def test_the_longer_side_is_brought_down_to_a_length(size, side, expected):
    picture = np.full((*size, 3), 77, np.uint8)
    small = shrunk(picture, side)
    assert (small.shape, small.min(), small.max()) == ((*expected, 3), 77, 77)


def test_shrinking_takes_the_mean_of_what_falls_together():
    picture = np.array([[0, 200], [100, 100]], np.uint8)[..., None].repeat(3, axis=2)
    assert shrunk(picture, 1).tolist() == [[[100, 100, 100]]]


def test_a_picture_for_the_browser_is_webp_and_close():
    picture = np.full((16, 16, 3), (200, 60, 30), np.uint8)
    data = encoded(picture)
    assert data[8:12] == b"WEBP"
    assert np.abs(decoded(data).astype(int) - picture).max() <= 8


def test_where_every_pixel_counts_it_is_png_and_equal():
    picture = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    data = encoded(picture, lossless=True)
    assert data.startswith(b"\x89PNG")
    np.testing.assert_array_equal(decoded(data), picture)


def test_what_we_wrote_is_read_back_or_told_to_be_gone(tmp_path):
    assert read_back(solid(tmp_path / "overlay.png", RED))[3, 3].tolist() == list(RED)
    with pytest.raises(PictureError, match="the file is missing"):
        read_back(tmp_path / "gone.jpg")
