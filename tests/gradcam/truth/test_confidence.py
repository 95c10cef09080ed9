"""Drop and increase of confidence, by hand."""

import numpy as np
import pytest

import gradcam
from gradcam.truth import Confidence, bare_heat, confidence
from tests.gradcam.truth.conftest import PATCH, picture, score


def test_the_drop_is_a_share_of_the_number():
    assert Confidence(0.8, 0.6).drop == pytest.approx(0.25)
    assert Confidence(0.4, 0.2).drop == pytest.approx(0.5)


def test_a_rise_is_no_drop():
    risen, fallen = Confidence(0.5, 0.7), Confidence(0.5, 0.3)
    assert (risen.drop, risen.increase) == (0.0, True)
    assert fallen.increase is False
    assert Confidence(0.5, 0.5).increase is False


def test_where_there_is_nothing_to_lose_nothing_drops():
    assert Confidence(0.0, -1.0).drop == 0.0
    assert Confidence(-0.5, -1.0).drop == 0.0


def test_a_change_goes_either_way():
    assert Confidence(0.5, 0.75).change == Confidence(0.5, 0.25).change == 0.25


def test_the_heat_is_divided_by_its_maximum_after_relu():
    np.testing.assert_array_equal(bare_heat(np.array([[-1, 1, 4]], np.float32)), [[0, 0.25, 1]])
    np.testing.assert_array_equal(bare_heat(np.full((2, 2), 0.3, np.float32)), np.ones((2, 2)))
    np.testing.assert_array_equal(bare_heat(-np.ones((2, 2), np.float32)), np.zeros((2, 2)))


def test_what_is_hot_stays_and_the_rest_is_filled(value_probe):
    found = confidence(value_probe, 0, PATCH, "zero")
    assert (found.whole, found.shown) == (pytest.approx(1.0), pytest.approx(1.0))
    found = confidence(value_probe, 0, 1.0 - PATCH, "zero")
    assert found.shown == pytest.approx(0.0, abs=1e-6)
    found = confidence(value_probe, 1, 1.0 - PATCH, "mean")
    assert (found.whole, found.shown) == (pytest.approx(0.5), pytest.approx(0.3125))


def test_half_warm_is_half_shown(value_probe):
    raw = np.where(PATCH > 0, 1.0, 2.0).astype(np.float32)
    assert confidence(value_probe, 0, raw, "zero").shown == pytest.approx(0.5)


def test_the_score_is_read(class_probe):
    found = confidence(class_probe, 1, 1.0 - PATCH, "zero")
    assert found.whole == pytest.approx(score(0.75), rel=1e-5)
    assert found.shown == pytest.approx(score(0.0), rel=1e-4)


def test_a_uniform_map_loses_nothing(class_probe):
    assert confidence(class_probe, 0, np.full((4, 4), 0.3, np.float32)).drop == 0.0


def test_hiding_what_speaks_against_a_class_raises_it(class_network):
    probe = gradcam.Probe(class_network, picture()[None], targets=gradcam.Target.for_class(1))
    assert confidence(probe, 0, 1.0 - PATCH).increase


def test_cold_becomes_blurred_where_nobody_says(value_probe):
    blurred = confidence(value_probe, 0, 1.0 - PATCH, "blur").shown
    assert confidence(value_probe, 0, 1.0 - PATCH).shown == blurred != pytest.approx(0.25)
