import io

import numpy as np
import pytest
from PIL import Image

from gradcam import PictureError
from services.keeping.store import BoundedStore
from services.media.picture import Pictures
from services.predictions import thumbnails
from services.predictions.thumbnails import THUMBNAIL, encoded_heat, thumbnail
from tests.services.projects import BLUE, RED, said, solid


def shown(data):
    return Image.open(io.BytesIO(data))


def predictions_of(network, *paths):
    answers = [(path.name, None) for path in paths]
    return said(
        network, answers, classes=("blue", "red"), outputs=[[1, 0]] * len(paths), paths=paths
    )


def test_a_thumbnail_is_the_small_picture_twice(blue_or_red, tmp_path):
    path = solid(tmp_path / "a.png", RED, (400, 200))
    found = thumbnail(predictions_of(blue_or_red, path), 0)
    assert found.picture.shape == (THUMBNAIL // 2, THUMBNAIL, 3)
    assert found.picture[0, 0].tolist() == [255, 0, 0]
    assert shown(found.encoded).size == (THUMBNAIL, THUMBNAIL // 2)
    assert np.abs(np.asarray(shown(found.encoded)).astype(int) - RED).max() <= 8


def test_a_small_picture_is_not_enlarged(blue_or_red, tmp_path):
    path = solid(tmp_path / "a.png", RED, (9, 5))
    assert thumbnail(predictions_of(blue_or_red, path), 0).picture.shape == (5, 9, 3)


def test_a_picture_is_read_once_for_each_size(blue_or_red, tmp_path, monkeypatch):
    read = []
    original = Pictures.read
    monkeypatch.setattr(Pictures, "read", lambda *given: read.append(1) or original(*given))
    predictions = predictions_of(blue_or_red, solid(tmp_path / "a.png", RED, (40, 40)))
    small = [thumbnail(predictions, 0, 10), thumbnail(predictions, 0, 10)]
    large = thumbnail(predictions, 0, 20)
    assert (small[0] is small[1], len(read)) == (True, 2)
    assert (small[0].picture.shape, large.picture.shape) == ((10, 10, 3), (20, 20, 3))


def test_each_sample_has_its_own(blue_or_red, tmp_path):
    predictions = predictions_of(
        blue_or_red, solid(tmp_path / "a.png", RED), solid(tmp_path / "b.png", BLUE)
    )
    colors = [thumbnail(predictions, position).picture[0, 0].tolist() for position in (0, 1)]
    assert colors == [list(RED), list(BLUE)]


def test_the_store_is_bounded(blue_or_red, tmp_path, monkeypatch):
    store = BoundedStore(1000, lambda t: t.picture.nbytes)
    monkeypatch.setattr(thumbnails, "_thumbnails", store)
    paths = [solid(tmp_path / f"{n}.png", (n, 0, 0), (10, 10)) for n in range(6)]
    predictions = predictions_of(blue_or_red, *paths)
    for position in range(6):
        thumbnail(predictions, position)
    assert store.total == 900


def test_a_picture_that_has_gone_is_told(blue_or_red, tmp_path):
    path = solid(tmp_path / "a.png")
    predictions = predictions_of(blue_or_red, path)
    path.unlink()
    with pytest.raises(PictureError, match="missing"):
        thumbnail(predictions, 0)


def test_a_heatmap_is_a_gray_picture_of_255_levels():
    heat = np.array([[0.0, 0.25, 0.5, 1.0, 0.001, 0.999]], np.float32)
    image = shown(encoded_heat(heat))
    assert image.mode == "L"
    assert np.asarray(image).tolist() == [[0, 64, 128, 255, 0, 255]]


def test_every_level_survives():
    heat = (np.arange(256, dtype=np.float32) / 255.0)[None]
    assert np.asarray(shown(encoded_heat(heat)))[0].tolist() == list(range(256))


def test_what_the_network_did_not_see_is_transparent():
    heat = np.array([[np.nan, 0.2], [1.0, np.nan]], np.float32)
    image = shown(encoded_heat(heat))
    assert image.mode == "LA"
    pixels = np.asarray(image)
    assert pixels[..., 1].tolist() == [[0, 255], [255, 0]]
    assert (pixels[0, 1, 0], pixels[1, 0, 0]) == (51, 255)
