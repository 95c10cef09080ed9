"""The list that one came from is the list that is gone through, and it says which it is."""

from dataclasses import replace

import numpy as np
import pytest

from services.choices.choices import Choices
from services.choices.conditions import FINDING_GONE
from services.choices.filter import Verdict
from services.embedding.asked import Embedding
from services.embedding.doubts import doubted
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report, reports
from services.keeping.store import BoundedStore
from services.lists.kinds import KINDS, chosen_samples
from services.lists.mistaken import listed_mistakes, none_said
from services.work.progress import Progress
from tests.services.projects import said

CLASSES = ("car", "none")


@pytest.fixture
def predictions(blue_or_red):
    """Twelve samples: wrong are 1, 4 (cars called none) and 6 (none called car), 11 is unlabelled.

    Confidence falls from 0.99 by 0.04 a sample.
    """
    samples, outputs = [], []
    for number in range(12):
        true = CLASSES[number >= 6]
        sure = 0.99 - 0.04 * number
        called = "none" if number in {1, 4} or (number >= 6 and number != 6) else "car"
        outputs.append([sure, 1 - sure] if called == "car" else [1 - sure, sure])
        samples.append((f"{number:02}.png", None if number == 11 else true))
    rng = np.random.default_rng(0)
    features = rng.normal(0, 0.1, (12, 4)) + np.arange(12)[:, None] // 6 * 5
    features[2] = features[8] + 0.01  # a car among the others
    return said(blue_or_red, samples, classes=CLASSES, outputs=outputs, features=features)


def told(predictions, **choices):
    found = chosen_samples(predictions, Choices().having(**choices))
    return found.positions.tolist(), found.said


def test_without_a_list_the_filter_is_gone_through_and_old_links_mean_that(predictions):
    assert told(predictions, verdict=Verdict.INCORRECT) == ([1, 4, 6], "filtered")
    assert told(predictions, within="made up", text="03")[0] == [3]
    positions, words = told(predictions)
    assert sorted(positions) == list(range(12))
    assert words == ""


def test_mistakes_are_gone_through_as_the_page_lists_them(predictions):
    assert told(predictions, within="mistakes") == ([1, 4], "sure and wrong")
    assert told(predictions, within="mistakes", sure=70)[0] == [1, 4, 6]
    assert told(predictions, within="mistakes", which="Unsure and wrong") == (
        [6],
        "unsure and wrong",
    )
    # The filter is another list.
    assert told(predictions, within="mistakes", text="01", verdict=Verdict.CORRECT)[0] == [1, 4]


def test_the_chosen_cell_counts_one_by_one_too(predictions):
    cell = {"true_class": "none", "predicted_class": "car", "sure": 70}
    assert told(predictions, within="mistakes", **cell) == ([6], "sure and wrong, none → car")
    lists = listed_mistakes(predictions, Choices().having(**cell)).lists
    assert [len(each) for each in lists.values()] == [1, 0, 0]
    assert told(predictions, within="mistakes", true_class="car") == (
        [1, 4],
        "sure and wrong, true: car",
    )


def test_a_cell_is_gone_through_whatever_else_is_filtered(predictions):
    cell = {"true_class": "car", "predicted_class": "none", "verdict": Verdict.CORRECT}
    assert told(predictions, within="cell", **cell) == ([1, 4], "car → none")
    assert told(predictions, within="cell")[1] == "all classes"


def test_the_worst_are_gone_through_beyond_the_first_four(predictions):
    positions, words = told(predictions, within="worst")
    assert positions == [1, 4, 6]
    assert words


def test_the_sides_of_review_are_gone_through(predictions):
    assert told(predictions, within="incorrect", review_class="car") == (
        [1, 4],
        "review: incorrect, car",
    )
    positions, words = told(predictions, within="correct")
    assert sorted(positions) == [0, 2, 3, 5, 7, 8, 9, 10]
    assert words == "review: correct"


def test_a_findings_pictures_are_gone_through_the_clearest_first(predictions, monkeypatch):
    monkeypatch.setattr(reports, "_memory", BoundedStore(8))
    digests = predictions.digests
    members = (digests[7], digests[3], "of another test set")
    finding = Finding(QuestionKind.GROUP, "Is it the border?", "9 %", members, 0.5)
    reports.put("0123456789abcdef", Report("0123456789abcdef", 12, 0, 9, (finding,)))
    assert told(predictions, within="finding:0123456789abcdef.0") == (
        [7, 3],
        "finding: Is it the border?",
    )
    there = chosen_samples(predictions, Choices(within="finding:0123456789abcdef.0"))
    assert (there.asked, there.refused) == (None, "")


def test_a_finding_that_is_gone_for_good_is_refused_and_never_all_samples(predictions):
    gone = chosen_samples(predictions, Choices(within="finding:0123456789abcdee.0"))
    assert gone.positions.tolist() == []
    assert (gone.asked, gone.refused) == (None, FINDING_GONE)


def test_labels_to_check_are_gone_through_once_the_embedding_is_there(predictions):
    choices = Choices(within="labels").having(neighbours=3)
    asked = Embedding(predictions, choices)
    before = chosen_samples(predictions, choices)
    if asked.missing:
        assert before.positions.tolist() == []
        assert before.asked.digest == asked.digest
        asked.make(Progress())
    embedded = asked.found
    positions, words = told(predictions, within="labels", neighbours=3)
    assert positions == [int(embedded.positions[one.point]) for one in doubted(asked, embedded)]
    assert 2 in positions
    assert words == "labels to check"
    assert chosen_samples(predictions, choices).asked is None


def test_every_kind_of_list_fits_into_a_link(predictions):
    for word in KINDS:
        choices = Choices().at_sample("03.png", f"{word}:x" if word == "finding" else word)
        again = Choices().adopting(choices.to_query())
        assert again == choices
        assert chosen_samples(predictions, again).word == word


def test_who_filters_leaves_the_list(predictions):
    choices = Choices().at_sample("03.png", "mistakes")
    assert choices.changed("text", "x").within == ""
    assert choices.changed("sort", "By name").within == "mistakes"
    assert choices.changed("sample", "04.png").within == "mistakes"


def test_why_a_list_is_empty_is_said(predictions):
    right = predictions.answers.correct() == 1
    some = np.flatnonzero(right)
    perfect = replace(
        predictions,
        samples=tuple(predictions.samples[i] for i in some),
        digests=tuple(predictions.digests[i] for i in some),
        outputs=predictions.outputs[some],
    )
    assert none_said(perfect, Choices()) == "There is no mistake here."
    assert none_said(predictions, Choices()) == "None of the mistakes is of this kind."
    cell = Choices().having(true_class="car", predicted_class="car")
    assert none_said(predictions, cell) == "None of these is in car → car."
    nobody = replace(
        predictions, samples=tuple(replace(one, label=None) for one in predictions.samples)
    )
    assert none_said(nobody, Choices()).startswith("No sample is labelled")
