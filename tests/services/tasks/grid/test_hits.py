"""Detections held against labelled boxes, by hand: a grid of 10 × 10, lengths in tenths."""

import numpy as np
import pytest

from gradcam.box import Box
from services.tasks.grid.counting import confused_objects, counted_objects
from services.tasks.grid.detection import Detection
from services.tasks.grid.hits import HitRule, LabelledObject, judged_objects
from services.tasks.marks import ObjectVerdict as V

CROSS, BOX = 1, 2
GRID = (10, 10)


def truth(kind, x, y, side=1.0):
    """A labelled box by its centre."""
    return LabelledObject(kind, Box((x - side / 2) / 10, (y - side / 2) / 10, side / 10, side / 10))


def said(kind, x, y, score=0.9):
    cell = (int(y), int(x))
    return Detection(kind, (cell,), cell, score, Box((x - 0.5) / 10, (y - 0.5) / 10, 0.1, 0.1))


def verdicts(truths, detections, rule=HitRule.NEAR):
    return [(o.verdict, o.true, o.said) for o in judged_objects(truths, detections, rule, GRID)]


def test_a_hit_is_of_the_same_class_and_within_a_fifth_of_the_picture():
    assert verdicts([truth(CROSS, 3, 3)], [said(CROSS, 4.9, 3)]) == [(V.HIT, CROSS, CROSS)]
    assert verdicts([truth(CROSS, 3, 3)], [said(CROSS, 5.1, 3)]) == [
        (V.MISSED, CROSS, None),
        (V.FALSE_ALARM, None, CROSS),
    ]


def test_the_distance_goes_across_corners():
    assert verdicts([truth(CROSS, 3, 3)], [said(CROSS, 4.5, 4.5)])[0][0] is V.MISSED  # 2.12


def test_inside_the_box_is_narrower_or_wider_than_near():
    small, large = truth(CROSS, 3, 3, 2), truth(CROSS, 5, 5, 8)
    assert verdicts([small], [said(CROSS, 4.5, 3)], HitRule.INSIDE)[0][0] is V.MISSED
    assert verdicts([small], [said(CROSS, 3.9, 3)], HitRule.INSIDE)[0][0] is V.HIT
    assert verdicts([large], [said(CROSS, 8.5, 5)], HitRule.INSIDE)[0][0] is V.HIT
    assert verdicts([large], [said(CROSS, 8.5, 5)], HitRule.NEAR)[0][0] is V.MISSED


def test_a_box_smaller_than_a_cell_is_hit_by_the_cell_around_it():
    tiny = truth(CROSS, 3.1, 3.1, 0.1)
    assert verdicts([tiny], [said(CROSS, 3.5, 3.5)], HitRule.INSIDE)[0][0] is V.HIT


def test_each_detection_counts_for_the_nearest_and_several_may_count_for_one():
    truths = [truth(CROSS, 3, 3), truth(CROSS, 5, 3)]
    both = [said(CROSS, 3.2, 3, 0.6), said(CROSS, 3.4, 3, 0.8)]
    first, second = judged_objects(truths, both, HitRule.NEAR, GRID)
    assert (first.verdict, second.verdict) == (V.HIT, V.MISSED)
    assert [d.score for d in first.detections] == [0.8, 0.6]


def test_one_in_the_place_of_another_class_is_of_a_wrong_class():
    assert verdicts([truth(CROSS, 3, 3)], [said(BOX, 3.5, 3)]) == [(V.WRONG_CLASS, CROSS, BOX)]


def test_what_is_hit_already_is_no_place_for_a_wrong_class():
    found = verdicts([truth(CROSS, 3, 3)], [said(BOX, 3.5, 3), said(CROSS, 3, 3)])
    assert found == [(V.HIT, CROSS, CROSS), (V.FALSE_ALARM, None, BOX)]


def test_labelled_objects_come_in_their_order_then_other_detections_by_their_score():
    truths = [truth(BOX, 8, 8), truth(CROSS, 1, 1)]
    detections = [said(CROSS, 5, 1, 0.6), said(CROSS, 1, 5, 0.9)]
    objects = judged_objects(truths, detections, HitRule.NEAR, GRID)
    assert [(o.verdict, o.true) for o in objects[:2]] == [(V.MISSED, BOX), (V.MISSED, CROSS)]
    assert [o.detections[0].score for o in objects[2:]] == [0.9, 0.6]


def test_where_nobody_said_what_is_there_nothing_is_judged():
    assert verdicts(None, [said(CROSS, 1, 1)]) == [(V.UNJUDGED, None, CROSS)]


def test_a_missed_object_has_the_cell_under_its_centre():
    (one,) = judged_objects([truth(CROSS, 3.7, 8.2)], [], HitRule.NEAR, GRID)
    assert one.cells(GRID) == ((8, 3),)


def scene():
    """Two crosses, one hit twice and one missed; a box taken for a cross; one false alarm."""
    truths = [truth(CROSS, 2, 2), truth(CROSS, 8, 2), truth(BOX, 2, 8)]
    detections = [
        said(CROSS, 2, 2), said(CROSS, 2.9, 2), said(CROSS, 2, 8), said(BOX, 8, 8),
    ]  # fmt: skip
    return judged_objects(truths, detections, HitRule.NEAR, GRID)


def test_precision_recall_and_f1_as_studio_counts_them():
    counts = counted_objects(scene(), 3, 1)
    assert counts.hits.tolist() == [2, 0]
    assert counts.missed.tolist() == [1, 1]
    assert counts.false_alarms.tolist() == [1, 1]
    assert counts.labelled.tolist() == [2, 1]
    assert counts.over_all == pytest.approx((2 / 4, 2 / 4, 4 / 8))
    np.testing.assert_allclose(counts.figures.precision, [2 / 3, 0])
    np.testing.assert_allclose(counts.figures.recall, [2 / 3, 0])
    np.testing.assert_allclose(counts.figures.f1, [4 / 6, 0])


def test_nothing_to_find_and_nothing_found_is_right():
    assert counted_objects([], 3, 1).over_all == (1.0, 1.0, 1.0)
    only_missed = judged_objects([truth(CROSS, 2, 2)], [], HitRule.NEAR, GRID)
    assert counted_objects(only_missed, 3, 1).over_all == (0.0, 0.0, 0.0)


def test_what_is_taken_for_what_has_the_background_first():
    table = confused_objects(scene(), 3, 1).table()
    assert table.tolist() == [[0, 0, 1], [1, 1, 0], [0, 1, 0]]


def test_a_grid_without_a_background_gets_one_in_its_matrix():
    objects = judged_objects([truth(0, 2, 2)], [said(0, 8, 8)], HitRule.NEAR, GRID)
    assert confused_objects(objects, 1, 0).table().tolist() == [[0, 1], [1, 0]]
