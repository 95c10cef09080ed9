import os
import sqlite3
import threading
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import gradcam
from gradcam import InputSpec, Scaling
from gradcam.backends.keras.network import KerasNetwork
from services.choices.recipe import Recipe
from services.errors import Cancelled
from services.heatmaps.heatmaps import heatmaps, placed
from services.keeping.digests import context_of
from services.media.decoding import read_picture
from services.media.picture import Pictures
from services.predictions import predicting
from services.predictions import predictions as module
from services.predictions.predicting import FEATURES, condensed
from services.predictions.predictions import predict
from services.sample import LeftOut, Sample
from services.settings import settings
from services.work.progress import Progress
from tests.services.keeping.waiting import Told
from tests.services.projects import (
    BLUE,
    RED,
    SIZE,
    drawn,
    pointwise,
    project_of,
    said,
    solid,
)  # fmt: skip
from tests.services.projects import (
    blue_or_red as blue_or_red_model,
)
from tests.waiting import PATIENCE


@pytest.fixture
def samples(tmp_path):
    """Five pictures that all differ: three red ones, two blue ones."""
    colors = [RED, BLUE, (200, 0, 0), (0, 0, 200), (100, 0, 0)]
    return [
        Sample(
            f"{i}.png", solid(tmp_path / "data" / f"{i}.png", color), "red" if color[0] else "blue"
        )
        for i, color in enumerate(colors)
    ]


def predicted(network, samples, **rest):
    return predict(project_of(network, samples, **rest), Progress())


# ------------------------------------------------------------------------------- what it says


def test_outputs_are_the_network_own_in_the_order_of_the_project(blue_or_red, samples):
    found = predicted(blue_or_red, samples)
    reds = np.array([1, 0, 200 / 255, 0, 100 / 255]) * 4
    blues = np.array([0, 1, 0, 200 / 255, 0]) * 4
    expected = np.exp(reds) / (np.exp(reds) + np.exp(blues))
    np.testing.assert_allclose(found.outputs[:, 1], expected, rtol=1e-5)
    np.testing.assert_allclose(found.features[:, 1], reds / 4, rtol=1e-5)
    assert [s.id for s in found.samples] == [s.id for s in samples]
    assert found.answers.predicted.tolist() == [1, 0, 1, 0, 1]
    assert found.correct().tolist() == [1, 1, 1, 1, 1]


