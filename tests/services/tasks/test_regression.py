"""How values are said and drawn."""

import numpy as np
import pytest

from gradcam.backends.keras.network import KerasNetwork
from services.numbers import label_said, rounded
from services.sample import Sample
from services.tasks.regression.task import Regression
from tests.services import projects
from tests.services.projects import of_units


@pytest.fixture(scope="module")
def network():
    return of_units(KerasNetwork(projects.redness_scored("sigmoid"), "n.h5"), 1)


def answers(network, pairs, threshold=0.1):
    samples = [Sample(f"{i}.png", None, label) for i, (label, _) in enumerate(pairs)]
    outputs = np.array([[value] for _, value in pairs], np.float32)
    return Regression(0, threshold).read(network, samples, outputs)


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.1234, "0.123"), (12345.6, "12346"), (-1234.5, "-1234"), (0.0, "0"), (np.nan, "nan")],
)
def test_numbers_have_few_digits_and_no_power_of_ten(value, said):
    assert rounded(value) == said


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("0.30000000000000004", "0.3"),
        ("100.25", "100.25"),
        ("-1e3", "-1e3"),
        ("3.1415926535", "3.142"),
    ],
)
def test_a_label_is_said_as_written_but_for_digits_that_only_a_computer_writes(label, said):
    assert label_said(label) == said


def test_no_tile_has_seventeen_digits(network):
    said = answers(network, [("0.30000000000000004", 0.31), ("41", 1234.5)])
    assert said.said(0) == "0.3 → 0.31 (+0.01)"
    assert said.said(1) == "41 → 1234 (+1194)"
    assert said.told(0) == "0.png: 0.3 predicted as 0.31, error +0.01"
    assert said.export.mistaken(0) == "0.3 predicted as 0.31"


def test_a_bar_is_as_long_as_its_value_is_large(network):
    said = answers(network, [("0.232", -0.0047), ("-0.3", 0.1), ("0.464", 0.2)])
    read, label = said.pages.bars(0, None).bars
    assert read.length == pytest.approx(0.0047 / 0.464, rel=1e-4)
    assert label.length == pytest.approx(0.5)
    assert (read.text, label.text) == ("-0.0047", "0.232")
    assert said.pages.bars(1, None).bars[1].length == pytest.approx(0.3 / 0.464)


@pytest.mark.parametrize(
    ("threshold", "most", "step"),
    [(0.1, 0.4, 0.005), (0.001, 0.004, 5e-5), (9, 36, 0.1), (2, 8, 0.01)],
)
def test_the_slider_fits_the_threshold(network, threshold, most, step):
    limit = answers(network, [("1", 1.0)], threshold).pages.limit(None)
    assert (limit.value, limit.most, limit.step) == pytest.approx((threshold, most, step))
