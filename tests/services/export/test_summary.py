"""All batches of an export brought together; means worked out by hand."""

import numpy as np
import pytest

from gradcam import Degenerate, InputSpec, Normalization, Scaling, resize_heat
from services.export.batches import Read, explain_batch
from services.export.summary import MEANS, Gathering, scale_of
from services.media.reading import reading_ahead
from services.sample import LeftOut, Sample
from services.tasks.regression.task import ALL, Regression
from tests.services.export.exports import damaged, plan_of, sample_of
from tests.services.projects import BLUE, RED, project_of, solid

FINE = plan_of("fine")


def batches_of(project, plan, *parts):
    with reading_ahead(project.medium, parts, Read.of) as read:
        return [explain_batch(project, plan, p, r) for p, r in zip(parts, read, strict=True)]


def summary_of(project, plan=FINE, size=3, scale=None):
    """The summary of batches of so many samples; figures count the samples."""
    samples = project.samples
    parts = [samples[i : i + size] for i in range(0, len(samples), size)]
    gathering, count = Gathering(project, plan, samples), 0
    for batch in batches_of(project, plan, *parts):
        figures = np.full((len(batch.samples), 5), 0.0) + np.arange(len(batch.samples))[:, None]
        gathering.take(batch, figures + count, scale)
        count += len(batch.samples)
    return gathering.summary()


@pytest.fixture
def mixed(network, tmp_path):
    """Two red ones that are right, one that is wrong, a blue one, one without a label."""
    made = [
        ("a.png", "red", [(RED, 0, 0)]),
        ("b.png", "red", [(RED, 4, 2), (RED, 6, 6)]),
        ("c.png", "red", [(BLUE, 2, 2)]),
        ("d.png", "blue", [(BLUE, 4, 4)]),
        ("e.png", None, [(RED, 0, 6)]),
    ]
    samples = [sample_of(tmp_path, name, *spots, label=label) for name, label, spots in made]
    return project_of(network, samples, left_out=(LeftOut("x.txt", "no picture"),))


def heat(*places, size=8):
    found = np.zeros((size, size), np.float32)
    for column, row in places:
        found[row : row + 2, column : column + 2] = 1
    return resize_heat(found, 48, 48)


# ------------------------------------------------------------------------------ what is found


def test_predictions_and_figures_are_in_order_over_all_batches(mixed):
    summary = summary_of(mixed)
    assert [sample.id for sample in summary.predictions.samples] == [
        f"{name}.png" for name in "abcde"
    ]
    np.testing.assert_array_equal(summary.correct, [1, 1, 0, 1, np.nan])
    np.testing.assert_array_equal(summary.figures[:, 0], range(5))
    assert summary.figures.shape == (5, 5)
    assert dict(summary.blank) == {}
    assert summary.left_out == mixed.left_out


@pytest.mark.parametrize("size", [1, 2, 5])
def test_the_size_of_batches_makes_no_difference(mixed, size):
    one, other = summary_of(mixed), summary_of(mixed, size=size)
    assert one.means.keys() == other.means.keys()
    for key, mean in one.means.items():
        np.testing.assert_allclose(mean.heat, other.means[key].heat, atol=1e-6)
        np.testing.assert_array_equal(mean.picture, other.means[key].picture)


def test_maps_that_show_nothing_are_told_with_their_reasons(network, tmp_path):
    samples = [
        sample_of(tmp_path, "fine.png", (RED, 0, 0), label="red"),
        Sample("even.png", solid(tmp_path / "even.png", RED), "red"),
        sample_of(tmp_path, "black.png", label="blue"),
        sample_of(tmp_path, "against.png", (RED, 0, 0), label="blue"),
    ]
    summary = summary_of(project_of(network, samples), plan_of("fine", target="true"), size=2)
    assert dict(summary.blank) == {
        1: Degenerate.CONSTANT,
        2: Degenerate.ZERO,
        3: Degenerate.NEGATIVE,
    }


def test_maps_that_show_nothing_are_found_behind_pictures_that_cannot_be_read(network, tmp_path):
    damaged(tmp_path)
    samples = [
        Sample("empty.jpg", tmp_path / "empty.jpg", "red"),
        sample_of(tmp_path, "a.png", (RED, 0, 0), label="red"),
        Sample("text.jpg", tmp_path / "text.jpg", "red"),
        Sample("even.png", solid(tmp_path / "even.png", RED), "red"),
        sample_of(tmp_path, "b.png", (RED, 0, 0), label="red"),
    ]
    summary = summary_of(project_of(network, samples), size=2)
    assert dict(summary.blank) == {1: Degenerate.CONSTANT}
    assert summary.predictions.samples[1].id == "even.png"


def test_pictures_that_cannot_be_read_are_left_out(network, tmp_path):
    reasons = damaged(tmp_path / "bad")
    bad = [Sample(name, tmp_path / "bad" / name, "red") for name in reasons]
    good = sample_of(tmp_path, "a.png", (RED, 0, 0), label="red")
    before = LeftOut("x.txt", "no picture")
    project = project_of(network, [*bad, good], left_out=(before,))
    summary = summary_of(project, size=2)
    assert summary.left_out == (before, *(LeftOut(*item) for item in reasons.items()))
    assert summary.predictions.samples == (good,)
    assert len(summary.figures) == len(summary.correct) == 1