def test_sizes_are_those_of_the_upright_originals(blue_or_red, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    pixels = np.zeros((10, 30, 3))
    paths = [drawn(tmp_path / "a.png", pixels), drawn(tmp_path / "b.png", pixels, exif=exif)]
    found = predicted(blue_or_red, [Sample(p.name, p, None) for p in paths])
    assert found.sizes.tolist() == [[30, 10], [10, 30]]


def test_one_unit_that_is_squashed_gives_two_scores(redness):
    found = said(redness, [("a", "no")], classes=("no", "yes"), outputs=[[0.0]])
    np.testing.assert_allclose(found.answers.scores, [[0.5, 0.5]])


def test_true_classes_are_numbers_and_unknown_ones_minus_one(blue_or_red):
    found = said(
        blue_or_red,
        [("a", "red"), ("b", None), ("c", "blue")],
        classes=("blue", "red"),
        outputs=[[0.2, 0.8], [0.9, 0.1], [0.4, 0.6]],
    )
    assert found.answers.true.tolist() == [1, -1, 0]
    np.testing.assert_array_equal(found.correct(), [1, np.nan, 0])
    assert found.positions == {"a": 0, "b": 1, "c": 2}


@pytest.mark.parametrize(
    ("read", "true", "threshold", "verdict"),
    [
        (0.3, "0.4", None, 1), (0.3, "0.2", None, 1), (0.29, "0.4", None, 0),
        (0.3, "0.4", 0.1, 1), (0.3, "0.4", 0.05, 0), (0.3, "0.3", 0.0, 1),
        (0.30001, "0.3", 0.0, 0), (-1.5, "-1.4", 0.1, 1), (5.0, "2", 3.0, 1), (5.1, "2", 3.0, 0),
        (100.2, "100.3", 0.1, 1), (1000.3, "1000.2", 0.1, 1), (1000.31, "1000.2", 0.1, 0),
        (0.3, None, None, np.nan),
    ],
)  # fmt: skip
def test_a_number_is_correct_within_the_threshold_its_end_included(
    redness, read, true, threshold, verdict
):
    found = said(redness, [("a", true)], outputs=[[read]])
    np.testing.assert_array_equal(found.correct(threshold), [verdict])


def test_the_threshold_of_the_project_holds_unless_another_is_given(redness):
    found = said(redness, [("a", "1")], outputs=[[1.3]], threshold=0.5)
    assert (found.correct()[0], found.correct(0.2)[0]) == (1, 0)


def test_errors_have_a_sign(redness):
    found = said(redness, [("a", "1"), ("b", "1"), ("c", None)], outputs=[[1.5], [0.5], [2]])
    np.testing.assert_array_equal(found.answers.errors, [0.5, -0.5, np.nan])


@pytest.mark.parametrize(
    ("outputs", "answer"),
    [([[0.9, 0.1], [0.6, 0.4]], "blue"), ([[0.1, 0.9], [0.4, 0.6]], "red"),
     ([[0.9, 0.1], [0.1, 0.9]], ""), ([[0.9, 0.1]], "")],
)  # fmt: skip
def test_a_network_that_gives_one_answer_only_is_noticed(blue_or_red, outputs, answer):
    answers = [(str(i), None) for i in range(len(outputs))]
    found = said(blue_or_red, answers, classes=("blue", "red"), outputs=outputs)
    assert found.answers.pages.only_answer == answer


@pytest.mark.parametrize(
    ("labels", "outputs", "answer"),
    [
        (["1", "2"], [[1.23456], [1.234561]], "1.235"),
        ([None, None], [[7.0], [7.0]], "7"),
        (["1", "2"], [[1.0], [1.01]], ""),
        (["1", "1"], [[1.0], [1.0]], ""),  # one value is true of all
        (["1"], [[1.0]], ""),
        (["1", "2"], [[np.nan], [np.nan]], ""),
    ],
)
def test_a_regression_that_always_reads_the_same_is_noticed(redness, labels, outputs, answer):
    samples = [(str(i), label) for i, label in enumerate(labels)]
    assert said(redness, samples, outputs=outputs).answers.pages.only_answer == answer


# --------------------------------------------------------------------------- what is computed again


def test_a_second_visit_computes_nothing(blue_or_red, samples, runs):
    first = predicted(blue_or_red, samples)
    assert (first.computed, sum(runs)) == (5, 5)
    second = predicted(blue_or_red, samples)
    assert (second.computed, sum(runs)) == (0, 5)
    np.testing.assert_array_equal(second.outputs, first.outputs)
    np.testing.assert_array_equal(second.features, first.features)
    np.testing.assert_array_equal(second.sizes, first.sizes)


def test_one_changed_file_is_computed_alone(blue_or_red, samples, runs):
    predicted(blue_or_red, samples)
    solid(samples[0].path, (0, 0, 255))
    os.utime(samples[0].path, ns=(1, 1))
    found = predicted(blue_or_red, [replace(samples[0], label="blue"), *samples[1:]])
    # It is now equal to the second picture, which is kept already.
    assert (found.computed, sum(runs)) == (0, 5)
    solid(samples[0].path, (0, 0, 17))
    os.utime(samples[0].path, ns=(2, 2))
    found = predicted(blue_or_red, samples)
    assert (found.computed, sum(runs), found.answers.predicted[0]) == (1, 6, 0)


def test_a_touched_file_with_equal_bytes_is_not_computed(blue_or_red, samples, runs):
    predicted(blue_or_red, samples)
    os.utime(samples[0].path, ns=(1, 1))
    assert (predicted(blue_or_red, samples).computed, sum(runs)) == (0, 5)


def test_a_renamed_file_is_not_computed(blue_or_red, samples, runs):
    predicted(blue_or_red, samples)
    moved = samples[0].path.rename(samples[0].path.with_name("moved.png"))
    found = predicted(blue_or_red, [replace(samples[0], id="moved.png", path=moved), *samples[1:]])
    assert (found.computed, sum(runs)) == (0, 5)


def test_a_new_file_is_computed_alone(blue_or_red, samples, runs):
    predicted(blue_or_red, samples[:4])
    assert (predicted(blue_or_red, samples).computed, runs) == (1, [4, 1])


@pytest.mark.parametrize(
    "changes",
    [{"scaling": Scaling.SYMMETRIC}, {"color": gradcam.Color.BGR},
     {"resize": gradcam.Resize.FIT_LONG}, {"resize_method": gradcam.ResizeMethod.NEAREST},
     {"crop_anchor": "top-left"}],
)  # fmt: skip
def test_another_input_spec_computes_all(blue_or_red, samples, changes):
    predicted(blue_or_red, samples)
    spec = replace(InputSpec(SIZE, SIZE), **changes)
    assert predicted(blue_or_red, samples, input_spec=spec).computed == 5


def test_another_network_computes_all(blue_or_red, samples):
    predicted(blue_or_red, samples)
    other = KerasNetwork(blue_or_red_model(), "model.keras", digest="another")
    assert context_of(other, Pictures(InputSpec(8, 8))) != context_of(
        blue_or_red, Pictures(InputSpec(8, 8))
    )
    assert predicted(other, samples).computed == 5


def test_what_was_kept_before_the_input_spec_grew_keeps_its_name():
    """The digest that the first versions made of this network and this spec."""
    network = KerasNetwork(blue_or_red_model(), "model.keras", digest="abc")
    assert context_of(network, Pictures(InputSpec(8, 6))) == (
        "9be22b80eae265511d67699299fdc18647bb44d829ce2489e51cf1b7c8839388"
    )


def test_both_networks_stay_kept(blue_or_red, samples):
    other = KerasNetwork(blue_or_red_model(), "model.keras", digest="another")
    predicted(blue_or_red, samples)
    predicted(other, samples)
    assert predicted(blue_or_red, samples).computed == predicted(other, samples).computed == 0


# ---------------------------------------------------------------------------------- what goes wrong


def test_broken_files_are_listed_and_the_others_predicted(blue_or_red, samples):
    samples[1].path.write_bytes(b"")
    samples[2].path.write_text("not a picture")
    samples[3].path.unlink()
    earlier = LeftOut("x", "an earlier reason")
    for _ in range(2):  # also on a second visit
        found = predicted(blue_or_red, samples, left_out=(earlier,))
        assert [s.id for s in found.samples] == ["0.png", "4.png"]
        assert len(found.outputs) == len(found.digests) == len(found.sizes) == 2
        assert found.left_out == (
            earlier,
            LeftOut("1.png", "the file is empty"),
            LeftOut("2.png", "no picture format that is known here"),
            LeftOut("3.png", "the file is missing"),
        )
    assert found.computed == 0


def test_nothing_to_predict_is_no_fault(blue_or_red, samples):
    samples[0].path.write_bytes(b"")
    found = predicted(blue_or_red, samples[:1])
    assert (len(found), found.outputs.shape, found.computed) == (0, (0, 2), 0)


class LeavesAfter(Progress):
    """Someone who leaves after so many items of the last step."""

    def __init__(self, items):
        super().__init__()
        self.items = items

    def advance(self, count=1):
        super().advance(count)
        if self.step.done >= self.items:
            self.cancel()


def test_who_leaves_keeps_what_was_computed(blue_or_red, samples, runs, monkeypatch):
    monkeypatch.setattr(predicting, "BATCH_SIZE", 2)
    with pytest.raises(Cancelled):
        predict(project_of(blue_or_red, samples), LeavesAfter(2))
    done = sum(runs)
    assert 0 < done < 5
    assert predicted(blue_or_red, samples).computed == 5 - done
    assert sum(runs) == 5


def test_progress_counts_every_missing_picture(blue_or_red, samples):
    predicted(blue_or_red, samples[:2])
    samples[4].path.write_bytes(b"")
    progress = Progress()
    predict(project_of(blue_or_red, samples), progress)
    assert (progress.step.name, progress.step.done, progress.step.total) == ("Predicting", 3, 3)


def test_more_than_a_batch_stays_in_order(blue_or_red, samples, monkeypatch, runs):
    whole = predicted(blue_or_red, samples).outputs
    monkeypatch.setattr(predicting, "BATCH_SIZE", 2)
    spec = InputSpec(SIZE, SIZE, crop_anchor="top-left")  # the same tensors, not kept yet
    found = predicted(blue_or_red, samples, input_spec=spec)
    np.testing.assert_allclose(found.outputs, whole, rtol=1e-6)
    assert runs == [5, 2, 2, 1]


@pytest.mark.parametrize("damage", [b"garbage" * 1000, b"", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_cache_is_thrown_away_and_made_anew(blue_or_red, samples, damage):
    expected = predicted(blue_or_red, samples).outputs
    cache = settings().cache
    for path in cache.glob("kept.sqlite*"):
        path.unlink()
    (cache / "kept.sqlite").write_bytes(damage)
    np.testing.assert_array_equal(predicted(blue_or_red, samples).outputs, expected)
    predicted(blue_or_red, samples)
    assert predicted(blue_or_red, samples).computed == 0


def test_a_cache_that_cannot_be_written_costs_only_time(
    blue_or_red, samples, monkeypatch, tmp_path
):
    expected = predicted(blue_or_red, samples).outputs
    (tmp_path / "file").touch()
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "file" / "cache"))
    settings.cache_clear()
    for _ in range(2):
        found = predicted(blue_or_red, samples)
        assert found.computed == 5
        np.testing.assert_allclose(found.outputs, expected, rtol=1e-6)


def test_a_locked_cache_is_survived(blue_or_red, samples, monkeypatch):
    expected = predicted(blue_or_red, samples).outputs
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, timeout: connect(path, timeout=0))
    other = connect(settings().cache / "kept.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        found = predicted(blue_or_red, samples)
    finally:
        other.close()
    np.testing.assert_array_equal(found.outputs, expected)


# ------------------------------------------------------------------------------------- features


def test_few_features_stay_as_they_are():
    features = np.random.default_rng(0).normal(size=(3, FEATURES)).astype(np.float32)
    np.testing.assert_array_equal(condensed(features), features)


def test_many_features_become_few_and_keep_their_distances():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(12, 4000)).astype(np.float32)
    few = condensed(features)
    assert few.shape == (12, FEATURES)
    first, second = np.triu_indices(12, 1)
    ratio = np.linalg.norm(few[first] - few[second], axis=1) / np.linalg.norm(
        features[first] - features[second], axis=1
    )
    assert 0.85 < ratio.min() < ratio.max() < 1.15
    np.testing.assert_array_equal(condensed(features), few)


