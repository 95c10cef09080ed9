import numpy as np
import pytest

from services.choices.browse import count_verdicts, passing_samples
from services.choices.conditions import conditions, filter_said, misfit
from services.choices.filter import Filter, Verdict
from services.choices.flagged import flags_in
from services.notes.notebook import say
from services.notes.opinion import Flag
from services.notes.passing import Flagged
from services.people.person import NOBODY_ELSE
from services.tasks.answers import BY_NAME, RANDOM
from services.tasks.classification.verdicts import LEAST_SURE, MOST_SURE, WRONG_FIRST
from services.tasks.regression.verdicts import LARGEST_ERROR, SMALLEST_ERROR
from tests.services.projects import said

CLASSES = ("bus", "car", "van")


@pytest.fixture(scope="session")
def three(blue_or_red):
    """Only its head matters here: a softmax."""
    return blue_or_red


@pytest.fixture
def answers(three):
    """Eight answers, from 0 to 7; wrong are 1, 3 and 6, and nobody said what 5 is."""
    return said(
        three,
        [
            ("car/h.png", "car"),
            ("car/B.png", "car", {"camera": "Night"}),
            ("bus/a.png", "bus"),
            ("bus/g.png", "bus"),
            ("van/c.png", "van"),
            ("d.png", None, {"camera": "night"}),
            ("van/e.png", "van"),
            ("car/f.png", "car"),
        ],
        classes=CLASSES,
        outputs=[
            [0.1, 0.8, 0.1],  # car, right
            [0.6, 0.3, 0.1],  # bus, wrong
            [0.9, 0.1, 0.0],  # bus, right
            [0.0, 0.05, 0.95],  # van, wrong
            [0.2, 0.3, 0.5],  # van, right
            [0.3, 0.7, 0.0],  # car, nobody said
            [0.4, 0.35, 0.25],  # bus, wrong
            [0.0, 1.0, 0.0],  # car, right
        ],
    )


@pytest.fixture
def readings(redness):
    """Errors of 0, +0.3, -0.1, +0.05 and one that nobody knows."""
    return said(
        redness,
        [("c.png", "1"), ("a.png", "1"), ("e.png", "1"), ("b.png", "2"), ("d.png", None)],
        outputs=[[1.0], [1.3], [0.9], [2.05], [7.0]],
        threshold=0.1,
    )


def found(predictions, **only):
    return set(passing_samples(predictions, Filter(**only)).tolist())


def ordered(predictions, **only):
    return passing_samples(predictions, Filter(**only)).tolist()


# -------------------------------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ({}, {0, 1, 2, 3, 4, 5, 6, 7}),
        ({"verdict": Verdict.CORRECT}, {0, 2, 4, 7}),
        ({"verdict": Verdict.INCORRECT}, {1, 3, 6}),
        ({"true_class": "car"}, {0, 1, 7}),
        ({"true_class": "bus"}, {2, 3}),
        ({"predicted_class": "car"}, {0, 5, 7}),
        ({"predicted_class": "bus"}, {1, 2, 6}),
        ({"true_class": "no class here"}, set()),
        ({"low": 80}, {0, 2, 3, 7}),
        ({"low": 81}, {2, 3, 7}),
        ({"high": 50}, {4, 6}),
        ({"low": 50, "high": 70}, {1, 4, 5}),
        ({"low": 100}, {7}),
        ({"low": 96, "high": 99}, set()),
        ({"text": "car/"}, {0, 1, 7}),
        ({"text": "NIGHT"}, {1, 5}),
        ({"text": "b.PNG"}, {1}),
        ({"text": "bus"}, {2, 3}),
        ({"text": "nothing like it"}, set()),
        ({"true_class": "car", "predicted_class": "bus"}, {1}),
        ({"true_class": "car", "verdict": Verdict.CORRECT}, {0, 7}),
        ({"predicted_class": "bus", "verdict": Verdict.INCORRECT, "high": 50}, {6}),
        ({"text": "night", "predicted_class": "car"}, {5}),
        ({"text": "night", "verdict": Verdict.CORRECT}, set()),
        ({"true_class": "car", "low": 90, "text": "f"}, {7}),
    ],
)
def test_a_filter_lets_pass_what_it_names(answers, only, expected):
    assert found(answers, **only) == expected


