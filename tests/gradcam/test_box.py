"""A rectangle in one convention: left, top, width, height."""

import numpy as np

from gradcam import Box
from gradcam.input_spec import InputSpec, Placement, Resize, placement


def test_edges_are_worked_out_of_begin_and_size():
    box = Box(2.0, 3.0, 4.5, 1.0)
    assert (box.right, box.bottom) == (6.5, 4.0)
    assert box == (2.0, 3.0, 4.5, 1.0)


def test_slices_cut_out_what_is_inside():
    picture = np.arange(24).reshape(4, 6)
    assert picture[Box(1, 2, 3, 1).slices].tolist() == [[13, 14, 15]]
    assert picture[Box(3.6, 0.4, 1.0, 1.2).slices].tolist() == [[4], [10]]


def test_what_begins_before_the_picture_is_cut_at_its_edge():
    picture = np.arange(24).reshape(4, 6)
    assert picture[Box(-2, -1, 3, 2).slices].tolist() == [[0]]
    assert picture[Box(-5, -5, 3, 3).slices].size == 0


def test_pixels_become_fractions_and_other_pixels():
    box = Box(10, 5, 20, 10)
    assert box.share_of(40, 20) == (0.25, 0.25, 0.5, 0.5)
    assert box.scaled(2, 0.5) == (20, 2.5, 40, 5)


def test_a_box_of_the_picture_lies_where_the_network_sees_it():
    cropped = placement(InputSpec(10, 10, Resize.FIT_SHORT), 40, 20)  # columns 10 to 29
    assert cropped.onto_input(Box(12, 4, 8, 6)) == (1, 2, 4, 3)
    assert cropped.onto_input(Box(0, 0, 4, 2)) == (-5, 0, 2, 1)
    padded = placement(InputSpec(20, 20, Resize.FIT_LONG), 40, 20)
    assert padded == Placement(Box(0, 0, 40, 20), Box(0, 5, 20, 10))
    assert padded.onto_input(Box(12, 4, 8, 6)) == (6, 7, 4, 3)
