from dataclasses import replace

import numpy as np
import pytest

from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap
from services.judging import review
from services.judging.review import mean_heatmap, nearest_correct, nearness
from services.tasks.shown import By
from tests.services.projects import drawn, said

CLASSES = ("bus", "car", "van")


@pytest.fixture
def answers(blue_or_red):
    """True: three buses, four cars and one unknown. Wrong are 2 and 6."""
    return said(
        blue_or_red,
        [("0", "bus"), ("1", "bus"), ("2", "bus"), ("3", "car"), ("4", "car"), ("5", "car"),
         ("6", "car"), ("7", None)],
        classes=CLASSES,
        outputs=[
            [0.7, 0.3, 0.0], [0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.6, 0.3], [0.0, 1.0, 0.0],
            [0.1, 0.8, 0.1], [0.6, 0.4, 0.0], [0.0, 0.9, 0.1],
        ],
        features=[[1, 0], [0, 1], [3, 4], [1, 0], [30, 1], [1, 2], [1, 1.1], [3, 4]],
    )  # fmt: skip


# ---------------------------------------------------------------------------------- the two sides


@pytest.mark.parametrize(
    ("by", "name", "right", "wrong"),
    [
        (By.TRUE, "", [4, 1, 5, 0, 3], [2, 6]),
        (By.TRUE, "bus", [1, 0], [2]),
        (By.TRUE, "car", [4, 5, 3], [6]),
        (By.TRUE, "van", [], []),
        (By.PREDICTED, "bus", [1, 0], [6]),
        (By.PREDICTED, "car", [4, 5, 3], [2]),
    ],
)
def test_a_class_has_two_sides_the_surest_first(answers, by, name, right, wrong):
    found = answers.answers.pages.sides(by, name, None)
    assert (list(found.correct), list(found.incorrect)) == (right, wrong)


def test_a_class_of_another_project_means_all(answers):
    assert len(answers.answers.pages.sides(By.TRUE, "boat", None).incorrect) == 2


def test_sides_of_a_regression_go_by_the_size_of_the_error(redness):
    found = said(
        redness,
        [(str(i), "0") for i in range(4)] + [("4", None)],
        outputs=[[0.05], [-0.3], [0.02], [0.9], [0.0]],
        threshold=0.1,
    )
    parts = found.answers.pages.sides(By.TRUE, "", None)
    assert (list(parts.correct), list(parts.incorrect)) == ([2, 0], [3, 1])
    parts = found.answers.pages.sides(By.PREDICTED, "van", 0.3)
    assert (list(parts.correct), list(parts.incorrect)) == ([2, 0, 1], [3])


# --------------------------------------------------------------------------- the nearest right one


def test_the_nearest_is_the_one_at_the_smallest_angle(answers):
    # (1, 1.1) lies at 48°: (1, 2) at 63° is nearer than (1, 0) and (30, 1), however long they are.
    assert nearest_correct(answers, 6) == 5


def test_the_nearest_is_of_the_same_true_class(answers):
    # (3, 4) lies nearest to (1, 2), which is a car; of the buses (0, 1) is nearer than (1, 0).
    assert nearest_correct(answers, 2) == 1


def test_nobody_is_nearest_to_themselves(answers):
    assert nearest_correct(answers, 3) == 4
    assert nearest_correct(answers, 0) == 1


def test_without_a_right_one_of_the_class_there_is_none(answers, blue_or_red):
    assert nearest_correct(answers, 7) is None  # nobody said its class
    alone = said(
        blue_or_red,
        [("0", "bus"), ("1", "car")],
        classes=CLASSES,
        outputs=[[1, 0, 0], [1, 0, 0]],
    )
    assert nearest_correct(alone, 0) is None  # right itself, but alone
    assert nearest_correct(alone, 1) is None


def test_features_of_nothing_are_no_fault(blue_or_red):
    empty = said(
        blue_or_red,
        [("0", "bus"), ("1", "bus"), ("2", "bus")],
        classes=CLASSES,
        outputs=[[0, 1, 0], [1, 0, 0], [1, 0, 0]],
        features=[[1, 1], [0, 0], [1, 0]],
    )
    assert nearest_correct(empty, 0) == 2


@pytest.fixture
def readings(redness):
    """True values 0 to 11, all read right except the last; features turn with the number."""
    turn = np.deg2rad(np.arange(12) * 10.0)
    features = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    features[0] = features[11]  # the farthest in value is the most alike
    return said(
        redness,
        [(str(i), str(i)) for i in range(12)],
        outputs=[[float(i)] for i in range(11)] + [[99.0]],
        features=features,
    )