# ---------------------------------------------------------------------------- pictures from phones


def corner_network():
    """Class 1 for red in the top right corner of an 8 × 8 picture, class 0 otherwise."""
    import keras

    inputs = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Conv2D(1, 1, activation="relu", name="conv")(inputs)
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    weights = np.zeros((SIZE, SIZE, 2), np.float32)
    weights[:2, -2:, 1] = 2.0
    bias = np.array([1.0, 0.0], np.float32)
    red = np.zeros((1, 1, 3, 1), np.float32)
    red[0, 0, 0, 0] = 1.0
    model.set_weights([red, np.zeros(1), weights.reshape(-1, 2), bias])
    return KerasNetwork(model, "corner.h5")


@pytest.mark.parametrize(
    ("orientation", "rows", "columns"),  # where the stored picture has its red corner
    [(1, slice(2), slice(-2, None)), (6, slice(2), slice(2)), (3, slice(-2, None), slice(2)),
     (8, slice(-2, None), slice(-2, None))],
)  # fmt: skip
def test_a_turned_picture_is_turned_once_for_network_and_page_alike(
    tmp_path, orientation, rows, columns
):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.zeros((SIZE, SIZE, 3))
    stored[rows, columns] = (255, 0, 0)
    path = drawn(tmp_path / "a.png", stored, exif=exif)
    found = predicted(corner_network(), [Sample("a", path, None)])
    assert found.answers.predicted.tolist() == [1]
    upright = read_picture(path)
    heat = placed(found, 0, heatmaps(found, [0], Recipe())[0].heat, upright)
    hot = heat > 0.5
    assert hot[:2, -2:].all()
    assert hot.sum() == 4
    np.testing.assert_array_equal(hot, upright[..., 0] == 255)


