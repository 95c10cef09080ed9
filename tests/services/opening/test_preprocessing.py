from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import Color, InputSpec, Scaling
from gradcam.backends.keras.network import KerasNetwork
from services.errors import Cancelled
from services.media.picture import Pictures
from services.opening.preprocessing import SAMPLES, check_preprocessing
from services.sample import Sample, spread
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression
from services.work.progress import Progress
from tests.services.projects import SIZE, drawn, noise, pointwise, solid

SPEC = InputSpec(SIZE, SIZE)
COLORS = (Color.RGB, Color.BGR)


def check(network, samples, *, classes=None, spec=SPEC, output=0, progress=None):
    task = Regression(output) if classes is None else Classification(tuple(classes))
    return check_preprocessing(network, Pictures(spec), samples, task, progress or Progress())


TRIED = [scaling for scaling in Scaling if scaling is not Scaling.OWN]  # of nobody's numbers
BY_LEVEL = TRIED[:6]  # where a level alone decides, whatever else the picture shows


def level(scaling, gray):
    """What a scaling makes of a gray level, in the channel that is red by name."""
    return {
        Scaling.UNIT: gray / 255,
        Scaling.SYMMETRIC: gray / 127.5 - 1,
        Scaling.RAW: gray,
        Scaling.SIGNED: gray - 128,
        Scaling.TORCH: (gray / 255 - 0.485) / 0.229,
        Scaling.CAFFE: gray - 103.939,  # of the blue one, which comes first
    }[scaling]


# ------------------------------------------------------------------------------------ regression


def reader(scaling):
    """A network that gives the first channel in 0..1, if pictures are scaled in one way only."""
    nothing, everything = level(scaling, 0), level(scaling, 255)
    slope = 1 / (everything - nothing)
    model = pointwise(
        [[1.0], [0.0], [0.0]], [0.0], [[slope]], [-slope * nothing], activation=None, relu=False
    )
    return KerasNetwork(model, f"{scaling}.h5")


@pytest.fixture
def colored(tmp_path):
    """Pictures of one colour each: red, green and blue between 0 and 255, and nothing alike."""
    colors = np.random.default_rng(3).integers(0, 256, (8, 3))
    return [(solid(tmp_path / f"{i}.png", tuple(map(int, c))), c) for i, c in enumerate(colors)]


@pytest.mark.parametrize("color", COLORS)
@pytest.mark.parametrize("scaling", BY_LEVEL)
def test_the_one_preprocessing_that_is_right_wins(colored, scaling, color):
    first_is_red = (color is Color.RGB) != (scaling is Scaling.CAFFE)
    channel = 0 if first_is_red else 2
    samples = [Sample(p.name, p, str(c[channel] / 255)) for p, c in colored]
    found = check(reader(scaling), samples)
    assert (found.best.medium.spec.scaling, found.best.medium.spec.color) == (scaling, color)
    assert found.best.score == pytest.approx(0.0, abs=1e-5)
    assert found.trials[1].score > 0.02
    assert (len(found.trials), found.samples, found.measure) == (16, 8, Regression.measure)


def test_the_error_of_a_trial_is_the_mean_absolute_one(tmp_path):
    samples = [
        Sample("a", solid(tmp_path / "a.png", (0, 0, 0)), "0.25"),
        Sample("b", solid(tmp_path / "b.png", (255, 0, 0)), "0"),
    ]
    trials = check(reader(Scaling.UNIT), samples).trials
    unit = next(
        t
        for t in trials
        if (t.medium.spec.scaling, t.medium.spec.color) == (Scaling.UNIT, Color.RGB)
    )
    assert unit.score == pytest.approx((0.25 + 1.0) / 2)
    assert unit.certainty == -unit.score


def test_the_output_that_is_read_is_the_one_that_is_checked(colored):
    model = pointwise(
        [[1, 0], [0, 0], [0, 0]], [0, 0], [[0, 1], [0, 0]], [0, 0], activation=None, relu=False
    )
    samples = [Sample(p.name, p, str(c[0] / 255)) for p, c in colored]
    network = KerasNetwork(model, "two.h5")
    assert check(network, samples, output=1).best.medium.spec.scaling is Scaling.UNIT
    assert check(network, samples, output=1).best.score == pytest.approx(0.0, abs=1e-6)
    assert check(network, samples, output=0).best.score > 0.1


# -------------------------------------------------------------------------------- classification


def band(scaling, middle=100, half=10):
    """Says "in" for gray pictures near one level and "out" for others, in one scaling only."""
    at, width = level(scaling, middle), level(scaling, middle + half) - level(scaling, middle)
    model = pointwise(
        [[1.0, -1.0], [0, 0], [0, 0]],
        [-at, at],
        np.array([[-1.0, 1.0], [-1.0, 1.0]]) / width,
        [1.0, -1.0],
        activation="softmax",
    )
    return KerasNetwork(model, f"{scaling}.h5")


