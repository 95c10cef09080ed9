"""A filter by what becomes of verdicts with the network beside: obeyed, or refused in words."""

from dataclasses import replace

import numpy as np
import pytest

from services.alternative import NETWORK_FILE, Alternative
from services.choices.browse import (
    count_verdicts,
    passing_parts,
    passing_samples,
    sides_of,
    with_flips,
)
from services.choices.choices import Choices
from services.choices.conditions import conditions, filter_said, misfit
from services.choices.filter import Filter, Flipped, Verdict, read_filter
from services.choices.flipped import UnknownFlips, made_by
from services.choices.recipe import Recipe
from services.comparing.heat import HeatsMoved
from services.errors import ProjectError
from services.keeping.store import BoundedStore
from services.lists.kinds import chosen_samples
from services.lists.mistaken import listed_mistakes, none_said
from services.predictions import beside
from services.predictions.beside import Judging, comparison_beside, keep_beside
from services.predictions.moved_heat import Heats, heats
from services.tasks.parts import Place
from tests.services.projects import said
from tests.services.tasks.grid.test_flips import BOXES, HERE, THERE, told

WORD = "file:int8.tflite"
RIGHT, WRONG, ELSE = [0.1, 0.9, 0.0], [0.9, 0.1, 0.0], [0.1, 0.0, 0.9]
#              kept   broken mended otherwise kept
OURS = [RIGHT, RIGHT, WRONG, WRONG, RIGHT]
THEIRS = [RIGHT, WRONG, RIGHT, ELSE, RIGHT]
NAMES = "abcde"
CLASSES = ("blue", "red", "green")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch, fresh):
    monkeypatch.setattr(beside, "_beside", BoundedStore(8))
    monkeypatch.setattr(heats, "_memory", BoundedStore(8))


@pytest.fixture
def network(blue_or_red):
    return blue_or_red


def with_other(predictions):
    """The same of a project that holds another network file."""
    files = {"model.h5": "model.h5", "int8.tflite": "int8.tflite (4 kB)"}
    other = Alternative(NETWORK_FILE, "Network file", "model.h5", files)
    return replace(predictions, project=replace(predictions.project, alternatives=(other,)))


@pytest.fixture
def here(network):
    answers = [(name, "red") for name in NAMES]
    return with_other(said(network, answers, classes=CLASSES, outputs=OURS))


@pytest.fixture
def there(network):
    answers = [(name, "red") for name in reversed(NAMES)]
    return said(network, answers, classes=CLASSES, outputs=THEIRS[::-1])


def passing(predictions, **only):
    listed = passing_samples(predictions, Filter(sort="By name", **only))
    return "".join(predictions.samples[position].id for position in listed)


def test_where_the_other_network_was_not_asked_none_passes_and_it_says_so(here):
    only = Filter(flipped=Flipped.FLIPPED)
    assert passing(here, flipped=Flipped.FLIPPED) == ""
    assert misfit(here, only) == UnknownFlips.NOT_COMPARED
    assert with_flips(here, only, [0, 1]) == ()
    assert count_verdicts(here, only).all == 0


def test_a_project_of_one_network_refuses_in_words(network, here):
    alone = replace(here, project=replace(here.project, alternatives=()))
    assert misfit(alone, Filter(flipped=Flipped.BROKEN)) == UnknownFlips.NO_OTHER
    assert misfit(alone, Filter(beside=WORD)) == ""


