"""A mistake with its heatmaps on one scale, its neighbours' on their own, and its reasons."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam import METHODS
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps, heatmaps_of
from services.judging import sights as module
from services.judging.mistakes import Beside, Mistake, mistake
from services.judging.reasons import Ordinary, Reason
from services.judging.sights import sights_of, wanted_sights
from tests.services.heatmaps.test_heatmaps import flat, predictions  # noqa: F401 - fixtures

ORDINARY = Ordinary(np.full((100, 13), 0.5))


@pytest.fixture
def one(predictions):  # noqa: F811 - the fixture
    """The first sample, whatever it is called, beside the last two."""
    found = mistake(predictions, 0)
    beside = tuple(Beside(position, "another") for position in (2, 3))
    return Mistake(0, found.sights, beside)


def test_its_own_heatmaps_are_on_one_scale_whatever_is_chosen(predictions, one):  # noqa: F811
    found = sights_of(predictions, one, Recipe(shared_scale=False), ORDINARY)
    assert len(found.own) == len(one.sights) == 3
    assert len({heatmap.scale for heatmap in found.own}) == 1
    targets = [sight.target for sight in one.sights]
    alone = heatmaps_of(predictions, [0] * 3, targets, Recipe())
    assert found.own[0].scale == max(heatmap.scale for heatmap in alone)
    assert [heatmap.target for heatmap in found.own] == targets


def test_neighbours_are_explained_for_what_they_are_called_each_on_its_own_scale(
    predictions,  # noqa: F811
    one,
):
    chosen = Recipe(target="=b", against="true", shared_scale=True)
    found = sights_of(predictions, one, chosen, ORDINARY)
    expected = heatmaps(predictions, [2, 3], Recipe(target="predicted"))
    for one_found, one_expected in zip(found.beside, expected, strict=True):
        assert (one_found.scale, one_found.target) == (one_expected.scale, one_expected.target)
        np.testing.assert_array_equal(one_found.heat, one_expected.heat)


def test_a_mistake_beside_nothing_has_no_other_heatmap(predictions, one):  # noqa: F811
    assert sights_of(predictions, replace(one, beside=()), Recipe(), ORDINARY).beside == ()


def test_reasons_are_those_of_the_first_heatmap(predictions, one, monkeypatch):  # noqa: F811
    asked = []

    def reasons(*given):
        asked.append(given)
        return [Reason("Is it dark?", "0.1")]

    monkeypatch.setattr(module, "reasons", reasons)
    found = sights_of(predictions, one, Recipe(), ORDINARY)
    assert found.reasons == (Reason("Is it dark?", "0.1"),)
    assert asked == [(predictions, 0, found.own[0], ORDINARY)]


def test_only_slow_methods_have_to_be_waited_for(predictions, one):  # noqa: F811
    assert wanted_sights(predictions, [one], Recipe()).parts == ()
    slow = Recipe().using(METHODS["rise"])
    (part,) = wanted_sights(predictions, [one, one], slow).parts
    assert part.positions == (0, 0, 0, 0, 0, 0, 2, 3, 2, 3)
    assert part.targets[:3] == tuple(sight.target for sight in one.sights)
    assert part.recipe is slow


def test_its_own_heatmaps_can_have_a_scale_each(predictions, one):  # noqa: F811
    found = sights_of(predictions, one, Recipe(shared_scale=True), ORDINARY, own_scale=True)
    targets = [sight.target for sight in one.sights]
    alone = heatmaps_of(predictions, [0] * 3, targets, Recipe())
    assert [heatmap.scale for heatmap in found.own] == [heatmap.scale for heatmap in alone]
    assert len({heatmap.scale for heatmap in found.own}) > 1
