"""Anomalies: what counts as one, by which label, and how well scores tell them apart."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from gradcam import Placement, Target
from gradcam.backends.keras.network import KerasNetwork
from gradcam.box import Box
from gradcam.told import Told
from services.sample import Sample
from services.tasks.anomaly.figures import at_threshold, auroc, best_threshold
from services.tasks.anomaly.task import Anomaly
from services.tasks.anomaly.words import normal_among
from services.tasks.geometry import Geometry
from services.tasks.marks import ObjectVerdict
from services.tasks.other_answer import OtherAnswer
from services.tasks.shown import Limit
from services.tasks.task import Evidence
from tests.gradcam.anomaly import scored
from tests.services import projects
from tests.services.tasks.cases import sieve

SCORES = np.array([5.0, 1.0, 4.0, 2.0, 3.0], np.float32)
TRUE = np.array([True, False, False, True, True])


def evidence(labels=(), classes=(), threshold=None, told=None):
    network = scored.network()
    network.told = Told(threshold=told)
    settings = {} if threshold is None else {"threshold": threshold}
    return Evidence(network, frozenset(labels), tuple(classes), settings=settings)


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(projects.redness_scored("sigmoid"), "n.h5")


def read(network, labels, outputs, threshold=3.0, kinds=("good", "hole", "scratch"), **given):
    grid = (2, 2)
    samples = [Sample(f"{i}.png", None, label) for i, label in enumerate(labels)]
    outputs = np.array(outputs, np.float32)
    asked = projects.of_units(network, 4, grid)
    return Anomaly(kinds, threshold).read(asked, samples, outputs, **given)


# ---------------------------------------------------------------------------------- figures


def test_the_area_is_scikit_learn_s_with_ties_too():
    rng = np.random.default_rng(1)
    for _ in range(20):
        scores = rng.integers(0, 6, 30).astype(np.float32)
        true = rng.random(30) < 0.4
        assert auroc(scores, true) == pytest.approx(roc_auc_score(true, scores))


def test_where_one_side_is_missing_there_is_no_area():
    assert np.isnan(auroc(SCORES, np.zeros(5, bool)))
    assert np.isnan(auroc(SCORES, np.ones(5, bool)))
    assert best_threshold(SCORES, np.ones(5, bool)) is None


def test_a_threshold_is_read_as_by_hand():
    """From 3 on are called 5 (an anomaly), 4 (none) and 3 (an anomaly); 2 is missed."""
    found = at_threshold(SCORES, TRUE, 3.0)
    assert (found.precision, found.recall, found.false_alarms) == (2 / 3, 2 / 3, 1 / 2)
    assert found.f1 == pytest.approx(2 / 3)
    nothing = at_threshold(SCORES, TRUE, 9.0)
    assert np.isnan(nothing.precision)
    assert (nothing.recall, nothing.f1) == (0.0, 0.0)


def test_the_best_threshold_lies_between_two_scores():
    best = best_threshold(SCORES, TRUE)
    assert best.threshold == 1.5  # finds all at one false alarm of two
    assert (best.recall, best.false_alarms) == (1.0, 0.5)
    every = [at_threshold(SCORES, TRUE, t).balance for t in np.linspace(0, 6, 61)]
    assert best.balance == max(every)


def test_of_equal_scores_all_are_called_or_none():
    best = best_threshold(np.array([2.0, 2.0, 1.0], np.float32), np.array([True, False, False]))
    assert best == at_threshold(
        np.array([2.0, 2.0, 1.0], np.float32), np.array([True, False, False]), 1.5
    )


# ------------------------------------------------------------------------------------ labels


@pytest.mark.parametrize(
    ("labels", "normal"),
    [
        ({"good", "hole"}, "good"), ({"no anomaly", "anomaly"}, "no anomaly"),
        ({"No_Anomaly", "anomaly"}, "No_Anomaly"), ({"OK", "NOK"}, "OK"), ({"hole"}, None),
    ],
)  # fmt: skip
def test_the_normal_label_is_known_by_its_name(labels, normal):
    assert normal_among(labels) == normal


def test_all_other_labels_are_kinds_of_anomalies():
    task, _ = Anomaly.settled(evidence({"good", "hole", "scratch"}))
    assert task.kinds == ("good", "hole", "scratch")
    task, _ = Anomaly.settled(evidence({"no anomaly", "anomaly"}))
    assert task.kinds == ("no anomaly", "anomaly")
    assert Anomaly.settled(evidence())[0].kinds == ("no anomaly", "anomaly")


def test_who_names_the_classes_names_the_normal_one_first():
    task, facts = Anomaly.settled(evidence({"hole", "wood"}, classes=("wood", "knot")))
    assert task.kinds == ("wood", "knot", "hole")
    (said,) = [fact for fact in facts if fact.what == "normal pictures"]
    assert said.value == "wood"


def test_the_threshold_is_the_project_s_else_the_mixture_s_else_three():
    assert Anomaly.settled(evidence(threshold=7.5, told=2.0))[0].threshold == 7.5
    assert Anomaly.settled(evidence(told=2.0))[0].threshold == 2.0
    task, facts = Anomaly.settled(evidence())
    assert task.threshold == 3.0
    assert "the usual one" in next(fact for fact in facts if fact.what == "threshold").why


def test_studio_s_threshold_is_taken():
    words = Anomaly.from_studio([], {"min_anomaly_score": 5.5})
    assert words.settings == {"threshold": 5.5}
    assert Anomaly.from_studio([], {}).settings == {}


def test_a_grid_of_one_value_is_claimed_and_classes_are_not(network):
    assert Anomaly.claim(evidence()) is not None
    assert Anomaly.reads(scored.network())
    assert not Anomaly.reads(network)


# ---------------------------------------------------------------------------------- verdicts


def test_the_highest_score_decides_and_equal_is_enough(network):
    answers = read(
        network,
        ("hole", "good", "good", None),
        ((0, 3.0, 1, 0), (2.9, 0, 0, 0), (0, 0, 0, 8), (9, 0, 0, 0)),
    )
    assert answers.correct().tolist()[:3] == [1, 1, 0]
    assert np.isnan(answers.correct()[3])
    assert [answers.said(i) for i in range(4)] == [
        "hole → anomaly 3", "good 2.9", "good → anomaly 8", "? → anomaly 9",
    ]  # fmt: skip
    assert answers.correct(8.5).tolist()[:3] == [0, 1, 1]


def test_the_first_order_has_what_is_furthest_wrong_first_and_the_unlabelled_last(network):
    answers = read(
        network,
        ("good", "hole", "good", None, "scratch"),
        ((4, 0, 0, 0), (1.0, 0, 0, 0), (1, 0, 0, 0), (9, 0, 0, 0), (3.5, 0, 0, 0)),
    )
    assert answers.ordered(np.ones(5, bool), None, None).tolist() == [1, 0, 4, 2, 3]


def test_any_anomaly_passes_where_no_kind_is_named_so(network):
    answers = read(network, ("good", "hole", "scratch", None), ((1, 0, 0, 0),) * 4)
    assert answers.passing(sieve(true_class="anomaly")).tolist() == [False, True, True, False]
    assert answers.passing(sieve(true_class="hole")).tolist() == [False, True, False, False]
    (labels, *_) = answers.filters
    assert labels.names == ("good", "anomaly", "hole", "scratch")


def test_scores_pass_between_two_ends(network):
    answers = read(network, ("good",) * 3, ((1, 0, 0, 0), (2, 0, 0, 0), (7, 0, 0, 0)))
    assert answers.passing(sieve(predicted_low=2.0)).tolist() == [False, True, True]
    assert answers.passing(sieve(predicted_high=2.0)).tolist() == [True, True, False]


def test_what_is_explained_are_the_places_above_the_threshold_else_the_hottest(network):
    answers = read(network, ("hole", "hole"), ((4, 1, 3, 0), (1, 2, 0, 0)))
    above, hottest = answers.targets([0, 1], "predicted", "")
    assert above == Target.for_cells(0, [(0, 0), (1, 0)])
    assert hottest == Target.for_cell(0, 0, 1)
    assert answers.targets([0], "=hottest", "") == [Target.for_cell(0, 0, 0)]
    assert answers.targets([0], "=all", "") == [Target.for_cells(0)]


def test_where_no_place_is_above_the_threshold_none_is_spoken_of(network):
    answers = read(network, ("hole", "hole"), ((4, 1, 3, 0), (1, 2, 0, 0)))
    titles = [answers.mistakes.sights(i)[0].title for i in (0, 1)]
    assert titles == ["the places above the threshold", "the hottest place"]


def test_studio_s_grid_is_compared_by_its_highest_place(network):
    answers = read(network, ("hole",), ((4, 1, 3, 0),))
    same = answers.compared(0, OtherAnswer(grid=((4.5, 1.0), (3.0, 0.0))))
    assert (same.agrees, same.difference) == (True, 0.5)
    other = answers.compared(0, OtherAnswer(grid=((1.0, 1.0), (1.0, 0.0))))
    assert not other.agrees
    assert answers.compared(0, OtherAnswer()) is None


def test_another_network_is_compared_by_what_it_calls_a_picture_itself(network):
    here = read(network, ("hole", "good"), ((4, 1, 3, 0), (1, 2, 0, 0)))
    there = replace(here, outputs=here.outputs * 10, threshold=here.threshold * 10)
    both = [here.compared(i, there.as_other(i)) for i in (0, 1)]
    assert [one.agrees for one in both] == [True, True]
    assert [one.difference for one in both] == pytest.approx([36.0, 18.0])
    strict = replace(there, threshold=100.0)
    one = here.compared(0, strict.as_other(0))
    assert (one.agrees, one.here, one.there) == (False, "anomaly 4", "good 40")


# ------------------------------------------------------------------------------------- pages


def upper_half(_position):
    """The network sees the lower half of a picture of 40 × 80."""
    return Geometry(Placement(Box(0, 40, 40, 40), Box(0, 0, 40, 40)), (40, 80), (40, 40))


def test_places_above_the_threshold_are_marked_where_they_lie_on_the_picture(network):
    answers = read(
        network, ("hole", "good", None), ((0, 5, 0, 0), (0, 0, 4, 0), (0, 0, 0, 3)),
        geometry=upper_half,
    )  # fmt: skip
    marks = [answers.pages.marks(i, None) for i in range(3)]
    assert [(m.x, m.y, m.label, m.verdict) for (m,) in marks] == [
        (0.75, 0.625, "5", ObjectVerdict.HIT),
        (0.25, 0.875, "4", ObjectVerdict.FALSE_ALARM),
        (0.75, 0.875, "3", ObjectVerdict.UNJUDGED),
    ]
    assert answers.pages.marks(0, 6.0) == ()


def test_the_slider_is_fine_where_verdicts_are_decided(network):
    answers = read(network, ("hole", "good"), ((900, 0, 0, 0), (1, 0, 0, 0)))
    limit = answers.pages.limit(None)
    assert isinstance(limit, Limit)
    assert limit.step <= 10
    alone = read(network, ("hole",), ((900, 0, 0, 0),)).pages.limit(None)
    assert (alone.most, alone.step) == (12.0, 0.1)


def test_the_table_of_thresholds_has_the_chosen_one(network):
    answers = read(network, ("hole", "good", "good"), ((5, 0, 0, 0), (1, 0, 0, 0), (4, 0, 0, 0)))
    (chosen,) = [row for row in answers.pages.by_threshold(4.5).rows if row["chosen"]]
    assert (chosen["threshold"], chosen["recall"], chosen["false alarms"]) == (4.5, 1.0, 0.0)


def test_mistakes_are_missed_ones_and_false_alarms_worst_first(network):
    answers = read(
        network,
        ("hole", "hole", "good", "good", "scratch"),
        ((2, 0, 0, 0), (1, 0, 0, 0), (4, 0, 0, 0), (7, 0, 0, 0), (9, 0, 0, 0)),
    )
    listed = answers.mistakes.listed(80, None).lists
    assert listed == {"Missed anomalies": (1, 0), "False alarms": (3, 2)}
    name, others = answers.mistakes.taken_for(0)
    assert (name, others.tolist()) == ("good", [2, 3])


def test_the_export_has_every_place(network):
    answers = read(network, ("hole",), ((0, 5, 0.5, 0),))
    row = dict(zip(answers.export.head, next(answers.export.rows(None)), strict=True))
    assert (row["predicted"], row["score"], row["row"], row["column"]) == ("anomaly", "5", "0", "1")
    assert [row[f"score_{r}_{c}"] for r in (0, 1) for c in (0, 1)] == ["0", "5", "0.5", "0"]


def test_only_one_answer_is_no_fault_where_one_thing_is_true(network):
    same = ((1, 0, 0, 0),) * 2
    assert read(network, ("good", "good"), same).pages.only_answer == ""
    assert read(network, ("good", "hole"), same).pages.only_answer == "good"


def test_a_blind_network_earns_nothing(network):
    task = Anomaly(("good", "hole"))
    outputs = np.ones((6, 4), np.float32)
    grades = task.grade(SimpleNamespace(), outputs, ["good"] * 3 + ["hole"] * 3)
    assert (grades.score, grades.is_constant, grades.tells) == (0.5, True, False)