def test_what_shows_as_a_full_hundred_passes_from_a_hundred_up(three):
    outputs = [[0.9951, 0.0049], [0.994, 0.006]]
    sure = said(three, [("a", None), ("b", None)], classes=("x", "y"), outputs=outputs)
    assert found(sure, low=100) == {0}
    assert found(sure, high=99) == {1}


@pytest.mark.parametrize(
    ("only", "words"),
    [
        ({"true_class": "no class here"}, "There is no true class “no class here” in this project"),
        ({"predicted_class": "x"}, "There is no predicted class “x” in this project"),
    ],
)
def test_a_class_of_another_project_is_refused_in_words(answers, only, words):
    assert misfit(answers, Filter(**only)).startswith(words)
    assert count_verdicts(answers, Filter(**only)).all == 0


def test_what_a_regression_cannot_be_asked_is_refused_in_words(readings):
    assert found(readings, low=90) == found(readings, true_class="1") == set()
    assert "no confidence" in misfit(readings, Filter(low=90))
    assert "no true class “1”" in misfit(readings, Filter(true_class="1"))
    assert misfit(readings, Filter(text="e.p", verdict=Verdict.CORRECT)) == ""


@pytest.mark.parametrize(
    ("only", "words"),
    [
        ({}, []),
        ({"sort": BY_NAME, "threshold": 0.5}, []),
        ({"verdict": Verdict.INCORRECT, "true_class": "car"}, ["incorrect", "true: car"]),
        ({"low": 20, "predicted_class": "bus"}, ["predicted: bus", "confidence 20–100\xa0%"]),
        ({"text": "night"}, ["name contains “night”"]),
    ],
)
def test_a_filter_is_told_in_words_condition_by_condition(answers, only, words):
    told = conditions(answers, Filter(**only))
    assert [each.words for each in told] == words
    assert filter_said(answers, Filter(**only)) == ", ".join(words)
    for each in told:
        left = [one.words for one in conditions(answers, each.without)]
        assert left == [one for one in words if one != each.words]


def test_a_regression_is_filtered_by_verdict_and_text(readings):
    assert found(readings, verdict=Verdict.CORRECT) == {0, 2, 3}
    assert found(readings, verdict=Verdict.INCORRECT) == {1}
    assert found(readings, text="e.p") == {2}


@pytest.mark.parametrize(
    ("threshold", "right", "wrong"),
    [(None, 3, 1), (0.3, 4, 0), (0.05, 2, 2), (0.0, 1, 3), (0.2, 3, 1)],
)
def test_the_threshold_decides_what_is_correct(readings, threshold, right, wrong):
    counts = count_verdicts(readings, Filter(threshold=threshold))
    assert (counts.all, counts.correct, counts.incorrect) == (5, right, wrong)
    assert len(found(readings, threshold=threshold, verdict=Verdict.CORRECT)) == right


# --------------------------------------------------------------------------------------- counts


@pytest.mark.parametrize(
    ("only", "counts"),
    [
        ({}, (8, 4, 3)),
        ({"verdict": Verdict.INCORRECT}, (8, 4, 3)),  # a switch shows what the others would
        ({"true_class": "car"}, (3, 2, 1)),
        ({"predicted_class": "car"}, (3, 2, 0)),
        ({"text": "night"}, (2, 0, 1)),
        ({"low": 90}, (3, 2, 1)),
        ({"text": "nothing like it"}, (0, 0, 0)),
    ],
)
def test_verdicts_are_counted_under_the_rest_of_the_filter(answers, only, counts):
    counted = count_verdicts(answers, Filter(**only))
    assert tuple(counted.of(verdict) for verdict in Verdict) == (*counts, 0)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_count_is_the_number_that_is_shown(answers, verdict):
    only = Filter(verdict=verdict, true_class="bus")
    assert count_verdicts(answers, only).of(verdict) == len(passing_samples(answers, only))


