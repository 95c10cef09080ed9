"""Where a place means something by itself, heat is held against that of other answers."""

from dataclasses import replace

import numpy as np

from gradcam import InputSpec
from services.findings.finding import QuestionKind
from services.media.picture import Pictures
from services.scan import places
from services.scan.looking import Looked
from tests.services.projects import said


class OfFixedPlaces(Pictures):
    """Pictures whose left edge is always the lowest tone."""

    fixed_places = True


def asked(network, shares, predicted, medium):
    answers = [(str(i), "ab"[k]) for i, k in enumerate(predicted)]
    predictions = said(network, answers, classes=("a", "b"), outputs=np.eye(2)[predicted])
    predictions = replace(predictions, project=replace(predictions.project, medium=medium))
    numbers = np.zeros((len(shares), len(medium.properties)))
    looked = Looked(np.arange(len(shares)), shares, numbers)
    found = [one.finding for one in places.ask(predictions, looked) if one.finding is not None]
    assert all(each.kind is QuestionKind.PLACE for each in found)
    return found


def at_the_left(share):
    """A map of 8 × 8 with so much of its heat in the first column."""
    heat = np.full((8, 8), (1 - share) / 56, np.float32)
    heat[:, 0] = share / 8
    return heat


def test_heat_that_every_answer_has_is_no_finding_there_and_is_one_on_pictures(blue_or_red):
    spec = InputSpec(8, 8)
    both = np.stack([at_the_left(0.5 + 0.01 * i) for i in range(10)] * 2)
    predicted = [0] * 10 + [1] * 10
    assert len(asked(blue_or_red, both, predicted, Pictures(spec))) == 2
    assert asked(blue_or_red, both, predicted, OfFixedPlaces(spec)) == []
    one = np.concatenate([both[:10], np.stack([at_the_left(0.1 + 0.001 * i) for i in range(10)])])
    (finding,) = asked(blue_or_red, one, predicted, OfFixedPlaces(spec))
    assert "“a” because of what is at the left edge" in finding.question
    assert finding.figures.startswith("Evenly spread heat or that of other answers would give 12")