def test_of_a_regression_the_nearest_is_sought_among_like_values(readings):
    assert nearest_correct(readings, 11) == 10


def test_among_like_values_features_decide(readings):
    readings.features[6] = readings.features[11]  # the fifth in value
    assert nearest_correct(readings, 11) == 10 - 4
    readings.features[6], readings.features[5] = (0, 1), readings.features[11]  # the sixth
    assert nearest_correct(replace(readings), 11) == 10


def test_the_threshold_decides_which_readings_are_right(readings):
    readings.outputs[10] = 10.3
    assert nearest_correct(readings, 11) == 9
    assert nearest_correct(readings, 11, 0.5) == 10


def test_a_fifth_of_many_is_sought_through(redness):
    values = np.arange(51.0)
    features = np.stack([np.ones(51), np.linspace(5, 0, 51)], axis=1)  # 0 is the least alike
    features[50 - 10] = features[50]  # the tenth in value of fifty that are right
    found = said(
        redness,
        [(str(i), str(v)) for i, v in enumerate(values)],
        outputs=[*values[:50], 99.0],
        features=features,
    )
    assert nearest_correct(found, 50) == 40
    features[40], features[39] = (1, 5), features[50]
    found = replace(found, features=features)
    assert nearest_correct(found, 50) == 49


# ------------------------------------------------------------------------------------- the mean


@pytest.fixture
def pictured(blue_or_red, tmp_path):
    paths = []
    for i, level in enumerate((10, 21, 200)):
        paths.append(drawn(tmp_path / f"{i}.png", np.full((16, 24, 3), (level, 0, 2 * i))))
    answers = [(path.name, None) for path in paths]
    return said(blue_or_red, answers, classes=("blue", "red"), outputs=[[1, 0]] * 3, paths=paths)


@pytest.fixture
def given(monkeypatch):
    """Heatmaps by hand, one for each position; what was asked for is written down."""
    asked = []

    def by_hand(predictions, positions, choices):
        asked.append((list(positions), choices))
        heats = [[[0.0, 1.0]], [[0.5, 0.25]], [[1.0, 1.0]]]
        return [
            Heatmap(np.float32(heats[p % 3]), np.float32(heats[p % 3]), 1.0, None, None)
            for p in positions
        ]

    monkeypatch.setattr(review, "heatmaps", by_hand)
    return asked


def test_the_mean_is_over_pictures_and_heatmaps(pictured, given):
    mean = mean_heatmap(pictured, [0, 1], Recipe())
    assert mean.heat.tolist() == [[0.25, 0.625]]
    assert (mean.picture.shape, mean.picture[0, 0].tolist()) == ((8, 8, 3), [16, 0, 1])
    assert mean.count == 2
    assert mean_heatmap(pictured, np.array([2]), Recipe()).heat.tolist() == [[1, 1]]


def test_each_heatmap_is_asked_for_on_its_own_scale(pictured, given):
    mean_heatmap(pictured, [0, 1], Recipe(shared_scale=True, layer="conv", target="=red"), 2.0)
    assert given == [([0, 1], Recipe(shared_scale=False, layer="conv", target="=red"))]


def test_an_empty_side_has_no_mean(pictured, given):
    assert mean_heatmap(pictured, (), Recipe()) is None


def test_of_a_large_side_some_are_taken_evenly(pictured, given, monkeypatch):
    monkeypatch.setattr(review, "MEAN_OF", 3)
    mean = mean_heatmap(pictured, [0, 1, 2, 0, 1, 2, 0], Recipe())
    assert given[0][0] == [0, 0, 0]  # the first, the fourth and the last
    assert mean.count == 3


def test_who_is_near_is_worked_out_once_for_all_that_ask(answers):
    near = nearness(answers, 2)
    assert nearness(answers, 2) is near
    assert nearness(answers, 3) is not near
    assert near[2] == -np.inf
    with pytest.raises(ValueError, match="read-only"):
        near[0] = 1.0


def test_the_files_of_a_side_are_read_once_for_every_layer(pictured, given):
    first = mean_heatmap(pictured, [0, 1], Recipe())
    for sample in pictured.samples:
        sample.path.unlink()
    again = mean_heatmap(pictured, [0, 1], Recipe(layer="conv"))
    assert again.picture.tolist() == first.picture.tolist()