@pytest.mark.parametrize("scaling", BY_LEVEL)
def test_the_scaling_with_which_all_answers_are_right_wins(tmp_path, scaling):
    samples = [
        Sample(f"{g}", solid(tmp_path / f"{g}.png", (g, g, g)), "in" if g == 100 else "out")
        for g in (60, 80, 100, 120, 140)
    ]
    samples.append(replace(samples[2], id="again"))
    found = check(band(scaling), samples, classes=("in", "out"))
    assert (found.best.medium.spec.scaling, found.best.medium.spec.color, found.best.score) == (
        scaling,
        Color.RGB,
        1.0,
    )
    others = {t.score for t in found.trials if t.medium.spec.scaling is not scaling}
    assert max(others) < 1.0


@pytest.fixture
def red_and_blue(tmp_path):
    return [
        Sample("red", solid(tmp_path / "red.png", (200, 30, 10)), "red"),
        Sample("blue", solid(tmp_path / "blue.png", (10, 30, 200)), "blue"),
    ]


def score(found, scaling, color):
    return next(
        t.score
        for t in found.trials
        if (t.medium.spec.scaling, t.medium.spec.color) == (scaling, color)
    )


def test_bgr_is_tried_beside_rgb_with_each_scaling(blue_or_red, red_and_blue):
    swapped = check(blue_or_red, red_and_blue, classes=("red", "blue"))
    plain = [s for s in BY_LEVEL if s is not Scaling.CAFFE]
    assert {score(swapped, s, Color.BGR) for s in plain} == {1.0}
    assert {score(swapped, s, Color.RGB) for s in plain} == {0.0}
    # This scaling turns the channels round by itself.
    assert score(swapped, Scaling.CAFFE, Color.RGB) == 1.0
    assert score(swapped, Scaling.CAFFE, Color.BGR) == 0.0


def test_among_equals_rgb_comes_first_and_then_the_surer_one(tmp_path):
    # Sure of "yes" by red, and twice as sure by blue: a red picture is right in both orders.
    model = pointwise([[1], [0], [2]], [0], [[0.0, 1.0]], [0.0, 0.1], activation="softmax")
    samples = [Sample("red", solid(tmp_path / "red.png", (2, 0, 0)), "yes")]
    found = check(KerasNetwork(model, "sure.h5"), samples, classes=("no", "yes"))
    assert {t.score for t in found.trials} == {1.0}
    assert [t.medium.spec.color for t in found.trials] == [Color.RGB] * 8 + [Color.BGR] * 8
    for half in (found.trials[:8], found.trials[8:]):
        sure = [t.certainty for t in half]
        assert sure == sorted(sure, reverse=True)
        assert sure[0] > sure[-1]
    raw = {
        t.medium.spec.color: t.certainty
        for t in found.trials
        if t.medium.spec.scaling is Scaling.RAW
    }
    assert raw[Color.BGR] > raw[Color.RGB]


def test_accuracy_and_certainty_are_of_the_true_class(blue_or_red, red_and_blue):
    wrong = replace(red_and_blue[0], id="mislabelled", label="blue")
    trials = check(blue_or_red, [*red_and_blue, wrong], classes=("blue", "red")).trials
    unit = next(
        t
        for t in trials
        if (t.medium.spec.scaling, t.medium.spec.color) == (Scaling.UNIT, Color.RGB)
    )
    logits = {"big": 4 * 200 / 255, "small": 4 * 10 / 255}
    share = np.exp(logits["big"]) / sum(np.exp(v) for v in logits.values())
    assert unit.score == pytest.approx(2 / 3)
    assert unit.certainty == pytest.approx((2 * np.log(share) + np.log(1 - share)) / 3, rel=1e-4)


def test_gray_networks_are_tried_with_each_scaling_once(tmp_path):
    network = KerasNetwork(
        pointwise([[1.0]], [0.0], [[-8.0, 8.0]], [4.0, -4.0], activation="softmax"), "gray.h5"
    )
    samples = [
        Sample(f"{g}", solid(tmp_path / f"{g}.png", (g, g, g)), "bright" if g > 127 else "dark")
        for g in (60, 110, 150, 200)
    ]
    spec = replace(SPEC, color=Color.GRAYSCALE)
    found = check(network, samples, classes=("dark", "bright"), spec=spec)
    assert sorted(t.medium.spec.scaling for t in found.trials) == sorted(TRIED)
    assert {t.medium.spec.color for t in found.trials} == {Color.GRAYSCALE}
    by = {t.medium.spec.scaling: t.score for t in found.trials}
    assert (by[Scaling.UNIT], by[Scaling.RAW], by[Scaling.SYMMETRIC]) == (1.0, 0.5, 0.75)