def test_a_network_of_several_heads_gives_all_numbers_side_by_side(tmp_path):
    model = pointwise([[1, 0], [0, 0], [0, 1]], [0, 0], np.eye(2), [0, 5], activation=None)
    found = predicted(
        KerasNetwork(model, "two.h5"), [Sample("a", solid(tmp_path / "a.png", RED), None)]
    )
    np.testing.assert_allclose(found.outputs, [[1, 5]])


def test_verdicts_are_worked_out_once_however_many_tiles_ask(blue_or_red):
    answers = [("a", "blue"), ("b", "red"), ("c", None)]
    found = said(blue_or_red, answers, classes=("blue", "red"), outputs=[[0.9, 0.1]] * 3)
    np.testing.assert_array_equal(found.correct(), [1.0, 0.0, np.nan])
    assert found.correct(0.5) is found.correct()
    with pytest.raises(ValueError, match="read-only"):
        found.correct()[0] = 0.0


# ------------------------------------------------------------------------------- two at the same


class Predicting(threading.Thread):
    """Somebody who predicts, in another session or another process: it makes no difference."""

    def __init__(self, project):
        super().__init__()
        self.project, self.progress, self.found = project, Told(), None

    def run(self):
        self.found = predict(self.project, self.progress)


@pytest.fixture
def at_work(monkeypatch):
    """The first run of a network waits until it may go on."""
    arrived, go_on = threading.Event(), threading.Event()
    original = KerasNetwork.run

    def held(self, batch):
        if not arrived.is_set():
            arrived.set()
            assert go_on.wait(PATIENCE)
        return original(self, batch)

    monkeypatch.setattr(KerasNetwork, "run", held)
    yield arrived, go_on
    go_on.set()


