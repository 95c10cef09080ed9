"""The quick check at once and kept; the longer measurements in the background, kept as well."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest

import gradcam
from gradcam import METHODS, truth
from services.choices.recipe import Recipe
from services.heatmaps import checks as module
from services.heatmaps.checks import Measurement, Shuffle, check
from services.heatmaps.heatmaps import heatmaps, tensors
from services.keeping.store import BoundedStore
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import flat, predictions

__all__ = ["flat", "predictions"]  # fixtures


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    for name in ("_checks", "_measured", "_shuffled"):
        monkeypatch.setattr(module, name, BoundedStore(8))


@pytest.fixture
def predicted(monkeypatch, predictions):
    """How many pictures the network was asked for."""
    asked = []
    original = gradcam.Network.predict

    def counting(network, batch):
        asked.append(len(batch))
        return original(network, batch)

    monkeypatch.setattr(gradcam.Network, "predict", counting)
    return asked


def made(predictions, position, recipe):
    (heatmap,) = heatmaps(predictions, [position], recipe)
    return heatmap


def probe_of(predictions, position, recipe=Recipe()):  # noqa: B008 - frozen
    heatmap = made(predictions, position, recipe)
    batch = tensors(predictions, [position])
    return gradcam.Probe(predictions.project.network, batch, recipe.layer or None, heatmap.target)


def test_a_check_is_the_core_s_and_kept(predictions, predicted):
    recipe = Recipe()
    heatmap = made(predictions, 0, recipe)
    found = check(predictions, 0, heatmap, recipe)
    assert found == truth.quick(probe_of(predictions, 0), 0, heatmap.raw)
    predicted.clear()
    assert check(predictions, 0, heatmap, recipe) is found
    assert predicted == []


@pytest.mark.parametrize(
    "change",
    [
        {"method": METHODS["random-map"]},
        {"layer": "first"},
        {"target": "=b"},
        {"method": METHODS["random-map"], "method_settings": "seed=3"},
    ],
    ids=str,
)
def test_another_map_is_checked_anew(predictions, change):
    before, after = Recipe(), replace(Recipe(), **change)
    first = check(predictions, 0, made(predictions, 0, before), before)
    second = check(predictions, 0, made(predictions, 0, after), after)
    assert second == truth.quick(
        probe_of(predictions, 0, after), 0, made(predictions, 0, after).raw
    )
    assert second is not first


def test_what_only_draws_is_not_checked_anew(predictions):
    drawn = Recipe(percentile=95.0, shared_scale=True)
    first = check(predictions, 0, made(predictions, 0, Recipe()), Recipe())
    assert check(predictions, 0, made(predictions, 0, drawn), drawn) is first


def test_a_measurement_is_made_in_the_background_and_kept(predictions):
    recipe = Recipe()
    heatmap = made(predictions, 1, recipe)
    asked = Measurement(predictions, 1, heatmap, recipe)
    assert (asked.missing, asked.found) == (1, None)
    job = had(asked)
    assert job.error is None
    assert asked.missing == 0
    expected = truth.controlled_figures(probe_of(predictions, 1), 0, heatmap.raw)
    np.testing.assert_array_equal(asked.found.own.deletion.values, expected.own.deletion.values)
    assert asked.found.random.insertion.area == pytest.approx(expected.random.insertion.area)
    other = Measurement(predictions, 0, made(predictions, 0, recipe), recipe)
    assert other.missing == 1
    assert other.digest != asked.digest


def test_a_measurement_tells_how_far_it_is_and_can_be_left(predictions, monkeypatch):
    recipe = Recipe()
    asked = Measurement(predictions, 0, made(predictions, 0, recipe), recipe)
    reached = []
    original = module.Progress.reach

    def leaving(progress, done, total):
        reached.append(done)
        progress.cancel()
        original(progress, done, total)

    monkeypatch.setattr(module.Progress, "reach", leaving)
    job = had(asked)
    assert job.cancelled
    assert reached == [reached[0]]
    assert asked.missing == 1


def test_shuffled_weights_are_the_core_s_over_samples_evenly_taken(predictions, monkeypatch):
    made = partial(Recipe, method=gradcam.GRAD_CAM)
    monkeypatch.setattr(module, "SHUFFLED", 2)
    asked = Shuffle(predictions, made(layer="first", target="=b"))
    job = had(asked)
    assert job.error is None
    positions = asked._positions
    assert len(positions) == 2
    expected = truth.randomization(
        predictions.project.network,
        tensors(predictions, positions),
        "grad-cam",
        "first",
        gradcam.Target.for_class(1),
    )
    assert asked.found == expected
    assert Shuffle(predictions, made(layer="first", target="=c")).missing == 1
    assert Shuffle(predictions, made(layer="last", target="=b")).missing == 1
    assert (
        Shuffle(
            predictions,
            made(layer="first", target="=b", percentile=95.0),
        ).missing
        == 0
    )