def test_confusion_counts_true_by_predicted(answers):
    assert answers.answers.confusion.table().tolist() == [[1, 0, 1], [1, 2, 0], [1, 0, 1]]


def test_confusion_keeps_classes_that_never_occur(three):
    one = said(three, [("a", "car")], classes=CLASSES, outputs=[[0, 1, 0]])
    assert one.answers.confusion.table().tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_confidence_is_the_score_of_the_predicted_class(answers):
    expected = [0.8, 0.6, 0.9, 0.95, 0.5, 0.7, 0.4, 1.0]
    np.testing.assert_allclose(answers.answers.confidence, expected, rtol=1e-6)


# --------------------------------------------------------------------------------------- orders


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (WRONG_FIRST, [3, 1, 6, 4, 5, 0, 2, 7]),
        (None, [3, 1, 6, 4, 5, 0, 2, 7]),
        (LARGEST_ERROR, [3, 1, 6, 4, 5, 0, 2, 7]),  # an order of regressions
        (LEAST_SURE, [6, 4, 1, 5, 0, 2, 3, 7]),
        (MOST_SURE, [7, 3, 2, 0, 5, 1, 4, 6]),
        (BY_NAME, [2, 3, 1, 7, 0, 5, 4, 6]),
    ],
)
def test_classes_are_ordered(answers, sort, order):
    assert ordered(answers, sort=sort) == order


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (LARGEST_ERROR, [1, 2, 3, 0, 4]),
        (None, [1, 2, 3, 0, 4]),
        (MOST_SURE, [1, 2, 3, 0, 4]),  # an order of classes
        (SMALLEST_ERROR, [0, 3, 2, 1, 4]),
        (BY_NAME, [1, 3, 0, 4, 2]),
    ],
)
def test_numbers_are_ordered(readings, sort, order):
    assert ordered(readings, sort=sort) == order


def test_a_filtered_list_keeps_the_order(answers):
    assert ordered(answers, sort=MOST_SURE, true_class="car") == [7, 0, 1]


def test_flagged_samples_pass_and_are_counted_by_verdict(answers):
    for position, flag in ((1, Flag.LABEL_WRONG), (4, Flag.LOOK_AGAIN), (5, Flag.UNCLEAR)):
        subject = flags_in(answers).subject(answers.digests[position], flag)
        say(
            NOBODY_ELSE,
            subject,
            answers.samples[position].id,
            lambda old, flag=flag: old.toggled(flag),
        )
    any_flag = Filter(flagged=Flagged.ANY, sort=BY_NAME)
    assert passing_samples(answers, any_flag).tolist() == [1, 5, 4]
    counts = count_verdicts(answers, any_flag)
    assert (counts.all, counts.correct, counts.incorrect) == (3, 1, 1)
    assert passing_samples(answers, Filter(flagged=Flagged.LOOK_AGAIN)).tolist() == [4]
    incorrect = Filter(flagged=Flagged.ANY, verdict=Verdict.INCORRECT)
    assert passing_samples(answers, incorrect).tolist() == [1]
    assert filter_said(answers, incorrect) == "incorrect, flagged"


def test_flags_that_cannot_be_read_let_no_sample_pass_and_say_why(answers, tmp_path):
    notes = tmp_path / "notes"
    notes.mkdir(exist_ok=True)
    (notes / "notes.sqlite").write_bytes(b"no database " * 100)
    assert "is damaged" in misfit(answers, Filter(flagged=Flagged.ANY))
    assert passing_samples(answers, Filter(flagged=Flagged.ANY)).tolist() == []
    assert len(passing_samples(answers, Filter())) == len(answers)


