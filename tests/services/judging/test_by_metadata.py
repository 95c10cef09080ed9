import numpy as np
import pytest

from services.judging.by_metadata import by_metadata
from tests.services.projects import said


def test_each_value_has_its_share_and_interval(blue_or_red):
    predictions = said(
        blue_or_red,
        [
            *[(f"{n}.png", "blue", {"camera": "north"}) for n in range(10)],
            ("x.png", "red", {"camera": "south"}),
            ("y.png", None, {"camera": "south"}),
            ("z.png", None),
        ],
        classes=("blue", "red"),
        outputs=[[0.9, 0.1]] * 9 + [[0.1, 0.9]] + [[0.9, 0.1]] * 3,
    )
    north, south, without = by_metadata(predictions, "camera", None)
    assert (north.value, north.count, north.right) == ("north", 10, 9)
    # Newcombe 1998, "Two-sided confidence intervals for the single proportion", works such out.
    assert (north.low, north.high) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert (south.value, south.count, south.right, south.share) == ("south", 1, 0, 0.0)
    assert (south.low, south.high) == pytest.approx((0.0, 0.7935), abs=1e-4)
    assert (without.value, without.count) == ("no value", 0)
    assert np.isnan([without.share, without.low, without.high]).all()
    assert north.own == without.own == {}


def test_a_regression_adds_its_mean_error_and_goes_by_the_live_threshold(redness):
    predictions = said(
        redness,
        [
            ("a.png", "1", {"site": "p"}),
            ("b.png", "1", {"site": "p"}),
            ("c.png", "1", {"site": "q"}),
        ],
        outputs=[[1.25], [0.25], [1.0]],
        threshold=0.1,
    )
    first, second = by_metadata(predictions, "site", None)
    assert first.own == {"mean absolute error": pytest.approx(0.5)}
    assert (first.right, second.right) == (0, 1)
    assert by_metadata(predictions, "site", 0.3)[0].right == 1
