"""Places of a map in seconds and hertz, on axes that are written by hand."""

import cv2
import numpy as np
import pytest

from gradcam.spray import Region
from services.media.axes import Axes, Panel
from services.media.sound.whereabouts import OnSound

# Eight bands, the highest on top: 4000, 2000, ... Hz.
BANDS = (4000.0, 2000.0, 1500.0, 1000.0, 750.0, 500.0, 250.0, 100.0)


def transposed(heat):
    """Rows of the tensor are frames, columns are bands from the lowest on."""
    return cv2.resize(heat.T[::-1], (160, 80), interpolation=cv2.INTER_NEAREST)


ON_BANDS = OnSound(Axes(2.0, (), (Panel("MFE", 0.0, 1.0, hertz=BANDS),)), transposed)


@pytest.mark.parametrize(
    ("region", "words"),
    [
        (Region.LEFT, "below 250 Hz"),
        (Region.RIGHT, "above 2 kHz"),
        (Region.TOP, "in the first 0.25 s"),
        (Region.BOTTOM, "in the last 0.25 s"),
        (Region.TOP_LEFT, "below 500 Hz in the first 0.5 s"),
        (Region.BOTTOM_RIGHT, "above 1.5 kHz in the last 0.5 s"),
    ],
)
def test_edges_and_corners_are_bands_and_moments(region, words):
    assert ON_BANDS.region(region) == words


@pytest.mark.parametrize(
    ("down", "across", "words"),
    [
        (0.5, 0.5, "around 1.1 s and 1 kHz"),
        (0.5, 0.01, "below 250 Hz around 1.1 s"),
        (0.01, 0.5, "around 1 kHz in the first 0.12 s"),
    ],
)
def test_a_cell_is_named_by_both(down, across, words):
    assert ON_BANDS.cell(down, across) == words


def test_a_strip_over_time_has_no_height():
    strip = OnSound(
        ON_BANDS.axes, lambda heat: np.repeat(cv2.resize(heat[:, :1].T, (160, 1)), 80, axis=0)
    )
    assert strip.region(Region.TOP) == "in the first 0.25 s"


def test_coefficients_are_named_and_the_bands_that_they_are_made_of_are_not():
    names = ("3", "2", "1", "energy")
    axes = Axes(1.0, (), (Panel("MFCC", 0.0, 0.5, hertz=BANDS), Panel("k", 0.5, 1.0, names=names)))

    def placed(heat):
        bands = np.repeat(heat.mean(axis=1)[None], 8, axis=0)
        named = cv2.resize(heat.T[::-1], (len(heat), 8), interpolation=cv2.INTER_AREA)
        return np.concatenate([bands, named])

    assert OnSound(axes, placed).region(Region.LEFT) == "in coefficient energy"
