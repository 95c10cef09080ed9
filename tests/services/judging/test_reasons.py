"""Each reason is asked where its fact holds, with its figure, and not where it does not."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from gradcam import Degenerate, Target
from services.heatmaps.heatmaps import Heatmap
from services.judging import reasons as module
from services.judging.reasons import Looking, Ordinary, Reason, reason_rows, reasons
from services.keeping.store import BoundedStore
from services.media.properties import PICTURE_PROPERTIES
from services.sample import LabelledBox
from tests.services.asking import had
from tests.services.projects import SIZE, drawn, said


def ordinary_of(brightness, sharpness):
    """What is ordinary where nothing but these two was measured."""
    values = np.zeros((len(brightness), len(PICTURE_PROPERTIES)))
    values[:, 0], values[:, 2] = brightness, sharpness
    return Ordinary(values)


ORDINARY = ordinary_of(np.full(100, 0.5), np.full(100, 1000.0))
EVEN = np.ones((SIZE, SIZE), np.float32)
GREY = np.random.default_rng(0).integers(96, 160, (80, 80, 3)).astype(np.uint8)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    for name in ("_properties", "_ordinary"):
        monkeypatch.setattr(module, name, BoundedStore(100))


def seen(heat=EVEN, reason=None):
    return Heatmap(heat, heat, 1.0, reason, Target.for_class(1))


@pytest.fixture
def one(blue_or_red, tmp_path):
    """A blue sample called red, alone; `picture` and `boxes` are its own."""

    def make(picture=GREY, boxes=(), **changes):
        path = drawn(tmp_path / f"{len(list(tmp_path.iterdir()))}.png", picture)
        found = said(
            blue_or_red, [("0", "blue")], classes=("blue", "red"), outputs=[[0.1, 0.9]],
            features=[[1]], paths=[path],
        )  # fmt: skip
        sample = replace(found.samples[0], boxes=tuple(boxes))
        height, width = np.shape(picture)[:2]
        return replace(
            found, samples=(sample,), sizes=np.array([[width, height]]),
            digests=(str(path),), **changes,
        )  # fmt: skip

    return make


def asked(predictions, heatmap=None, ordinary=ORDINARY):
    found = reasons(predictions, 0, heatmap or seen(), ordinary)
    return {each.question: each.figure.replace("\u00a0", " ") for each in found}


def test_a_row_for_each_reason_and_one_for_a_sample_without_any(one):
    predictions = one()
    two = (Reason("Is it dark?", "0.1"), Reason("Is it small?", "1 %"))
    rows = reason_rows(predictions, [(0, two), (0, ())])
    assert [tuple(row.values()) for row in rows] == [
        ("0", "Is it dark?", "0.1"), ("0", "Is it small?", "1 %"), ("0", "", ""),
    ]  # fmt: skip
    assert list(rows[0]) == ["sample", "question", "figure"]


def box(label, x, y, width, height):
    return LabelledBox(label, x, y, width, height)


def test_an_ordinary_sample_gives_no_reason(one):
    assert asked(one()) == {}


def test_a_blank_map_is_named_with_its_reason(one):
    found = asked(one(), seen(np.zeros_like(EVEN), Degenerate.NEGATIVE))
    expected = f"The map is blank: {Degenerate.NEGATIVE.value}"
    assert found == {"Does another layer show more?": expected}


def test_heat_at_the_border_is_asked_about(one):
    heat = np.zeros((SIZE, SIZE), np.float32)
    heat[0] = 1
    figure = asked(one(), seen(heat))["Does it look at the border?"]
    assert figure.endswith("even heat would have 36 %")
    assert int(figure.partition(" %")[0]) >= 60
    assert asked(one(), seen(np.fliplr(np.eye(SIZE, dtype=np.float32)))) == {}


def test_heat_beside_the_object_and_heat_on_something_else_are_asked_about(one):
    heat = np.zeros((SIZE, SIZE), np.float32)
    heat[4:6, 2:6] = 1
    stray = one(boxes=[box("blue", 40, 0, 40, 20), box("stamp", 0, 40, 80, 20)])
    found = asked(stray, seen(heat))
    assert found["Does it look past blue?"] == (
        "0 % of the heat is on blue; even heat would have 12 %"
    )
    inside = found["Does it look at stamp?"]
    assert inside.endswith("even heat would have 25 %")
    assert int(inside.partition(" %")[0]) > 80
    swapped = one(boxes=[box("stamp", 40, 0, 40, 20), box("blue", 0, 40, 80, 20)])
    assert asked(swapped, seen(heat)) == {}


def test_in_a_regression_the_object_is_what_most_samples_have(redness, tmp_path):
    path = drawn(tmp_path / "a.png", GREY)
    found = said(
        redness, [(str(i), "0") for i in range(3)], outputs=[[5]] * 3, features=[[1]] * 3,
        paths=[path] * 3,
    )  # fmt: skip
    needle, glare = box("needle", 40, 0, 40, 20), box("glare", 0, 40, 80, 20)
    found = replace(
        found,
        samples=tuple(
            replace(sample, boxes=boxes)
            for sample, boxes in zip(found.samples, [(needle, glare), (needle,), ()], strict=True)
        ),
        sizes=np.full((3, 2), 80),
    )
    heat = np.zeros((SIZE, SIZE), np.float32)
    heat[4:6, 2:6] = 1
    assert set(asked(found, seen(heat))) >= {"Does it look past needle?", "Does it look at glare?"}


@pytest.mark.parametrize(
    ("shade", "question", "figure"),
    [
        (0.6, "Is it too dark?", "Its brightness is 0.30, the median 0.50; 0 % of the pictures "),
        (1.4, "Is it too bright?", "Its brightness is 0.70, the median 0.50; 0 % of the pictures "),
        (0.8, None, ""),
        (1.2, None, ""),
    ],
)
def test_a_picture_unlike_the_others_in_brightness_is_asked_about(one, shade, question, figure):
    picture = np.clip(GREY * (shade * 127.5 / GREY.mean()), 0, 255).astype(np.uint8)
    found = asked(one(picture))
    assert set(found) == ({question} if question else set())
    assert question is None or found[question].startswith(figure)


def test_where_one_in_ten_is_as_dark_it_is_nothing_to_ask_about(one):
    ordinary = ordinary_of(np.r_[np.zeros(10), np.full(90, 0.9)], np.full(100, 1000.0))
    assert asked(one(), ordinary=ordinary) == {}
    fewer = Ordinary(ordinary.values[8:])
    assert set(asked(one(), ordinary=fewer)) == {"Is it too dark?"}


def test_a_blurred_picture_is_asked_about(one):
    found = asked(one(cv2.GaussianBlur(GREY, (0, 0), 2)))
    assert set(found) == {"Is it blurred?"}
    assert found["Is it blurred?"].endswith("the median 1e+03; 0 % of the pictures are softer")


def test_a_tiny_object_and_a_tiny_picture_are_asked_about(one):
    small = one(boxes=[box("blue", 10, 10, 8, 8), box("stamp", 50, 50, 4, 4)])
    heat = np.zeros((SIZE, SIZE), np.float32)
    heat[1, 1] = 1
    assert asked(small, seen(heat)) == {
        "Is blue too small to see?": "Its largest box covers 1.0 % of the picture"
    }
    large = one(boxes=[box("blue", 10, 10, 16, 8)])
    assert asked(large, seen(heat)) == {}
    tiny = one(GREY[:4, :4])
    assert asked(tiny)["Is the picture too small?"] == "Its 4 × 4 pixels are enlarged to 8 × 8"


def near(blue_or_red, labels, digests=None):
    """A blue sample called red, and others with these labels, ever less alike."""
    answers = [("0", "blue"), *((str(i), label) for i, label in enumerate(labels, 1))]
    found = said(
        blue_or_red, answers, classes=("blue", "red"), outputs=[[0.1, 0.9]] * len(answers),
        features=[[1, i / 10] for i in range(len(answers))],
        paths=["gone"] * len(answers),
    )  # fmt: skip
    return replace(found, digests=tuple(digests)) if digests else found


BLANK = seen(reason=Degenerate.ZERO)


def about_neighbours(predictions):
    found = asked(predictions, BLANK)
    return {q: f for q, f in found.items() if q != "Does another layer show more?"}


def test_neighbours_with_the_label_that_was_given_make_the_own_one_doubtful(blue_or_red):
    labels = ["red", None, "red", "blue", "red", "red", "blue", "blue"]
    told = "4 of the 5 nearest neighbours are labelled red, 1 blue"
    assert about_neighbours(near(blue_or_red, labels)) == {
        "Is the label wrong? (could be red)": told
    }
    labels[0] = "blue"
    assert about_neighbours(near(blue_or_red, labels)) == {}


def test_the_same_file_with_two_labels_is_asked_about(blue_or_red):
    twice = near(blue_or_red, ["blue", "red"], digests=["same", "same", "other"])
    assert about_neighbours(twice) == {}
    twice = near(blue_or_red, ["blue", "red"], digests=["same", "other", "same"])
    assert about_neighbours(twice) == {"Which label is right?": "The same file is red in 2"}


def test_a_value_unlike_those_of_its_neighbours_is_asked_about(redness):
    def read_as(value):
        return said(
            redness,
            [("0", "0.9"), *((str(i), "0.1") for i in range(1, 6)), ("6", "0.9"), ("7", None)],
            outputs=[[value]] + [[0.1]] * 7,
            features=[[1, i / 10] for i in range(8)],
            paths=["gone"] * 8,
        )

    assert about_neighbours(read_as(0.3)) == {
        "Is the label wrong? (could be 0.1)": (
            "its 5 nearest neighbours are labelled 0.1 on average, and the network predicts 0.3"
        )
    }
    assert about_neighbours(read_as(0.6)) == {}


def test_what_is_ordinary_is_looked_at_once_in_the_background(blue_or_red, tmp_path):
    paths = [
        drawn(tmp_path / f"{i}.png", np.full((8, 8, 3), shade)) for i, shade in enumerate((51, 102))
    ]
    found = said(
        blue_or_red, [("0", "a"), ("1", "a"), ("2", "b")], classes=("a", "b"),
        outputs=[[1, 0]] * 3, paths=[*paths, tmp_path / "gone.png"],
    )  # fmt: skip
    looking = Looking(found)
    assert (looking.missing, looking.found) == (1, None)
    job = had(looking)
    assert job.error is None
    assert (looking.missing, job.progress.step.total) == (0, 3)
    np.testing.assert_allclose(sorted(looking.found.values[:, 0]), [0.2, 0.4])
    np.testing.assert_allclose(looking.found.values[:, 2], [0, 0])
    assert Looking(replace(found, digests=("a", "b", "c"))).missing == 1
