"""Cells fused to objects, worked out by hand."""

import numpy as np
import pytest

from services.tasks.grid.detection import cell_at, detections


def grid_of(*rows, classes=3):
    """Scores from letters: `a` is class 1 with 0.9, `A` with 0.7, `b` class 2 with 0.8."""
    kinds = {"a": (1, 0.9), "A": (1, 0.7), "b": (2, 0.8), "h": (1, 0.5)}
    scores = np.zeros((len(rows), len(rows[0]), classes), np.float32)
    for row, signs in enumerate(rows):
        for column, sign in enumerate(signs):
            kind, score = kinds.get(sign, (0, 1.0))
            scores[row, column, kind] = score
    return scores


def told(scores, threshold=0.5):
    return [(d.kind, d.cells, round(d.score, 3)) for d in detections(scores, threshold)]


def test_cells_that_touch_are_one_object_corners_included():
    scores = grid_of("a..", ".A.", "...")
    assert told(scores) == [(1, ((0, 0), (1, 1)), 0.9)]
    (one,) = detections(scores, 0.5)
    assert one.best == (0, 0)
    assert one.box == pytest.approx((0, 0, 2 / 3, 2 / 3))
    assert one.centre == pytest.approx((1 / 3, 1 / 3))


def test_cells_of_two_classes_and_cells_apart_are_objects_of_their_own():
    assert told(grid_of("ab", "..")) == [(1, ((0, 0),), 0.9), (2, ((0, 1),), 0.8)]
    assert len(detections(grid_of("a.a"), 0.5)) == 2


def test_a_cell_joins_the_first_box_that_it_touches_and_boxes_are_not_fused_again():
    """The scan meets both ends of a U before what joins them: Studio leaves two boxes."""
    scores = grid_of("a.A", "AAA")
    assert [d.cells for d in detections(scores, 0.5)] == [
        ((0, 0), (1, 0), (1, 1), (1, 2)),
        ((0, 2),),
    ]


def test_a_box_grows_to_the_left_too():
    (one,) = detections(grid_of(".a.", "A..", "..."), 0.5)
    assert one.cells == ((0, 1), (1, 0))
    assert one.box == pytest.approx((0, 0, 2 / 3, 2 / 3))


def test_a_score_has_to_be_above_the_threshold():
    assert detections(grid_of("h"), 0.5) == ()
    assert len(detections(grid_of("h"), 0.49)) == 1


def test_a_grid_without_a_background_counts_its_first_class():
    scores = np.array([[[0.9], [0.2]]], np.float32)
    (one,) = detections(scores, 0.5, first=0)
    assert (one.kind, one.cells) == (0, ((0, 0),))


def test_nothing_is_seen_where_scores_are_no_numbers():
    assert detections(np.full((2, 2, 3), np.nan, np.float32), 0.5) == ()


def test_the_cell_under_a_point():
    assert cell_at(0.5, 0.0, (12, 12)) == (0, 6)
    assert cell_at(1.0, 1.0, (2, 4)) == (1, 3)
