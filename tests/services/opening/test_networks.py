"""A project of two networks: whatever is asked is asked of the chosen one, and kept by it."""

from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import Arithmetic
from gradcam.backends.keras.network import KerasNetwork
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.export.plan import ExportPlan
from services.heatmaps import heatmaps as module
from services.heatmaps.heatmaps import heatmaps, map_key
from services.heatmaps.slow import wanted
from services.inside.latency import Timing
from services.keeping.digests import context_of
from services.keeping.known import load_records
from services.opening import opening
from services.opening.opening import already_open, open_source
from services.opening.switching import Switching, switching
from services.scan.scanning import Scan
from services.sources.reference import SourceKind, SourceReference
from tests.services.asking import had
from tests.services.projects import (
    BLUE,
    RED,
    blue_or_red,
    folder_project,
    pointwise,
)

MANIFEST = """
task = "classification"
classes = ["blue", "red"]
[input]
color = "rgb"
scaling = "0..1"
"""
PICTURES = {"testing/blue/a.png": BLUE, "testing/red/b.png": RED}


@pytest.fixture(scope="module")
def networks():
    """Of the second one every answer is wrong."""
    wrong = pointwise(
        [[0, 1], [0, 0], [1, 0]], [0, 0], np.eye(2)[::-1] * 4, [0, 0], activation="softmax"
    )
    return (
        KerasNetwork(blue_or_red(), "right.h5", digest="right"),
        KerasNetwork(wrong, "wrong.h5", digest="wrong"),
    )


@pytest.fixture
def opened(networks, blue_or_red_file, tmp_path, monkeypatch, fresh):
    """As a source of two networks will open."""
    plain = opening.assemble

    def assemble(*args):
        project, check = plain(*args)
        return replace(project, networks=networks), check

    monkeypatch.setattr(opening, "assemble", assemble)
    folder = folder_project(tmp_path / "project", blue_or_red_file, PICTURES, MANIFEST)
    return open_source(SourceReference(SourceKind.FOLDER, str(folder)))


def with_network(opened, name):
    found = switching(opened, name, Arithmetic.PHONE)
    return found.found or had(found).result


def test_the_first_is_asked_until_another_is_chosen(opened, networks):
    assert opened.project.network is networks[0]
    assert opened.project.using("wrong.h5").network is networks[1]
    assert opened.project.using("wrong.h5").using("").network is networks[0]


@pytest.mark.parametrize("name", ["", "right.h5", "gone.h5"])
def test_a_name_that_tells_none_apart_is_the_first(opened, name):
    project = opened.project.using("wrong.h5").using(name)
    assert project == opened.project
    assert with_network(opened, name) is opened


def test_predictions_are_of_the_chosen_network(opened, networks):
    other = with_network(opened, "wrong.h5")
    assert opened.predictions.correct().tolist() == [1, 1]
    assert other.predictions.correct().tolist() == [0, 0]
    assert other.predictions.project.network is networks[1]
    assert other.project is other.predictions.project
    assert (other.reference, other.check) == (opened.reference, opened.check)
    assert already_open(opened.reference) is opened


def test_what_is_kept_is_kept_for_each(opened):
    with_network(opened, "wrong.h5")
    contexts = [context_of(each, opened.project.medium) for each in opened.project.networks]
    right, wrong = ({k: r.outputs.argmax() for k, r in load_records(c).items()} for c in contexts)
    assert right.keys() == wrong.keys() == set(opened.predictions.digests)
    assert all(right[digest] != wrong[digest] for digest in right)


def test_another_network_is_asked_once(opened, monkeypatch):
    had(Switching(opened, "wrong.h5"))
    monkeypatch.setattr(opening, "predict", lambda *_: pytest.fail("asked again"))
    again = Switching(already_open(opened.reference), "wrong.h5")
    assert again.missing == 0
    assert again.found.predictions.correct().tolist() == [0, 0]


def test_a_source_that_is_opened_again_has_its_new_samples_predicted(opened, tmp_path):
    had(Switching(opened, "wrong.h5"))
    (tmp_path / "project" / "testing" / "red" / "b.png").unlink()
    again = open_source(opened.reference)
    switching = Switching(again, "wrong.h5")
    assert switching.missing == 1
    assert len(had(switching).result.predictions) == 1


def test_captures_are_of_the_chosen_network(opened, monkeypatch):
    """In a blue picture nothing speaks for blue, if the wrong one is asked."""
    other = with_network(opened, "wrong.h5")
    recipe = Recipe(target="=blue")
    run = []
    plain = module.capture
    monkeypatch.setattr(
        module, "capture", lambda network, *rest: run.append(network.name) or plain(network, *rest)
    )
    for _ in range(2):  # each has its own place among what is kept
        (right,) = heatmaps(opened.predictions, [0], recipe)
        (wrong,) = heatmaps(other.predictions, [0], recipe)
        assert right.raw.min() > 0.05
        assert not wrong.raw.any()
    assert run == ["right.h5", "wrong.h5"]


def test_whatever_is_asked_for_differs_by_the_network(opened):
    other = with_network(opened, "wrong.h5")
    slow = Recipe().using(gradcam.METHODS["rise"])
    target = gradcam.Target.for_class(0)
    for key in (
        lambda one: map_key(one.predictions, 0, target, Recipe()),
        lambda one: wanted(one.predictions, [0], slow).digest,
        lambda one: Scan(one.predictions, Recipe()).digest,
        lambda one: Timing.of(one.project).digest,
        lambda one: ExportPlan.of(one.project, Choices()).digest(one.project, one.project.samples),
        lambda one: Switching(opened, one.project.used).digest,
    ):
        assert key(opened) != key(other)