# --------------------------------------------------------------------------- what it is tried on


def test_without_a_labelled_picture_nothing_is_tried(blue_or_red, tmp_path):
    samples = [Sample("a", solid(tmp_path / "a.png"), None)]
    assert check(blue_or_red, samples, classes=("blue", "red")) is None


def test_pictures_that_cannot_be_read_do_not_count(blue_or_red, red_and_blue, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no picture")
    broken = Sample("broken", tmp_path / "broken.png", "red")
    unlabelled = Sample("unlabelled", solid(tmp_path / "x.png"), None)
    samples = [broken, unlabelled, *red_and_blue]
    assert check(blue_or_red, samples, classes=("blue", "red")).samples == 2
    assert check(blue_or_red, [broken], classes=("blue", "red")) is None


def test_pictures_are_brought_to_size_as_the_spec_says(blue_or_red, tmp_path):
    pixels = np.zeros((8, 24, 3), np.uint8)
    pixels[:, 8:16] = (255, 0, 0)  # the middle third is red, the rest blue
    pixels[:, :8] = pixels[:, 16:] = (0, 0, 255)
    sample = Sample("wide", drawn(tmp_path / "wide.png", pixels), "red")
    cut = replace(SPEC, resize=gradcam.Resize.FIT_SHORT)
    answers = ("blue", "red")
    whole = check(blue_or_red, [sample], classes=answers)
    middle = check(blue_or_red, [sample], classes=answers, spec=cut)
    assert score(whole, Scaling.UNIT, Color.RGB) == 0.0
    assert score(middle, Scaling.UNIT, Color.RGB) == 1.0


def test_at_most_64_samples_are_taken_of_all_classes_alike():
    samples = [Sample(f"{i:03}", None, "ab"[i % 2]) for i in range(300)]
    taken = spread(samples, SAMPLES)
    assert len({s.id for s in taken}) == SAMPLES
    assert {label: sum(s.label == label for s in taken) for label in "ab"} == {"a": 32, "b": 32}
    assert [s.id for s in taken] == [s.id for s in spread(samples[::-1], SAMPLES)]
    assert (taken[0].id, taken[-1].id) == ("000", "299")


def test_the_check_uses_no_more_than_that(blue_or_red, tmp_path, runs):
    path = solid(tmp_path / "a.png")
    samples = [Sample(f"{i}", path, "red") for i in range(SAMPLES + 5)]
    assert check(blue_or_red, samples, classes=("blue", "red")).samples == SAMPLES
    assert runs == [SAMPLES] * 16


def test_a_person_can_leave_between_two_trials(blue_or_red, red_and_blue, runs, monkeypatch):
    progress = Progress()
    monkeypatch.setattr(
        progress, "advance", lambda: progress.cancel() or Progress.advance(progress)
    )
    with pytest.raises(Cancelled):
        check(blue_or_red, red_and_blue, classes=("blue", "red"), progress=progress)
    assert len(runs) == 1


def test_a_network_that_gives_no_number_loses(tmp_path):
    model = pointwise([[1.0], [0], [0]], [0.0], [[np.nan]], [0.0], activation=None, relu=False)
    samples = [Sample("a", noise(tmp_path / "a.png", 0), "0.5")]
    trials = check(KerasNetwork(model, "nan.h5"), samples).trials
    assert {t.score for t in trials} == {float("inf")}


# ---------------------------------------------------------------------------------- and kept


def test_the_same_files_are_tried_once(tmp_path, runs):
    model = pointwise(np.ones((3, 1)), [0.0], [[1.0, -1.0]], [0.0, 0.0], activation="softmax")
    network = KerasNetwork(model, "model.h5", "its digest")
    paths = [solid(tmp_path / f"{red}.png", (red, 0, 0)) for red in (40, 200)]
    samples = [Sample(path.name, path, name) for path, name in zip(paths, "ab", strict=True)]

    def asked(samples=samples, classes=("a", "b"), spec=SPEC):
        before = len(runs)
        return check(network, samples, classes=classes, spec=spec), len(runs) - before

    first, tried = asked()
    assert tried == 2 * len(TRIED)
    assert asked() == (first, 0)
    assert asked(samples=samples[::-1])[1] == 0  # evenly taken in the same order
    swapped = [replace(s, label=other) for s, other in zip(samples, "ba", strict=True)]
    assert asked(samples=swapped)[1] == tried
    assert asked(classes=("b", "a"))[1] == tried
    assert asked(spec=InputSpec(SIZE, SIZE, resize_method="nearest"))[1] == tried
    solid(paths[0], (90, 0, 0))
    assert asked()[1] == tried
