"""Scores whose two best are equal."""

import numpy as np

from gradcam.scores import are_tied


def test_the_two_best_are_equal_or_not():
    scores = np.array(
        [[0.5, 0.5, 0.0], [0.2, 0.2, 0.6], [0.1, 0.45, 0.45], [0.3, 0.4, 0.3]], np.float32
    )
    assert are_tied(scores).tolist() == [True, False, True, False]


def test_one_class_is_no_tie():
    assert not are_tied(np.ones((3, 1), np.float32)).any()
