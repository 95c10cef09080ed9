"""A few heatmaps that a page does not wait for."""

from services.choices.recipe import Recipe
from services.heatmaps.few import few
from services.heatmaps.heatmaps import heatmaps
from services.work.asked import INTERACTIVE, LONG
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import asked, by, flat, predictions

__all__ = ["asked", "flat", "predictions"]  # fixtures


def test_they_are_missing_until_the_network_ran_for_each(predictions):
    wanted = few(predictions, [0, 1], Recipe())
    assert (wanted.missing, wanted.found, wanted.weight) == (2, None, INTERACTIVE)
    heatmaps(predictions, [1], Recipe())
    assert wanted.missing == 1
    (first, second) = had(wanted).result
    assert wanted.missing == 0
    assert [each.target for each in wanted.found] == [first.target, second.target]


def test_who_wants_the_same_maps_drawn_otherwise_joins_in(predictions):
    own = few(predictions, [0], Recipe())
    assert few(predictions, [0], Recipe(percentile=95.0)).digest == own.digest
    assert few(predictions, [1], Recipe()).digest != own.digest
    names = predictions.project.task.names[:2]
    one, other = (few(predictions, [0], Recipe(target=f"={name}")) for name in names)
    assert one.digest != other.digest


def test_a_slow_method_queues_and_keeps_its_maps(predictions, asked):
    wanted = few(predictions, [0], by("rise"))
    assert (wanted.missing, wanted.weight) == (1, LONG)
    assert len(had(wanted).result) == 1
    assert wanted.missing == 0
    assert len(asked) == 1
