"""What became of objects, drawn on a picture."""

import cv2
import numpy as np
import pytest

from gradcam.box import Box
from services.export.marking import COLOURS, DARK, PALE, marked
from services.tasks.marks import ObjectVerdict

GREY = np.full((120, 160, 3), 128, np.uint8)


def near(picture, color, tolerance=40):
    """(H, W) where a picture has a colour."""
    return (np.abs(picture.astype(int) - color) <= tolerance).all(axis=2)


def reach_of(some):
    rows, columns = np.nonzero(some)
    return columns.min(), columns.max(), rows.min(), rows.max()


@pytest.mark.parametrize("verdict", ObjectVerdict)
def test_a_mark_lies_around_its_centre_in_the_colour_of_its_verdict(verdict):
    drawn = marked(GREY, [], [(40, 70)], [verdict])
    left, right, top, bottom = reach_of(near(drawn, COLOURS[verdict]))
    assert 40 - 8 <= left < 40 < right <= 40 + 8
    assert 70 - 8 <= top < 70 < bottom <= 70 + 8
    assert near(drawn, DARK).any()  # its edge
    elsewhere = drawn.copy()
    elsewhere[58:82, 28:52] = 128
    assert (elsewhere == GREY).all()


def test_verdicts_differ_in_shape_as_well_as_in_colour():
    def shape(verdict):
        drawn = marked(GREY, [], [(40, 70)], [verdict])
        return cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY) != 128

    shapes = [shape(verdict) for verdict in ObjectVerdict]
    for number, one in enumerate(shapes):
        for other in shapes[:number]:
            assert (one != other).sum() > 10


def test_boxes_are_outlines_and_the_picture_itself_stays():
    before = GREY.copy()
    drawn = marked(before, [Box(20, 30, 60, 50)], [], [])
    assert (before == GREY).all()
    left, right, top, bottom = reach_of(near(drawn, PALE, 70))
    assert (left, top) == pytest.approx((20, 30), abs=1)
    assert (right, bottom) == pytest.approx((80, 80), abs=1)
    assert (drawn[40:70, 30:70] == 128).all()