def test_who_predicts_the_same_waits_and_reads(blue_or_red, samples, at_work, runs):
    arrived, go_on = at_work
    first, second = (Predicting(project_of(blue_or_red, samples)) for _ in range(2))
    first.start()
    assert arrived.wait(PATIENCE)
    second.start()
    assert second.progress.told.wait(PATIENCE)
    assert second.progress.step.name == "Waiting for somebody else who predicts the same"
    go_on.set()
    for thread in (first, second):
        thread.join(PATIENCE)
    np.testing.assert_array_equal(first.found.outputs, second.found.outputs)
    assert [first.found.computed, second.found.computed] == [len(samples), 0]
    assert sum(runs) == len(samples)


def test_who_predicts_other_samples_with_the_same_network_need_not_wait(
    blue_or_red, samples, at_work
):
    arrived, go_on = at_work
    first = Predicting(project_of(blue_or_red, samples))
    first.start()
    assert arrived.wait(PATIENCE)
    assert predicted(blue_or_red, samples[:3]).computed == 3
    go_on.set()
    first.join(PATIENCE)


def test_who_waits_for_predictions_can_leave(blue_or_red, samples, at_work):
    arrived, go_on = at_work
    first = Predicting(project_of(blue_or_red, samples))
    first.start()
    assert arrived.wait(PATIENCE)
    leaving = Told()
    leaving.say = lambda _: leaving.cancel()
    with pytest.raises(Cancelled):
        predict(project_of(blue_or_red, samples), leaving)
    go_on.set()
    first.join(PATIENCE)
    assert first.found.computed == len(samples)


# ------------------------------------------------------------------ what is of the samples alone


def test_what_is_of_the_samples_alone_is_worked_out_once_for_all_thresholds(blue_or_red):
    answers = [("b", "blue", {"camera": "A"}), ("a", "red", {"camera": "B"})]
    one = said(blue_or_red, answers, classes=("blue", "red"), outputs=[[0.9, 0.1], [0.4, 0.6]])
    task = replace(one.project.task, threshold=0.7)
    one = replace(one, project=replace(one.project, task=task))
    near, far = one.at(0.2), one.at(0.5)
    assert near is not one
    for name in module.OF_SAMPLES:
        assert getattr(near, name) is getattr(far, name) is getattr(one, name)


def test_copies_are_the_samples_whose_files_are_the_same(blue_or_red):
    one = said(blue_or_red, [(name, "0.5") for name in "abcd"], outputs=[0.5] * 4)
    one = replace(one, digests=("x", "y", "x", "z"))
    assert one.copies == {"x": (0, 2)}