@pytest.mark.parametrize(
    ("flipped", "names"),
    [
        (Flipped.ALL, "abcde"), (Flipped.FLIPPED, "bc"), (Flipped.BROKEN, "b"),
        (Flipped.MENDED, "c"), (Flipped.OTHERWISE, "d"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("word", [WORD, ""])
def test_each_flip_leaves_its_samples(here, there, flipped, names, word):
    keep_beside(here, WORD, there)
    assert passing(here, flipped=flipped, beside=word) == names
    assert misfit(here, Filter(flipped=flipped, beside=word)) == ""


def test_a_sample_that_the_other_network_does_not_know_has_no_flip(here, network):
    some = [("b", "red"), ("c", "red")]
    keep_beside(here, WORD, said(network, some, classes=CLASSES, outputs=[WRONG, WRONG]))
    assert passing(here, flipped=Flipped.FLIPPED) == "b"


def test_it_goes_along_with_the_rest_of_the_filter(here, there):
    keep_beside(here, WORD, there)
    only = Filter(flipped=Flipped.FLIPPED, sort="By name")
    counts = count_verdicts(here, only)
    assert (counts.all, counts.correct, counts.incorrect) == (2, 1, 1)
    assert passing(here, flipped=Flipped.FLIPPED, verdict=Verdict.INCORRECT) == "c"


def test_it_is_a_chip_that_names_the_network(here, there):
    keep_beside(here, WORD, there)
    only = Filter(flipped=Flipped.BROKEN, beside=WORD)
    (chip,) = conditions(here, only)
    assert chip.words == "broken with int8.tflite (4 kB)"
    assert chip.without == Filter(beside=WORD)
    assert filter_said(here, Filter(beside=WORD)) == ""
    assert not Filter(beside=WORD).narrows


def test_a_link_says_it_and_a_terminal(here):
    choices = Choices().flipping(Flipped.REASON, WORD)
    query = choices.to_query()
    assert query["flipped"] == "right for another reason"
    assert query["beside"] == WORD
    assert Choices().adopting(query) == choices
    assert read_filter(["flipped=mended"]).flipped is Flipped.MENDED
    with pytest.raises(ProjectError, match="takes one of All, flipped, broken"):
        read_filter(["flipped=lost"])


def test_the_live_threshold_counts_for_both(network):
    answers = [("a", "0.5"), ("b", "0.5")]
    here = with_other(said(network, answers, outputs=[0.5, 0.5]))
    keep_beside(here, WORD, said(network, answers, outputs=[0.5, 0.7]))
    assert passing(here, flipped=Flipped.BROKEN) == "b"
    loose = Filter(flipped=Flipped.BROKEN, threshold=0.3)
    assert len(passing_samples(loose.judging(here), loose)) == 0


# ------------------------------------------------------------------- right for another reason


def asked_heat(here):
    return HeatsMoved(comparison_beside(here, WORD, Judging()), Recipe())


def test_another_reason_takes_the_heatmaps_of_both(here, there):
    keep_beside(here, WORD, there)
    only = Filter(flipped=Flipped.REASON)
    assert misfit(here, only) == UnknownFlips.NO_HEAT
    assert passing(here, flipped=Flipped.REASON) == ""
    moved = np.array([0.2, 0.9, 0.9, 0.9, 0.6], np.float32)
    heats.put(asked_heat(here).digest, Heats(moved, np.ones(5, np.float32)))
    assert misfit(here, only) == ""
    assert passing(here, flipped=Flipped.REASON) == "e"  # b, c and d are wrong in one of both


def test_of_other_heatmaps_it_is_not_known(here, there):
    keep_beside(here, WORD, there)
    heats.put(asked_heat(here).digest, Heats(np.ones(5, np.float32), np.ones(5, np.float32)))
    for heat, known in (
        (Recipe(), True), (Recipe(shared_scale=True), True), (Recipe(layer="of another"), True),
        (Recipe(target="=red"), False), (Recipe(percentile=90.0), False),
    ):  # fmt: skip
        only = Filter(flipped=Flipped.REASON, heat=heat)
        assert (misfit(here, only) == "") is known
        assert (made_by(here, heat) == made_by(here, Recipe())) is known


def test_the_heat_on_screen_is_meant():
    choices = Choices().having(target="=red").read_by("me")
    assert (choices.filter.heat, choices.filter.reader) == (choices.recipe, "me")
    assert choices.read_by("me") is choices


# ---------------------------------------------------------------- lists, Review and Mistakes


def test_review_and_the_lists_leave_what_flips(here, there):
    keep_beside(here, WORD, there)
    broken, mended = (
        Choices().having(flipped=flipped, beside=WORD)
        for flipped in (Flipped.BROKEN, Flipped.MENDED)
    )
    assert (sides_of(here, broken).correct, sides_of(here, broken).incorrect) == ((1,), ())
    assert (sides_of(here, mended).correct, sides_of(here, mended).incorrect) == ((), (2,))
    assert chosen_samples(here, replace(broken, within="correct")).positions.tolist() == [1]
    assert chosen_samples(here, broken).positions.tolist() == [1]
    assert {at for own in listed_mistakes(here, mended).lists.values() for at in own} == {2}
    assert not any(listed_mistakes(here, broken).lists.values())
    assert none_said(here, broken) == "None of these is broken with int8.tflite (4 kB)."


def test_mistakes_say_what_is_missing(here):
    assert none_said(here, Choices().having(flipped=Flipped.BROKEN)) == UnknownFlips.NOT_COMPARED


# ----------------------------------------------------------------------------------- objects


def test_parts_flip_by_themselves(network):
    here = with_other(told(network, HERE, BOXES))
    keep_beside(here, WORD, told(network, THERE, BOXES))

    def parts(flipped):
        return passing_parts(here, Filter(sort="By name", flipped=flipped))

    assert parts(Flipped.BROKEN) == [Place(0, 0)]
    # A missed one, the false alarm that goes, and one of a wrong class.
    assert parts(Flipped.MENDED) == [Place(1, 1), Place(1, 2), Place(2, 0)]
    assert passing(here, flipped=Flipped.BROKEN) == "0.png"
    assert with_flips(here, Filter(flipped=Flipped.BROKEN), [Place(0, 0), Place(0, 1), 0]) == (
        Place(0, 0), 0,
    )  # fmt: skip
