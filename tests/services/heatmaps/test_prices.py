"""Slow work says its price before it starts, and what has run says how long it takes."""

from collections import OrderedDict
from dataclasses import replace

import pytest

from services.choices.recipe import Recipe
from services.heatmaps.channels import all_wanted
from services.heatmaps.checks import SHUFFLED, Measurement, Shuffle, check
from services.heatmaps.heatmaps import CAPTURES, heatmaps
from services.heatmaps.layer_sweep import CHECKED, Sweep
from services.heatmaps.slow import MethodMaps, Wanted, wanted
from services.predictions.predicting import PREDICTING
from services.scan.scanning import Scan
from services.work.pace import note_pace, seconds_each
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import by, flat, predictions

__all__ = ["flat", "predictions"]  # fixtures


@pytest.fixture(autouse=True)
def nothing_measured(monkeypatch):
    monkeypatch.setattr("services.work.pace._measured", OrderedDict())


def known(predictions, work, seconds):
    note_pace(predictions.project.work(work), 1, seconds)


def test_a_slow_method_is_priced_by_its_predictions(predictions):
    asked = wanted(predictions, [0, 1], by("rise", "masks=200"))
    assert str(asked.price) == "400 predictions"
    known(predictions, PREDICTING, 0.01)
    assert str(asked.price) == "400 predictions, about 4\u00a0s here"


def test_what_is_there_costs_nothing_and_the_next_is_as_dear_as_this_was(predictions):
    recipe = by("rise", "masks=50")
    job = had(wanted(predictions, [0], recipe))
    assert job.error is None
    assert wanted(predictions, [0], recipe).price is None
    later = wanted(predictions, [0, 1], recipe).price
    assert later.count == 50
    assert later.seconds == pytest.approx(50 * seconds_each(predictions.project.work("rise")))


def test_several_methods_are_priced_together(predictions):
    targets = tuple(predictions.answers.targets([0], "predicted", ""))
    rise, gradients = by("rise", ""), by("integrated-gradients", "")
    parts = tuple(MethodMaps((0,), targets, recipe) for recipe in (rise, gradients))
    known(predictions, PREDICTING, 0.01)
    assert str(Wanted(predictions, parts).price) == "1,065 runs of the network"


def test_shuffling_under_a_slow_method_says_all_its_runs(predictions):
    usual, rise = (Shuffle(predictions, recipe).price for recipe in (Recipe(), by("rise", "")))
    pictures = min(SHUFFLED, len(predictions))
    maps = pictures * (1 + 3 * len(predictions.project.network.learned))
    assert (usual.count, rise.count) == (maps, 1000 * maps)
    assert str(usual.tried()) == f"{maps:,} runs of the network"  # a copy of it is traced as well
    known(predictions, PREDICTING, 0.001)
    assert "here" in str(Shuffle(predictions, by("rise", "")).price)


def test_a_check_measures_predictions_and_a_capture_captures(predictions):
    for position in (0, 1, 2):
        (heatmap,) = heatmaps(predictions, [position], Recipe(target="=b"))
        check(predictions, position, heatmap, Recipe(target="=b"))
    for work in (PREDICTING, CAPTURES):
        assert seconds_each(predictions.project.work(work)) > 0
    measured = Measurement(predictions, 0, heatmap, Recipe()).price
    assert measured.count == 308
    assert measured.seconds > 0


def test_a_scan_a_survey_and_a_sweep_count_what_they_do(predictions):
    count = len(predictions)
    assert str(Scan(predictions, Recipe()).price) == f"{count} heatmaps"
    assert str(all_wanted(predictions, Recipe()).price) == f"{count} predictions"
    sweep = Sweep(predictions, (0,), Recipe(target="=c"))
    assert sweep.price.count == len(sweep.layers) * (1 + CHECKED)
    slow_sweep = replace(sweep, recipe=by("score-cam", "", target="=c"))
    assert slow_sweep.price.count == sum(layer.channels + 2 + CHECKED for layer in sweep.layers)


def test_a_trial_makes_the_time_known_before_anything_was_asked(predictions):
    for asked in (
        wanted(predictions, [0], by("rise", "")),
        Scan(predictions, Recipe()),
        Measurement(predictions, 0, heatmaps(predictions, [0], Recipe())[0], Recipe()),
        all_wanted(predictions, Recipe()),
    ):
        assert asked.price.tried().seconds > 0
        assert str(asked.price).endswith("here")
