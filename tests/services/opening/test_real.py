"""Every method on two real projects made by others: no NaN, blank maps counted and named."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import gradcam
from gradcam import Degenerate
from services.heatmaps.heatmaps import tensors
from services.opening.opening import open_source
from services.sources.reference import SourceKind, SourceReference
from tests.gradcam.methods.quick import METHODS

pytestmark = pytest.mark.real
REAL = Path(__file__).parents[4] / "shared" / "real"
FAST = {
    "score-cam": {"channels": 4},
    "lime": {"samples": 50, "segments": 8},
    "rise": {"masks": 50},
    "occlusion": {"size": 0.5, "step": 1.0},
    "integrated-gradients": {"steps": 8},
    "smooth-grad": {"samples": 2},
}
QUICK = [name for name, method in METHODS.items() if not method.slow]
SLOW = [name for name, method in METHODS.items() if method.slow]
# Of the water meters' network the last convolution has no activation, so its numbers are negative.
BLANK = {
    ("meter_digits", "grad-cam"): {Degenerate.NEGATIVE: 4},
    ("meter_digits", "grad-cam++"): {Degenerate.NEGATIVE: 65},
    ("meter_digits", "mean-activation"): {Degenerate.NEGATIVE: 64},
    ("meter_digits", "uniform-map"): {Degenerate.CONSTANT: 66},
    ("potato_leaves", "uniform-map"): {Degenerate.CONSTANT: 48},
}


@pytest.fixture(scope="module", params=["meter_digits", "potato_leaves"])
def real(request):
    if not REAL.is_dir():
        pytest.skip("../shared/real is not there: the real projects are not tested")
    opened = open_source(SourceReference(SourceKind.FOLDER, str(REAL / request.param)))
    predictions = opened.predictions
    return request.param, predictions.project.network, tensors(predictions, range(len(predictions)))


def blanks(maps):
    return Counter(filter(None, map(gradcam.degenerate_reason, maps)))


@pytest.mark.parametrize("method", QUICK)
def test_every_sample_has_a_map_or_a_reason(real, method):
    name, network, batch = real
    result = gradcam.explain(network, batch, method=method)
    assert np.isfinite(result.maps).all()
    assert blanks(result.maps) == BLANK.get((name, method), {})


@pytest.mark.parametrize("method", SLOW)
def test_methods_that_need_many_runs_find_something_too(real, method):
    _, network, batch = real
    some = batch[:: len(batch) // 4]
    result = gradcam.explain(network, some, method=method, **FAST.get(method, {}))
    assert np.isfinite(result.maps).all()
    assert set(blanks(result.maps)) <= {Degenerate.ZERO, Degenerate.NEGATIVE}


def test_a_blank_map_of_a_linear_layer_is_not_left_without_a_word(real):
    name, network, batch = real
    notes = gradcam.explain(network, batch, method="grad-cam++").notes
    assert all(("never negative" in note) is (name == "meter_digits") for note in notes)
