"""Which samples Review sets beside each other, and the heatmaps of all of them."""

from dataclasses import replace

import numpy as np
import pytest

from services.choices.choices import Choices
from services.judging import comparison as module
from services.judging.comparison import PAIRS, SHOWN_A_SIDE, compare, needed, shown_of
from services.judging.review import MEAN_OF
from services.predictions.predictions import predict
from services.sample import Sample
from services.tasks.pages import Sides
from services.tasks.shown import By
from services.work.progress import Progress
from tests.services.projects import drawn, project_of


@pytest.fixture
def predictions(blue_or_red, tmp_path):
    """Forty pictures with more and more red in them: one half of them is called wrong."""
    samples = []
    for number in range(40):
        pixels = np.zeros((8, 8, 3), np.uint8)
        pixels[:4, :, 2], pixels[4:, :, 0] = 100, 5 * number
        label = "red" if number % 2 else "blue"
        samples.append(Sample(f"{number}", drawn(tmp_path / f"{number}.png", pixels), label))
    return predict(project_of(blue_or_red, samples), Progress())


@pytest.fixture
def both(predictions):
    return predictions.answers.pages.sides(By.TRUE, "", None)


def test_a_screenful_of_each_side_and_the_first_errors_are_drawn(predictions, both):
    assert (len(both.correct), len(both.incorrect)) == (21, 19)
    shown = shown_of(predictions, both, Choices())
    assert shown.correct == both.correct[:SHOWN_A_SIDE]
    assert shown.incorrect == both.incorrect[:SHOWN_A_SIDE]
    assert shown.errors == both.incorrect[:PAIRS]
    right = predictions.correct() == 1
    for error, near in zip(shown.errors, shown.near, strict=True):
        assert right[near]
        assert predictions.samples[near].label == predictions.samples[error].label


def test_an_error_whose_class_is_never_right_has_no_neighbour(predictions, both):
    wrong = replace(
        predictions, samples=tuple(replace(s, label="green") for s in predictions.samples)
    )
    found = Sides(both.correct[:0], both.incorrect)
    shown = shown_of(wrong, found, Choices())
    assert shown.near == (None,) * PAIRS
    assert None not in shown.all


def test_all_that_is_drawn_and_all_of_the_means_is_needed_once(predictions, both):
    found = needed(predictions, both, Choices())
    assert len(found) == len(set(found))
    assert set(found) == set(range(40))  # the means take all, since these are few
    assert MEAN_OF > 21


def test_everything_that_is_drawn_has_its_heatmap_from_one_call(predictions, both, monkeypatch):
    asked = []
    original = module.heatmaps
    monkeypatch.setattr(
        module, "heatmaps", lambda *given: asked.append(given[1]) or original(*given)
    )
    found = compare(predictions, both, Choices())
    assert asked == [found.shown.all]
    assert set(found.heatmaps) == set(found.shown.all)
    assert found.sides is both


def test_a_shared_scale_is_one_for_all_that_is_drawn(predictions, both):
    own = compare(predictions, both, Choices().having(shared_scale=False))
    shared = compare(predictions, both, Choices().having(shared_scale=True))
    assert len({heatmap.scale for heatmap in own.heatmaps.values()}) > 1
    assert {heatmap.scale for heatmap in shared.heatmaps.values()} == {own.scale}
    assert shared.scale == own.scale == max(one.scale for one in own.heatmaps.values())


def test_the_means_are_on_the_scale_of_the_colour_bar(predictions, both):
    own = compare(predictions, both, Choices().having(shared_scale=False))
    shared = compare(predictions, both, Choices().having(shared_scale=True))
    assert [mean.count for mean in own.means] == [21, 19]
    for side, mean, other in zip(
        (both.correct, both.incorrect), own.means, shared.means, strict=True
    ):
        maps = module.heatmaps(predictions, side, Choices().recipe)
        np.testing.assert_allclose(mean.heat, np.mean([one.heat for one in maps], axis=0))
        divided = [np.clip(one.raw / shared.scale, 0, 1) for one in maps]
        np.testing.assert_allclose(other.heat, np.mean(divided, axis=0), atol=1e-6)
        assert other.heat.max() < mean.heat.max()


def test_empty_sides_have_nothing(predictions, both):
    none = both.correct[:0]
    found = compare(predictions, Sides(none, none), Choices())
    assert (found.heatmaps, found.means, found.scale) == ({}, (None, None), 0.0)