def test_maps_are_not_kept(mixed):
    gathering = Gathering(mixed, FINE, mixed.samples)
    (batch,) = batches_of(mixed, FINE, mixed.samples)
    gathering.take(batch, np.zeros((5, 5)), None)
    for kept in gathering._batches:
        assert kept.maps.size == kept.miniatures.size == 0
        np.testing.assert_array_equal(kept.outputs, batch.outputs)


# --------------------------------------------------------------------------------- the means


def test_means_are_by_class_and_verdict(mixed):
    means = summary_of(mixed).means
    assert {key: mean.count for key, mean in means.items()} == {
        ("red", True): 2,
        ("red", False): 1,
        ("blue", True): 1,
    }
    right = (heat((0, 0)) + heat((4, 2), (6, 6))) / 2
    np.testing.assert_allclose(means["red", True].heat, right, atol=1e-6)
    np.testing.assert_allclose(means["red", False].heat, heat((2, 2)), atol=1e-6)
    np.testing.assert_allclose(means["blue", True].heat, heat((4, 4)), atol=1e-6)


def test_mean_pictures_are_rounded_means(mixed):
    mean = summary_of(mixed).means["red", True]
    assert (mean.picture.dtype, mean.picture.shape) == (np.uint8, (48, 48, 3))
    assert mean.picture[2, 2].tolist() == [128, 0, 0]  # 127.5, half to even
    assert mean.picture[40, 40].tolist() == [128, 0, 0]
    assert mean.picture[24, 4].tolist() == [0, 0, 0]
    assert mean.heat.dtype == np.float32


def test_each_map_has_its_own_scale_unless_one_is_shared(mixed):
    own = summary_of(mixed).means["red", False].heat
    shared = summary_of(mixed, scale=1 / 4).means["red", False].heat  # four times the greatest
    np.testing.assert_allclose(shared, own / 4, atol=1e-6)


def test_a_map_that_shows_nothing_counts_as_no_heat(network, tmp_path):
    samples = [
        sample_of(tmp_path, "a.png", (RED, 0, 0), label="red"),
        Sample("even.png", solid(tmp_path / "even.png", RED), "red"),
    ]
    mean = summary_of(project_of(network, samples)).means["red", True]
    assert mean.count == 2
    np.testing.assert_allclose(mean.heat, heat((0, 0)) / 2, atol=1e-6)


def test_a_regression_has_one_group(redness, tmp_path):
    samples = [
        Sample(f"{value}.png", solid(tmp_path / f"{value}.png", (round(255 * value), 0, 0)), label)
        for value, label in ((1.0, "2"), (0.5, "0.3"), (0.25, "-1.1"), (0.0, None))
    ]
    project = project_of(
        redness,
        samples,
        task=Regression(0, 0.2),
        input_spec=InputSpec(8, 8, scaling=Scaling.UNIT),
    )
    plan = plan_of("conv", threshold=0.2)
    summary = summary_of(project, plan, size=2)
    np.testing.assert_array_equal(summary.correct, [1, 0, 1, np.nan])
    assert {key: mean.count for key, mean in summary.means.items()} == {
        (ALL, True): 2,
        (ALL, False): 1,
    }
    stricter = summary_of(project, plan_of("conv", threshold=0.05), size=2)
    np.testing.assert_array_equal(stricter.correct, [1, 0, 0, np.nan])
    assert stricter.means[ALL, False].count == 2


def test_of_very_many_classes_the_commonest_have_means(network, tmp_path):
    names = tuple(f"c{number:02}" for number in range(MEANS + 3))
    picture = sample_of(tmp_path, "a.png", (RED, 0, 0)).path
    # The later a class the more samples it has.
    samples = [
        Sample(f"{name}-{i}.png", picture, name)
        for n, name in enumerate(names)
        for i in range(n + 1)
    ]
    gathering = Gathering(project_of(network, samples, classes=names), FINE, samples)
    assert gathering._groups == set(names[3:])
    (batch,) = batches_of(gathering._project, FINE, samples[:12])
    gathering.take(batch, np.zeros((12, 5)), None)
    shown = {name for name, _ in gathering.summary().means}
    assert shown == {"c03", "c04"}  # of c00 to c04, which the batch holds


# --------------------------------------------------------------------------------- the scale


def test_a_maps_own_scale_is_the_plans():
    raw = np.arange(1, 101, dtype=np.float32).reshape(10, 10)
    assert scale_of(raw, FINE) == 100
    assert scale_of(raw, plan_of("fine", percentile=50.0)) == 50.5
    simple = plan_of("fine", percentile=50.0, normalization=Normalization.SIMPLE)
    assert scale_of(raw, simple) == 100
    assert scale_of(-raw, FINE) == 0
