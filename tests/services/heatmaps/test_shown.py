"""Where heat, sight and boxes lie on a sample as it is drawn."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from gradcam import InputSpec, PictureError, Resize
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps, placed
from services.heatmaps.shown import shown_samples
from services.predictions.predictions import predict
from services.predictions.thumbnails import encoded_heat
from services.sample import LabelledBox, Sample
from services.work.progress import Progress
from tests.services.projects import BLUE, RED, drawn, project_of, solid


@pytest.fixture
def predictions(blue_or_red, tmp_path):
    """A picture of 40 × 20, blue on the right, of which a crop takes the middle; and a square."""
    pixels = np.full((20, 40, 3), RED, np.uint8)
    pixels[:, 20:] = BLUE
    boxes = (LabelledBox("car", 10, 5, 20, 10), LabelledBox("bus", 0, 0, 4, 20))
    samples = [
        Sample("wide", drawn(tmp_path / "wide.png", pixels), "red", boxes),
        Sample("square", solid(tmp_path / "square.png", RED), "red"),
    ]
    spec = InputSpec(8, 8, resize=Resize.FIT_SHORT)
    return predict(project_of(blue_or_red, samples, input_spec=spec), Progress())


def drawn_heat(encoded):
    return np.asarray(Image.open(io.BytesIO(encoded)).convert("RGBA"))


def test_a_sample_without_a_heatmap_is_its_picture(predictions):
    wide, square = shown_samples(predictions, [0, 1], 10, [None, None])
    assert (wide.small.picture.shape, square.small.picture.shape) == ((5, 10, 3), (8, 8, 3))
    assert (wide.heat, square.heat) == (None, None)


def test_what_a_crop_took_is_told_in_fractions_and_nothing_where_all_is_seen(predictions):
    wide, square = shown_samples(predictions, [0, 1], 10, [None, None])
    assert (wide.seen, square.seen) == ((0.25, 0.0, 0.5, 1.0), None)


def test_boxes_are_told_in_fractions_of_the_original(predictions):
    (wide,) = shown_samples(predictions, [0], 10, [None])
    assert wide.boxes == (
        LabelledBox("car", 0.25, 0.25, 0.5, 0.5),
        LabelledBox("bus", 0.0, 0.0, 0.1, 1.0),
    )


def test_each_has_its_own_heat_at_the_size_at_which_it_is_drawn(predictions):
    found = heatmaps(predictions, [1, 0], Recipe())
    square, wide = shown_samples(predictions, [1, 0], 20, found)
    assert drawn_heat(square.heat).shape == (8, 8, 4)
    seen = drawn_heat(wide.heat)[..., 3]
    assert seen.shape == (10, 20)
    assert (seen[:, :5].max(), seen[:, 5:15].min()) == (0, 255)
    expected = placed(predictions, 0, found[1].heat, wide.small.picture)
    assert wide.heat == encoded_heat(expected)


def test_heat_is_encoded_once_for_a_size_and_anew_where_it_changes(predictions, monkeypatch):
    made = []
    monkeypatch.setattr(
        "services.heatmaps.shown.encoded_heat",
        lambda heat: made.append(heat.shape) or encoded_heat(heat),
    )
    (found,) = heatmaps(predictions, [0], Recipe())
    other = replace(found, heat=1 - found.heat)
    first, again, changed = (
        shown_samples(predictions, [0], 18, [one])[0].heat for one in (found, found, other)
    )
    assert first == again != changed
    assert shown_samples(predictions, [0], 16, [found])[0].heat != first
    assert made == [(9, 18), (9, 18), (8, 16)]


def test_a_picture_that_is_gone_is_told(predictions):
    gone = replace(predictions, digests=("of another file", predictions.digests[1]))
    gone.samples[0].path.unlink()
    with pytest.raises(PictureError, match="the file is missing"):
        shown_samples(gone, [0], 10, [None])
