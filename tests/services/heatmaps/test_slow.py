"""Slow methods in the background."""

import threading
from dataclasses import replace

import pytest

from gradcam import METHODS, Target
from gradcam.backends.keras.network import KerasNetwork
from services.choices.recipe import Recipe
from services.heatmaps import heatmaps as module
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.slow import MethodMaps, Wanted, wanted
from services.work.asker import Asker
from services.work.one_process import OneProcess
from tests.services.asking import had
from tests.services.heatmaps.test_heatmaps import asked, by, flat, predictions
from tests.waiting import PATIENCE

__all__ = ["asked", "flat", "predictions"]  # fixtures


@pytest.fixture
def held(monkeypatch):
    """Holds the first slow method until it is told to go on; says how many pictures began."""
    began, go_on, pictures = threading.Event(), threading.Event(), []
    original = module.explain

    def holding(*given, **settings):
        pictures.append(given)
        began.set()
        assert go_on.wait(PATIENCE)
        return original(*given, **settings)

    monkeypatch.setattr(module, "explain", holding)
    yield began, go_on, pictures
    go_on.set()


def test_of_a_method_that_needs_one_run_nothing_is_wanted(predictions):
    work = wanted(predictions, [0, 1], Recipe())
    assert (work.parts, work.missing, work.methods) == ((), 0, "")


def test_what_is_missing_is_made_once_and_then_there(predictions, asked):
    work = wanted(predictions, [0, 1], by("rise"))
    assert (work.missing, work.methods) == (2, "RISE")
    assert had(work).error is None
    assert work.missing == 0
    assert len(asked) == 2
    heatmaps(predictions, [1, 0], by("rise"))
    had(work)
    assert len(asked) == 2


def test_each_sample_has_its_own_target(predictions):
    recipe = by("rise", target="true", against="second")
    (part,) = wanted(predictions, [1, 3], recipe).parts
    assert part == MethodMaps((1, 3), tuple(module.targets_of(predictions, [1, 3], recipe)), recipe)


def test_several_methods_are_made_one_after_the_other_and_only_what_is_missing(predictions, asked):
    heatmaps(predictions, [0], by("occlusion", target="=a"))
    one = (Target.for_class(0),)
    parts = [MethodMaps((0,), one, by(name)) for name in ("occlusion", "rise", "score-cam")]
    work = Wanted(predictions, tuple(parts))
    assert (work.missing, work.methods) == (2, "Occlusion, RISE, Score-CAM")
    asked.clear()
    had(work)
    assert [method for method, *_ in asked] == ["rise", "score-cam"]
    assert work.missing == 0


def test_who_wants_the_same_joins_in(predictions, held):
    began, go_on, pictures = held
    workshop = OneProcess()
    job = workshop.ask(wanted(predictions, [0], by("rise")), Asker("ann"))
    assert began.wait(PATIENCE)
    other = wanted(predictions, [0], by("rise", percentile=95.0))
    assert workshop.ask(other, Asker("ben")) is job
    workshop.leave(job, Asker("ann"))
    go_on.set()
    assert job.wait(PATIENCE)
    assert (job.cancelled, len(pictures), other.missing) == (False, 1, 0)


def test_who_leaves_keeps_what_is_done(predictions, held):
    began, go_on, pictures = held
    work = wanted(predictions, [0, 1, 2], by("rise"))
    workshop = OneProcess()
    job = workshop.ask(work, Asker("ann"))
    assert began.wait(PATIENCE)
    workshop.leave(job, Asker("ann"))
    go_on.set()
    assert job.wait(PATIENCE)
    assert job.cancelled
    assert (len(pictures), work.missing) == (1, 3)  # left in the middle of the first
    assert had(work).error is None
    assert work.missing == 0


def test_a_picture_that_has_gone_ends_the_job_with_a_sentence(predictions):
    predictions.samples[1].path.unlink()
    work = wanted(predictions, [0, 1], by("rise"))
    assert "the file is missing" in had(work).error
    assert work.missing == 1


def test_what_differs_is_another_job(predictions, flat):
    usual = by("score-cam", target="=a")
    renamed = KerasNetwork(flat.model.own, "flat.h5", digest="other")
    other = replace(predictions, project=replace(predictions.project, networks=(renamed,)))
    works = [
        wanted(predictions, [0], usual),
        wanted(predictions, [1], usual),
        wanted(predictions, [0, 1], usual),
        wanted(predictions, [0], replace(usual, layer="first")),
        wanted(predictions, [0], replace(usual, target="=b")),
        wanted(predictions, [0], replace(usual, against="=b")),
        wanted(predictions, [0], replace(usual, method_settings="channels=2")),
        wanted(predictions, [0], replace(usual, method=METHODS["occlusion"], method_settings="")),
        wanted(other, [0], usual),
    ]
    assert len({work.digest for work in works}) == len(works)
    assert wanted(predictions, [0], replace(usual, percentile=95.0)).digest == works[0].digest