def test_equals_stay_in_the_order_of_the_project(three):
    outputs = [[0.5, 0.5] if i % 3 else [0.9, 0.1] for i in range(90)]
    equal = said(three, [(str(i), None) for i in range(90)], classes=("x", "y"), outputs=outputs)
    sure, unsure = [i for i in range(90) if not i % 3], [i for i in range(90) if i % 3]
    assert ordered(equal, sort=MOST_SURE) == sure + unsure


def test_each_task_offers_its_own_orders(answers, readings):
    assert answers.answers.orders == (WRONG_FIRST, LEAST_SURE, MOST_SURE, BY_NAME, RANDOM)
    assert readings.answers.orders == (LARGEST_ERROR, SMALLEST_ERROR, BY_NAME, RANDOM)


def test_a_random_order_is_the_same_for_the_same_seed_whatever_else_passes(answers):
    first = ordered(answers, sort=RANDOM, order_seed=1)
    assert sorted(first) == list(range(8))
    assert first == ordered(answers, sort=RANDOM, order_seed=1)
    others = [ordered(answers, sort=RANDOM, order_seed=seed) for seed in range(2, 6)]
    assert all(first != other for other in others)
    cars = ordered(answers, sort=RANDOM, order_seed=1, true_class="car")
    assert cars == [position for position in first if position in cars]


# ---------------------------------------------------------------------------- values, metadata


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ({"true_low": 1.5}, {3}),
        ({"true_high": 1.0}, {0, 1, 2}),
        ({"predicted_low": 1.0, "predicted_high": 2.05}, {0, 1, 3}),
        ({"predicted_high": 7.0}, {0, 1, 2, 3, 4}),
        ({"error_low": 0.3}, {1}),  # as float32 it is a hair less
        ({"error_low": -0.2, "error_high": 0.05}, {0, 2, 3}),
        ({"error_low": -100.0}, {0, 1, 2, 3}),  # what nobody labelled has no error
        ({"true_low": 1.5, "error_low": 0.3}, set()),
    ],
)
def test_a_regression_is_filtered_by_its_values(readings, only, expected):
    assert found(readings, **only) == expected


def test_sliders_of_values_reach_from_the_least_to_the_most(readings):
    spans = {control.key: control for control in readings.answers.filters}
    assert set(spans) == {"true_span", "predicted_span", "error_span"}
    error = spans["error_span"]
    assert (error.least, error.most, error.step) == (-0.1, 0.3, 0.001)
    everything = {"error_low": error.least, "error_high": error.most}
    assert found(readings, **everything) == {0, 1, 2, 3}


def test_what_does_not_vary_has_no_slider(redness):
    same = said(redness, [("a.png", "1"), ("b.png", None)], outputs=[[2.0], [3.0]])
    assert [control.key for control in same.answers.filters] == ["predicted_span"]


def test_a_value_of_metadata_narrows_and_one_of_another_project_is_refused(three):
    predictions = said(
        three,
        [
            ("a.png", "car", {"camera": "north & south", "site": "1"}),
            ("b.png", "car", {"camera": "north & south", "site": "2"}),
            ("c.png", "car", {"site": "1"}),
        ],
        classes=CLASSES,
        outputs=np.eye(3),
    )
    north = Filter(metadata=Filter().with_value("camera", "north & south"))
    both = Filter(metadata=north.with_value("site", "1"))
    assert passing_samples(predictions, both).tolist() == [0]
    assert found(predictions, metadata=both.with_value("site", "")) == {0, 1}
    assert found(predictions, metadata="camera=no+value") == {2}
    assert found(predictions, metadata="camera=east") == set()
    assert misfit(predictions, Filter(metadata="camera=east")) == (
        "No sample of this project has camera “east”; clear the filter."
    )
