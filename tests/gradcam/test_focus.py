"""Where a heatmap's heat lies: every figure worked out by hand."""

import math

import numpy as np
import pytest

from gradcam import Focus, focus, pointing

NOWHERE = (-1, -1)


def heat(*points, shape=(10, 10)):
    """A cold map with some hot points: (column, row, heat)."""
    found = np.zeros(shape, np.float32)
    for column, row, value in points:
        found[row, column] = value
    return found


def test_the_peak_is_the_hottest_point():
    found = focus(heat((7, 2, 0.9), (1, 8, 0.8)))
    assert (found.x, found.y) == (7, 2)


def test_the_first_of_several_peaks_is_told():
    found = focus(heat((7, 2, 1.0), (1, 2, 1.0), (0, 8, 1.0)))
    assert (found.x, found.y) == (1, 2)


def test_columns_and_rows_are_not_mixed_up():
    found = focus(heat((15, 2, 1.0), shape=(4, 20)))
    assert (found.x, found.y) == (15, 2)
    found = focus(heat((2, 15, 1.0), shape=(20, 4)))
    assert (found.x, found.y) == (2, 15)


def test_the_area_has_at_least_half_of_the_greatest_heat():
    assert focus(heat((5, 5, 0.8), (6, 5, 0.4), (7, 5, 0.39))).area == pytest.approx(0.02)
    assert focus(np.full((10, 10), 0.3, np.float32)).area == 1.0
    assert focus(heat((5, 5, 1e-6))).area == pytest.approx(0.01)


def test_the_border_is_the_outer_tenth_of_each_side():
    assert focus(heat((5, 5, 1.0))).border == pytest.approx(0.0)
    for column, row in ((0, 5), (9, 5), (5, 0), (5, 9), (0, 0)):
        assert focus(heat((column, row, 1.0))).border == pytest.approx(1.0)
    for column, row in ((1, 5), (8, 5), (5, 1), (5, 8), (1, 1)):
        assert focus(heat((column, row, 1.0))).border == pytest.approx(0.0)
    assert focus(heat((5, 5, 0.75), (0, 5, 0.25))).border == pytest.approx(0.25)


def test_even_heat_has_its_share_on_the_border():
    assert focus(np.ones((10, 10), np.float32)).border == pytest.approx(0.36)
    assert focus(np.full((200, 100), 0.5, np.float32)).border == pytest.approx(0.36)


def test_each_side_has_a_border_of_its_own():
    """Of 40 columns four on either side, of ten rows one."""
    for column, row, share in (
        (3, 5, 1),
        (4, 5, 0),
        (35, 5, 0),
        (36, 5, 1),
        (20, 0, 1),
        (20, 1, 0),
    ):
        assert focus(heat((column, row, 1.0), shape=(10, 40))).border == pytest.approx(share)


def test_a_very_small_picture_has_no_border():
    assert focus(np.ones((4, 4), np.float32)).border == pytest.approx(0.0)
    assert focus(np.ones((1, 1), np.float32)) == Focus(
        0, 0, 1.0, 0.0, pytest.approx(math.nan, nan_ok=True)
    )


def test_the_share_in_the_boxes():
    some = heat((2, 3, 0.5), (5, 6, 0.25), (8, 8, 0.25))
    assert focus(some, [(2, 3, 1, 1)]).boxes == pytest.approx(0.5)
    assert focus(some, [(2, 3, 4, 4)]).boxes == pytest.approx(0.75)
    assert focus(some, [(2, 3, 3, 3)]).boxes == pytest.approx(0.5)
    assert focus(some, [(2, 3, 1, 1), (8, 8, 1, 1)]).boxes == pytest.approx(0.75)
    assert focus(some, [(0, 0, 10, 10)]).boxes == pytest.approx(1.0)
    assert focus(some, [(0, 0, 2, 3)]).boxes == 0.0


def test_boxes_that_overlap_count_once():
    some = heat((2, 3, 0.5), (8, 8, 0.5))
    assert focus(some, [(2, 3, 1, 1)] * 3 + [(0, 0, 5, 5)]).boxes == pytest.approx(0.5)


def test_boxes_may_reach_out_of_the_picture():
    some = heat((0, 0, 0.5), (9, 9, 0.5))
    assert focus(some, [(-5, -5, 6, 6)]).boxes == pytest.approx(0.5)
    assert focus(some, [(9, 9, 50, 50)]).boxes == pytest.approx(0.5)
    for outside in ((-9, -9, 5, 5), (20, 20, 5, 5), (-9, 0, 5, 10)):
        assert focus(some, [outside]).boxes == 0.0


def test_boxes_end_at_the_nearest_pixel():
    some = heat((2, 3, 0.5), (4, 3, 0.5))
    assert focus(some, [(2.4, 2.6, 1.2, 1.0)]).boxes == pytest.approx(0.5)  # columns 2 to 3
    assert focus(some, [(2.4, 2.6, 2.2, 1.0)]).boxes == pytest.approx(1.0)  # columns 2 to 4
    assert focus(some, [(2.6, 3.0, 1.0, 1.0)]).boxes == 0.0


