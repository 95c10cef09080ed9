"""The other network in place of the one that is looked at, and back."""

from dataclasses import replace

import pytest

from gradcam import Arithmetic
from services.alternative import Alternative
from services.choices.choices import Choices
from services.comparing.exchange import exchanged
from services.opening.opening import Opened
from services.predictions.beside import OTHER_ARITHMETIC
from services.sources.reference import parse_reference
from tests.services.projects import said

FILES = {"new.h5": "new.h5", "old.h5": "old.h5"}


@pytest.fixture
def opened(blue_or_red):
    predictions = said(blue_or_red, [("a", "red")], classes=("blue", "red"), outputs=[[0, 1]])
    files = Alternative("model", "Network", "new.h5", FILES)
    project = replace(predictions.project, alternatives=(files,))
    reference = parse_reference("folder:/some/place?split=testing")
    return Opened(reference, project, replace(predictions, project=project), None)


def test_the_other_file_is_looked_at_and_this_one_stands_beside(opened):
    before = Choices(source=str(opened.reference), sample="a").having(beside="file:old.h5")
    there = exchanged(before, opened, "file:old.h5")
    assert there.source == "folder:/some/place?split=testing&model=old.h5"
    assert (there.sample, there.filter.beside) == ("a", "file:new.h5")
    taken = replace(opened.project.alternatives[0], taken="old.h5")
    other = replace(
        opened,
        reference=parse_reference(there.source),
        project=replace(opened.project, alternatives=(taken,)),
    )
    assert exchanged(there, other, "file:new.h5") == before


def test_the_other_arithmetic_is_a_choice_of_the_same_source(opened, monkeypatch):
    network = opened.project.network
    monkeypatch.setattr(network, "arithmetics", tuple(Arithmetic), raising=False)
    monkeypatch.setattr(network, "arithmetic", Arithmetic.PHONE, raising=False)
    there = exchanged(Choices(sample="a"), opened, OTHER_ARITHMETIC)
    assert there == Choices(sample="a").having(
        arithmetic=Arithmetic.MICROCONTROLLER, beside=OTHER_ARITHMETIC
    )
