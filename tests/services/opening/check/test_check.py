from dataclasses import replace

import numpy as np
import pytest

import gradcam
from gradcam import Color, InputSpec, Scaling
from gradcam.backends.keras.network import KerasNetwork
from services.errors import Cancelled
from services.media.picture import Pictures
from services.opening.check.check import UNLABELLED, Inquiry, check_preprocessing
from services.opening.check.clues import Assurance
from services.opening.check.telling import way_fact
from services.sample import Sample
from services.tasks.classification.task import Classification
from services.tasks.regression.task import Regression
from services.work.progress import Progress
from tests.services.projects import SIZE, drawn, noise, pointwise, solid

SPEC = InputSpec(SIZE, SIZE)
COLORS = (Color.RGB, Color.BGR)


def check(network, samples, *, classes=None, spec=SPEC, output=0, progress=None, **rest):
    task = Regression(output) if classes is None else Classification(tuple(classes))
    inquiry = Inquiry(network, Pictures(spec), samples, task, **{"told": {}, **rest})
    return check_preprocessing(inquiry, progress or Progress())


def trial_of(found, scaling, color):
    return next(
        trial
        for trial in found.trials
        if (trial.medium.spec.scaling, trial.medium.spec.color) == (scaling, color)
    )


def score(found, scaling, color):
    return found.score(trial_of(found, scaling, color))


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
    assert (found.medium.spec.scaling, found.medium.spec.color) == (scaling, color)
    assert found.trials[0].medium == found.medium
    assert found.score(found.trials[0]) == pytest.approx(0.0, abs=1e-5)
    assert found.score(found.trials[1]) > 0.02
    assert found.rivals == ()
    assert (found.assurance, found.by_labels) == (Assurance.LIKELY, True)
    assert (found.samples, found.measure) == (8, Regression.measure)


def test_the_error_of_a_trial_is_the_mean_absolute_one(tmp_path):
    samples = [
        Sample("a", solid(tmp_path / "a.png", (0, 0, 0)), "0.25"),
        Sample("b", solid(tmp_path / "b.png", (255, 0, 0)), "0"),
    ]
    found = check(reader(Scaling.UNIT), samples)
    assert score(found, Scaling.UNIT, Color.RGB) == pytest.approx((0.25 + 1.0) / 2)


def test_it_tells_how_far_it_is(colored):
    told = []

    class Told(Progress):
        def advance(self, count=1, volume=0):
            super().advance(count, volume)
            told.append((self.step.name, self.step.done, self.step.total))

    samples = [Sample(p.name, p, str(c[0] / 255)) for p, c in colored]
    check(reader(Scaling.UNIT), samples, progress=Told())
    first = [each for each in told if each[0] == "Trying 8 ways of scaling pictures"]
    assert first[0][1:] == (8, 64)
    assert first[-1][1:] == (64, 64)
    assert all(done <= total for _, done, total in told)


def test_the_output_that_is_read_is_the_one_that_is_checked(colored):
    model = pointwise(
        [[1, 0], [0, 0], [0, 0]], [0, 0], [[0, 1], [0, 0]], [0, 0], activation=None, relu=False
    )
    samples = [Sample(p.name, p, str(c[0] / 255)) for p, c in colored]
    network = KerasNetwork(model, "two.h5")
    right, other = check(network, samples, output=1), check(network, samples, output=0)
    assert right.medium.spec.scaling is Scaling.UNIT
    assert right.score(right.trials[0]) == pytest.approx(0.0, abs=1e-6)
    assert other.score(other.trials[0]) > 0.1


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


def grays(folder, count=1):
    """Gray pictures of five levels, some of each; "in" at 100."""
    return [
        Sample(f"{g}_{i}", solid(folder / f"{g}_{i}.png", (g, g, g)), "in" if g == 100 else "out")
        for g in (60, 80, 100, 120, 140)
        for i in range(count)
    ]


@pytest.mark.parametrize("scaling", BY_LEVEL)
def test_the_scaling_with_which_all_answers_are_right_wins(tmp_path, scaling):
    found = check(band(scaling), grays(tmp_path, 2), classes=("in", "out"))
    assert (found.medium.spec.scaling, found.medium.spec.color) == (scaling, Color.RGB)
    assert found.score(found.trials[0]) == 1.0
    others = {found.score(t) for t in found.trials if t.medium.spec.scaling is not scaling}
    assert max(others) < 1.0


def test_few_pictures_do_not_outweigh_what_is_usual(tmp_path):
    """Two pictures that are right by chance were enough for any scaling once."""
    few = [each for each in grays(tmp_path) if each.id[:3] in {"80_", "100"}]
    found = check(band(Scaling.RAW), few, classes=("in", "out"))
    assert score(found, Scaling.RAW, Color.RGB) == 1.0 > score(found, Scaling.UNIT, Color.RGB)
    assert found.medium.spec.scaling is Scaling.UNIT
    assert found.assurance is Assurance.GUESS
    assert Scaling.RAW in {rival.medium.spec.scaling for rival in found.rivals}
    assert "no better than" in way_fact(found).why


@pytest.fixture
def red_and_blue(tmp_path):
    return [
        Sample("red", solid(tmp_path / "red.png", (200, 30, 10)), "red"),
        Sample("blue", solid(tmp_path / "blue.png", (10, 30, 200)), "blue"),
    ]


