"""Channels of a sample, and over the test set: computed once, kept in memory and on disk."""

from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam.backends.keras.network import KerasNetwork
from gradcam.channels import contributions
from services.choices.options import ChannelSort
from services.choices.recipe import Recipe
from services.heatmaps import channels as module
from services.heatmaps.channels import SurveyWanted, all_wanted, channels_of, examples, some_wanted
from services.heatmaps.heatmaps import tensors
from services.keeping.store import BoundedStore
from services.settings import settings
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import flat, predictions

__all__ = ["flat", "predictions"]  # fixtures


@pytest.fixture(autouse=True)
def nothing_in_memory(monkeypatch):
    monkeypatch.setattr(module._surveys, "_memory", BoundedStore(10**8))


@pytest.fixture
def forward(monkeypatch):
    """How many pictures each forward pass got."""
    sizes, own = [], KerasNetwork.activations

    def counted(network, batch, layer=None):
        sizes.append(len(batch))
        return own(network, batch, layer)

    monkeypatch.setattr(KerasNetwork, "activations", counted)
    return sizes


def made(wanted):
    job = had(wanted)
    assert job.error is None
    return wanted.found


def expected_maps(predictions, layer="last"):
    return predictions.project.network.activations(tensors(predictions, range(4)), layer)


def test_channels_of_a_sample_are_the_core_s(predictions):
    recipe = Recipe(layer="first", target="=b")
    found = channels_of(predictions, 2, recipe)
    network = predictions.project.network
    captured = gradcam.capture(
        network, tensors(predictions, [2]), "first", gradcam.Target.for_class(1)
    )
    np.testing.assert_allclose(found.maps, captured.activations[0], atol=1e-6)
    np.testing.assert_allclose(found.contributions, contributions(captured)[0], rtol=1e-4)
    assert found.survey.count == 1
    assert found.survey.active.tolist() == (found.maps != 0).any(axis=(0, 1)).tolist()


def test_channels_in_each_order(predictions):
    maps = np.array([[[1, -4, 2]]], np.float32)
    found = replace(
        channels_of(predictions, 0, Recipe()), maps=maps, contributions=np.array([-3, 1, -2.0])
    )
    assert found.order(ChannelSort.CONTRIBUTION).tolist() == [0, 2, 1]
    assert found.order(ChannelSort.ACTIVATION).tolist() == [1, 2, 0]
    assert found.order(ChannelSort.NUMBER).tolist() == [0, 1, 2]


def test_a_survey_of_the_test_set_is_counted_right(predictions):
    wanted = all_wanted(predictions, Recipe())
    assert (wanted.found, wanted.missing) == (None, 4)
    found = made(wanted)
    assert wanted.missing == 0
    maps = expected_maps(predictions)
    assert found.count == 4
    assert found.active.tolist() == (maps != 0).any(axis=(1, 2)).sum(axis=0).tolist()
    np.testing.assert_allclose(found.high, maps.max(axis=(0, 1, 2)), atol=1e-6)
    peaks = maps.max(axis=(1, 2)).T
    assert found.best.tolist() == np.argsort(-peaks, axis=1, kind="stable").tolist()


def test_a_survey_is_kept_on_disk_for_the_next_server(predictions, forward, monkeypatch):
    wanted = all_wanted(predictions, Recipe())
    found = made(wanted)
    assert forward == [4]
    monkeypatch.setattr(module._surveys, "_memory", BoundedStore(10**8))  # a new process
    again = all_wanted(predictions, Recipe()).found
    for name in ("count", "low", "high", "active", "best", "peaks"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))
    assert forward == [4]


def test_what_does_not_change_the_activations_makes_nothing_anew(predictions):
    made(all_wanted(predictions, Recipe(layer="last")))
    drawn = Recipe(layer="last", target="=b", shared_scale=True)
    assert all_wanted(predictions, drawn).missing == 0
    assert all_wanted(predictions, Recipe(layer="first")).missing == 4


def test_a_damaged_file_is_made_anew(predictions, monkeypatch):
    made(all_wanted(predictions, Recipe()))
    monkeypatch.setattr(module._surveys, "_memory", BoundedStore(10**8))
    (path,) = (settings().cache / "surveys").iterdir()
    path.write_bytes(b"PK\x03\x04 torn off")
    wanted = all_wanted(predictions, Recipe())
    assert wanted.found is None
    assert made(wanted).count == 4


def test_without_a_place_on_disk_it_is_kept_in_memory(predictions):
    settings().cache.mkdir(parents=True, exist_ok=True)
    (settings().cache / "surveys").write_text("in the way")
    assert made(all_wanted(predictions, Recipe())).count == 4


def test_of_many_samples_some_are_counted(predictions, forward):
    wanted = SurveyWanted(predictions, "last", most=2)
    assert made(wanted).count == 2
    assert forward == [2]
    assert len(wanted.positions) == 2
    assert all_wanted(predictions, Recipe(layer="last")).missing == 4
    assert some_wanted(predictions, Recipe()).most == 200


def test_large_maps_go_in_small_batches(predictions, forward, monkeypatch):
    layer = predictions.project.network.layer("last")
    monkeypatch.setattr(module, "BATCH_BYTES", 3 * 4 * layer.cells * layer.channels)
    found = made(all_wanted(predictions, Recipe()))
    assert forward == [3, 1]
    np.testing.assert_allclose(
        found.high, expected_maps(predictions).max(axis=(0, 1, 2)), atol=1e-6
    )


def test_examples_are_samples_by_position_with_their_maps(predictions):
    wanted = SurveyWanted(predictions, "last", most=2)
    found = made(wanted)
    channel = int(np.argmax(found.high))
    best, maps = examples(wanted, found, channel)
    assert best
    whole = expected_maps(predictions)
    for (position, peak), own in zip(best, maps, strict=True):
        assert position in wanted.positions
        np.testing.assert_allclose(own, whole[position][..., channel], atol=1e-6)
        assert peak == pytest.approx(float(own.max()))
    other = int(np.argsort(found.high)[-2])
    best, maps = examples(wanted, found, other)
    np.testing.assert_allclose(maps[0], whole[best[0][0]][..., other], atol=1e-6)


def test_a_dead_channel_has_no_examples(predictions):
    wanted = all_wanted(predictions, Recipe())
    found = made(wanted)
    nothing = np.zeros_like(found.peaks)
    dead = replace(found, peaks=nothing, low=np.zeros_like(found.low))
    assert examples(wanted, dead, 0)[0] == []


def test_a_survey_can_be_left(predictions, monkeypatch):
    reached = []

    def leaving(progress, count=1, volume=0):
        reached.append((progress.step.total, count))
        progress.cancel()
        progress.begin("never")

    monkeypatch.setattr(module, "BATCH_SIZE", 1)
    monkeypatch.setattr(module.Progress, "advance", leaving)
    wanted = all_wanted(predictions, Recipe())
    job = had(wanted)
    assert job.cancelled
    assert reached == [(4, 1)]
    assert wanted.missing == 4