@pytest.mark.parametrize("broken", [math.nan, math.inf, -math.inf])
def test_a_box_that_is_no_box_is_passed_over(broken):
    some = heat((2, 3, 0.5), (8, 8, 0.5))
    for place in range(4):
        box = [2, 3, 1, 1]
        box[place] = broken
        assert focus(some, [tuple(box), (8, 8, 1, 1)]).boxes == pytest.approx(0.5)


def test_without_boxes_no_share_is_told():
    assert math.isnan(focus(heat((2, 3, 0.5))).boxes)


def test_without_heat_there_is_no_place():
    for cold in (heat(), np.full((5, 5), np.nan, np.float32), np.zeros((0, 0), np.float32)):
        found = focus(cold, [(0, 0, 5, 5)])
        assert (found.x, found.y) == NOWHERE
        assert [math.isnan(share) for share in (found.area, found.border, found.boxes)] == [
            True
        ] * 3


def test_what_the_network_did_not_see_does_not_count():
    """A crop of the middle: the outer columns are not seen."""
    some = heat((5, 5, 1.0), (4, 5, 0.5))
    some[:, :3] = some[:, 7:] = np.nan
    found = focus(some, [(5, 5, 1, 1), (0, 0, 3, 10)])
    assert (found.x, found.y) == (5, 5)
    assert found.area == pytest.approx(2 / 40)
    assert found.border == pytest.approx(0.0)
    assert found.boxes == pytest.approx(2 / 3)


def test_a_large_picture_is_summed_exactly():
    """A sum of 32-bit numbers would drift."""
    large = np.full((3000, 4000), 0.1, np.float32)
    found = focus(large, [(0, 0, 4000, 1500)])
    assert found.boxes == pytest.approx(0.5, abs=1e-6)
    assert found.border == pytest.approx(0.36, abs=1e-6)


def test_the_map_is_left_as_it_was():
    some = heat((2, 3, 0.5))
    some[0, 0] = np.nan
    before = some.copy()
    focus(some, [(0, 0, 5, 5)])
    np.testing.assert_array_equal(some, before)


def test_pointing_asks_for_the_hottest_point():
    some = heat((2, 3, 0.5), (5, 6, 1.0))
    assert pointing(some, [(5, 6, 1, 1)]) == 1.0
    assert pointing(some, [(2, 3, 1, 1)]) == 0.0
    assert pointing(some, [(2, 3, 1, 1), (4, 4, 3, 3)]) == 1.0


def test_of_points_that_are_equally_hot_the_share_counts():
    some = heat((2, 3, 1.0), (5, 6, 1.0), (8, 8, 1.0), (9, 9, 0.9))
    assert pointing(some, [(2, 3, 1, 1)]) == pytest.approx(1 / 3)
    assert pointing(some, [(2, 3, 1, 1), (5, 6, 9, 9)]) == 1.0


def test_even_heat_points_by_chance():
    for level in (0.7, 0.0):
        even = np.full((10, 10), level, np.float32)
        assert pointing(even, [(0, 0, 5, 4), (0, 0, 2, 2)]) == pytest.approx(0.2)


def test_a_point_beside_a_box_counts_within_the_tolerance():
    some = heat((7, 3, 1.0), shape=(8, 12))
    box = [(1, 2, 4, 3)]  # columns 1 to 4, rows 2 to 4
    assert pointing(some, box) == pointing(some, box, tolerance=2.9) == 0.0
    assert pointing(some, box, tolerance=3.0) == 1.0
    corner = heat((7, 0, 1.0), shape=(8, 12))  # three columns and two rows away
    assert pointing(corner, box, tolerance=3.6) == 0.0
    assert pointing(corner, box, tolerance=3.7) == 1.0
    above = heat((2, 0, 1.0), shape=(8, 12))
    assert pointing(above, box, tolerance=1.9) == 0.0
    assert pointing(above, box, tolerance=2.0) == 1.0
    below = heat((0, 7, 1.0), shape=(8, 12))  # one column and three rows away
    assert pointing(below, box, tolerance=3.1) == 0.0
    assert pointing(below, box, tolerance=3.2) == 1.0


def test_pointing_uses_the_same_pixels_as_the_share():
    some = heat((4, 3, 1.0))
    for box in ((2.4, 2.6, 1.2, 1.0), (2.4, 2.6, 2.2, 1.0), (2.6, 3.0, 1.0, 1.0), (4, 3, 0, 1)):
        assert pointing(some, [box]) == focus(some, [box]).boxes
    assert pointing(some, [(4, 3, 0, 1)], tolerance=2.0) == 0.0


def test_pointing_passes_over_what_is_no_box_and_what_was_not_seen():
    some = heat((2, 3, 1.0))
    some[:, 5:] = np.nan
    assert pointing(some, [(math.nan, 3, 1, 1), (2, 3, 1, 1)]) == 1.0
    assert pointing(some, [(math.nan, 3, 1, 1)]) == 0.0
    assert math.isnan(pointing(some, []))
    assert math.isnan(pointing(np.full((3, 3), np.nan, np.float32), [(0, 0, 3, 3)]))