def test_bgr_is_tried_beside_rgb_with_each_scaling(blue_or_red, red_and_blue):
    swapped = check(blue_or_red, red_and_blue, classes=("red", "blue"))
    plain = [s for s in BY_LEVEL if s is not Scaling.CAFFE]
    assert {score(swapped, s, Color.BGR) for s in plain} == {1.0}
    assert {score(swapped, s, Color.RGB) for s in plain} == {0.0}
    # This scaling turns the channels round by itself.
    assert score(swapped, Scaling.CAFFE, Color.RGB) == 1.0
    assert score(swapped, Scaling.CAFFE, Color.BGR) == 0.0


def test_among_equals_the_usual_one_stays_however_sure_others_are(tmp_path):
    # Sure of "yes" by red, and twice as sure by blue: a red picture is right in both orders.
    model = pointwise([[1], [0], [2]], [0], [[0.0, 1.0]], [0.0, 0.1], activation="softmax")
    samples = [Sample("red", solid(tmp_path / "red.png", (2, 0, 0)), "yes")]
    found = check(KerasNetwork(model, "sure.h5"), samples, classes=("no", "yes"))
    assert {found.score(trial) for trial in found.trials} == {1.0}
    assert (found.medium.spec.scaling, found.medium.spec.color) == (Scaling.UNIT, Color.RGB)
    assert len(found.rivals) == 11
    assert found.assurance is Assurance.GUESS
    assert way_fact(found).why.startswith("a guess")
    assert "-1..1, rgb or 0..255, rgb or -128..127, rgb and 8 more" in way_fact(found).why


def test_accuracy_is_balanced(blue_or_red, red_and_blue):
    wrong = replace(red_and_blue[0], id="mislabelled", label="blue")
    found = check(blue_or_red, [*red_and_blue, wrong], classes=("blue", "red"))
    assert score(found, Scaling.UNIT, Color.RGB) == pytest.approx((1 + 0.5) / 2)


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
    by = {t.medium.spec.scaling: found.score(t) for t in found.trials}
    assert (by[Scaling.UNIT], by[Scaling.RAW], by[Scaling.SYMMETRIC]) == (1.0, 0.5, 0.75)


# --------------------------------------------------------------------------- what it is tried on


def test_without_a_labelled_picture_nothing_is_tried(blue_or_red, tmp_path, runs):
    paths = [solid(tmp_path / f"{i}.png") for i in range(UNLABELLED + 4)]
    samples = [Sample(path.name, path, None) for path in paths]
    found = check(blue_or_red, samples, classes=("blue", "red"))
    assert (found.trials, found.samples, found.by_labels, runs) == ((), UNLABELLED, False, [])
    assert found.assurance is Assurance.GUESS
    assert found.medium == Pictures(SPEC)


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


def test_a_person_can_leave_between_two_trials(blue_or_red, red_and_blue, runs, monkeypatch):
    progress = Progress()
    monkeypatch.setattr(
        progress, "advance", lambda _: progress.cancel() or Progress.advance(progress)
    )
    with pytest.raises(Cancelled):
        check(blue_or_red, red_and_blue, classes=("blue", "red"), progress=progress)
    assert len(runs) == 1


def test_a_network_that_gives_no_number_loses(tmp_path):
    model = pointwise([[1.0], [0], [0]], [0.0], [[np.nan]], [0.0], activation=None, relu=False)
    samples = [Sample("a", noise(tmp_path / "a.png", 0), "0.5")]
    found = check(KerasNetwork(model, "nan.h5"), samples)
    assert {found.score(t) for t in found.trials} == {float("inf")}


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
    assert tried >= len(TRIED)
    assert asked() == (first, 0)
    assert asked(samples=samples[::-1])[1] == 0  # evenly taken in the same order
    swapped = [replace(s, label=other) for s, other in zip(samples, "ba", strict=True)]
    assert asked(samples=swapped)[1] > 0
    assert asked(classes=("b", "a"))[1] > 0
    assert asked(spec=InputSpec(SIZE, SIZE, resize_method="nearest"))[1] > 0
    solid(paths[0], (90, 0, 0))
    assert asked()[1] > 0


# ------------------------------------------------------------- what most people know by heart


@pytest.mark.parametrize(
    ("family", "scaling"), [("VGG16", Scaling.CAFFE), ("MobileNetV2", Scaling.SYMMETRIC)]
)
def test_networks_of_imagenet_get_their_own_preprocess_input(tmp_path, family, scaling):
    """They got 0..1 without a word, and were silently wrong."""
    import keras

    body = getattr(keras.applications, family)(
        include_top=False, weights=None, input_shape=(32, 32, 3), pooling="avg"
    )
    top = keras.layers.Dense(1000, activation="softmax")(body.output)
    network = KerasNetwork(keras.Model(body.input, top), "imagenet.h5")
    samples = [Sample("cat", noise(tmp_path / "cat.png", 0, 32), None)]
    found = check(network, samples, classes=map(str, range(1000)), spec=InputSpec(32, 32))
    assert (found.medium.spec.scaling, found.medium.spec.color) == (scaling, Color.RGB)
    assert found.assurance is Assurance.LIKELY
    (clue,) = [clue for clue in found.clues if clue.what == "built like"]
    assert clue.figure.startswith(family[:3])
