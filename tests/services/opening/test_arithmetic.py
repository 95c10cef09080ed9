"""A network of two arithmetics: each is a network of its own, opened once somebody asks for it."""

from pathlib import Path

import numpy as np
import pytest

from gradcam import Arithmetic, loading
from services.errors import ProjectError
from services.keeping.digests import context_of
from services.opening import networks
from services.opening.opening import already_open, open_source
from services.opening.switching import Switching, switching
from tests.gradcam.backends.rounded_network import RoundedReader
from tests.services.asking import had
from tests.services.rounded import rounded_project

PHONE, MICROCONTROLLER = Arithmetic.PHONE, Arithmetic.MICROCONTROLLER


@pytest.fixture
def opened(tmp_path, monkeypatch):
    return open_source(rounded_project(tmp_path / "project", monkeypatch))


def in_arithmetic(opened, arithmetic):
    wanted = switching(opened, "", arithmetic)
    return wanted.found or had(wanted).result


def test_it_is_opened_as_on_a_phone(opened):
    assert opened.project.arithmetic is PHONE
    assert in_arithmetic(opened, PHONE) is opened


def test_the_other_is_another_network_of_the_same_samples(opened):
    other = in_arithmetic(opened, MICROCONTROLLER)
    assert other.project.network.arithmetic is MICROCONTROLLER
    assert other.predictions.digests == opened.predictions.digests
    assert np.abs(other.predictions.outputs - opened.predictions.outputs).max() > 0.01
    contexts = {context_of(each.project.network, each.project.medium) for each in (opened, other)}
    assert len(contexts) == 2
    assert (other.check, other.project.medium) == (opened.check, opened.project.medium)
    assert already_open(opened.reference) is opened


def test_the_other_is_opened_only_when_it_is_asked_for(tmp_path, monkeypatch):
    asked = []
    plain = networks.load_network
    monkeypatch.setattr(
        networks,
        "load_network",
        lambda *args, **named: asked.append(named["arithmetic"]) or plain(*args, **named),
    )
    opened = open_source(rounded_project(tmp_path / "project", monkeypatch))
    wanted = switching(opened, "", MICROCONTROLLER)
    assert (wanted.missing, asked) == (1, [PHONE])
    had(wanted)
    again = switching(already_open(opened.reference), "", MICROCONTROLLER)
    assert again.missing == 0
    assert asked == [PHONE, MICROCONTROLLER]


def test_a_network_of_one_arithmetic_is_the_same_in_any(opened, blue_or_red):
    keras = opened.project.__class__(
        **{**vars(opened.project), "networks": (blue_or_red,), "reopened": pytest.fail}
    )
    assert keras.in_arithmetic(MICROCONTROLLER) is keras
    assert keras.arithmetic is PHONE


def test_a_link_that_asks_a_network_of_one_arithmetic_for_another_is_put_right(opened, monkeypatch):
    monkeypatch.setattr(type(opened.project.network), "arithmetics", ())
    monkeypatch.setattr(opened.project.network, "arithmetic", None)
    assert switching(opened, "", MICROCONTROLLER) == Switching(opened)


def test_a_file_that_is_gone_is_said(opened):
    Path(opened.reference.place, "model.numpy").unlink()
    with pytest.raises(ProjectError, match=r"^The model file model.numpy is no longer there.$"):
        opened.project.in_arithmetic(MICROCONTROLLER)


def test_the_reader_is_the_one_of_the_file(opened):
    assert any(isinstance(each, RoundedReader) for each in loading.READERS)


def test_what_its_file_tells_is_said(opened):
    said = {(fact.what, fact.value): fact.why for fact in opened.project.facts}
    numbers = said["numbers", "weights int8, activations int8"]
    assert numbers == "as they stand in the network's file"
    own = said["classes", "the network's file"]
    assert own == "they stand in it, in the order of its outputs"
    assert opened.project.task.names == ("a", "b", "c")


def test_its_input_tells_how_pictures_reach_it(tmp_path, monkeypatch):
    reference = rounded_project(tmp_path / "project", monkeypatch, manifest="")
    opened = open_source(reference)
    (clue, *_) = opened.check.clues
    assert (clue.what, clue.figure) == (
        "input quantisation", "it holds numbers from -1 to 1",
    )  # fmt: skip
    assert opened.project.medium.chosen["scaling"] == "-1..1"
    (fact,) = [each for each in opened.project.facts if each.what.startswith("scaling")]
    assert "input quantisation: it holds numbers from -1 to 1" in fact.why
