"""A batch of samples through the network, on the disk and back."""

import os
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from gradcam import GRAD_CAM, InputSpec, NetworkError, Pooling, Resize, Scaling
from services.export.batches import (
    LARGE,
    Read,
    as_predictions,
    explain_batch,
    load_batch,
)
from services.media.reading import Unreadable, reading_ahead
from services.sample import LeftOut, Sample
from tests.services.export.exports import damaged, plan_of, sample_of, spotted_project
from tests.services.projects import BLUE, RED, project_of, solid

FINE = plan_of("fine")


def read_of(project, *parts):
    with reading_ahead(project.medium, parts, Read.of) as coming:
        return list(coming)


def batch_of(project, plan=FINE, samples=None):
    samples = project.samples if samples is None else samples
    (read,) = read_of(project, samples)
    return explain_batch(project, plan, samples, read)


def equal(one, other):
    assert (one.samples, one.failed) == (other.samples, other.failed)
    for name in ("outputs", "maps", "sizes", "miniatures"):
        first, second = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(first, second)
        assert (first.dtype, first.shape) == (second.dtype, second.shape)


@pytest.fixture
def two(network, tmp_path):
    """A red spot at column 2, row 4, and a blue one of the same place in a larger picture."""
    samples = [
        sample_of(tmp_path, "red.png", (RED, 2, 4), label="red"),
        sample_of(tmp_path, "both.png", (RED, 0, 0), (BLUE, 6, 6), (BLUE, 4, 4), label="red"),
    ]
    return project_of(network, samples)


# -------------------------------------------------------------------------------- explaining


def test_maps_and_outputs_are_those_worked_out_by_hand(two):
    batch = batch_of(two)
    red = np.zeros((8, 8))
    red[4:6, 2:4] = 1 / 16
    blue = np.zeros((8, 8))
    blue[6:8, 6:8] = blue[4:6, 4:6] = 1 / 16
    blue[:2, :2] = -1 / 16  # red speaks against the predicted class
    np.testing.assert_allclose(batch.maps, [red, blue], atol=1e-6)
    assert batch.maps.dtype == np.float32
    logits = np.array([[-0.25, 0.25], [0.25, -0.25]])  # 4 × (4 pixels of 64, 8 minus 4 of 64)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(batch.outputs, expected, atol=1e-6)
    assert batch.sizes.tolist() == [[8, 8], [8, 8]]
    assert (batch.samples, batch.failed) == (two.samples, {})


def test_the_plan_says_what_is_explained(two):
    true = batch_of(two, plan_of("fine", target="true")).maps
    assert (true[1][:2, :2] > 0).all()
    assert (true[1][6:, 6:] < 0).all()
    np.testing.assert_allclose(
        batch_of(two, plan_of("fine", target="=blue")).maps, -true, atol=1e-6
    )
    both = batch_of(two, plan_of("fine", pooling=Pooling.SUM_ABS)).maps[1]
    np.testing.assert_allclose([both[0, 0], both[6, 6], both[0, 6]], [4, 4, 0], atol=1e-5)
    coarse = batch_of(two, plan_of("coarse", GRAD_CAM)).maps
    assert coarse.shape == (2, 4, 4)
    assert coarse[0][2, 1] == pytest.approx(0.25)


def test_each_sample_of_a_batch_has_its_own_target(two, tmp_path):
    nobody = replace(two.samples[1], label=None)
    samples = (two.samples[1], nobody, replace(nobody, label="blue"))
    maps = batch_of(two, plan_of("fine", target="true"), samples).maps
    np.testing.assert_allclose(maps[0], -maps[1], atol=1e-6)
    np.testing.assert_allclose(maps[2], maps[1], atol=1e-6)


def test_sizes_are_the_originals_and_miniatures_what_the_network_sees(network, tmp_path):
    wide = sample_of(tmp_path, "wide.png", (RED, 0, 0), size=(40, 10))
    batch = batch_of(project_of(network, [wide]))
    assert batch.sizes.tolist() == [[40, 10]]
    assert batch.miniatures.shape == (1, 48, 48, 3)
    assert batch.miniatures[0, 4, 1, 0] > 60
    assert batch.miniatures[0, 40, 40].max() < 30


def test_miniatures_have_the_bars_that_the_network_sees(network, tmp_path):
    spec = InputSpec(8, 8, resize=Resize.FIT_LONG, scaling=Scaling.UNIT)
    wide = Sample("wide.png", solid(tmp_path / "wide.png", (200, 200, 200), (40, 10)), None)
    (miniature,) = batch_of(project_of(network, [wide], input_spec=spec)).miniatures
    assert miniature[:15].max() == miniature[-15:].max() == 0
    assert miniature[24].min() > 190


def test_a_picture_that_cannot_be_read_is_told_and_the_others_are_explained(network, tmp_path):
    reasons = damaged(tmp_path / "bad")
    bad = [Sample(name, tmp_path / "bad" / name, "red") for name in reasons]
    gone = Sample("gone.png", tmp_path / "gone.png", "red")
    good = [sample_of(tmp_path, f"{i}.png", (RED, i, 0), label="red") for i in range(2)]
    project = project_of(network, [bad[0], good[0], *bad[1:], gone, good[1]])
    batch = batch_of(project)
    assert batch.failed == {**reasons, "gone.png": "the file is missing"}
    assert batch.samples == tuple(good)
    assert len(batch.outputs) == len(batch.maps) == len(batch.sizes) == len(batch.miniatures) == 2
    assert [batch.maps[i].max(axis=0).argmax() for i in range(2)] == [0, 1]


def test_a_batch_of_nothing_readable_is_a_batch(network, tmp_path):
    reasons = damaged(tmp_path)
    project = project_of(network, [Sample(name, tmp_path / name, None) for name in reasons])
    batch = batch_of(project)
    assert (batch.samples, batch.failed) == ((), reasons)
    assert batch.outputs.shape == (0, 2)
    assert len(batch.predictions(project)) == 0
    batch.save(tmp_path / "batch.npz")
    equal(load_batch(tmp_path / "batch.npz", project.samples), batch)


def test_a_layer_that_leads_nowhere_is_refused(two):
    with pytest.raises(NetworkError, match="no explainable layer"):
        batch_of(two, plan_of("elsewhere"))


# ------------------------------------------------------------------------------- predictions


def test_batches_are_predictions_of_the_project(network, tmp_path):
    project = spotted_project(network, tmp_path, 7, left_out=(LeftOut("x.txt", "no picture"),))
    parts = project.samples[:4], project.samples[4:]
    parts = [batch_of(project, samples=part) for part in parts]
    found, whole = as_predictions(project, parts), batch_of(project)
    assert found.samples == project.samples
    np.testing.assert_allclose(found.outputs, whole.outputs, atol=1e-6)
    assert found.sizes.tolist() == [[8, 8]] * 7
    assert found.left_out == project.left_out
    assert found.computed == len(found) == 7
    assert found.correct().tolist() == [1, 1, 1, 1, 0, 1, 1]
    assert parts[1].predictions(project).correct().tolist() == [0, 1, 1]


# ---------------------------------------------------------------------------------- the disk


def test_a_batch_comes_back_as_it_was(two, tmp_path):
    (tmp_path / "kept").mkdir()
    batch = replace(batch_of(two), failed={"gone.png": "the file is missing"})
    batch.save(tmp_path / "kept" / "batch-000001.npz")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["batch-000001.npz"]
    gone = Sample("gone.png", tmp_path / "gone.png", None)
    equal(load_batch(tmp_path / "kept" / "batch-000001.npz", (gone, *two.samples)), batch)


def test_a_batch_is_there_whole_or_not_at_all(two, tmp_path):
    path = tmp_path / "batch-000001.npz"
    (tmp_path / f".batch-000001.npz.{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(OSError, match=r"No space left|requested and"):
        batch_of(two).save(path)
    assert not path.exists()


@pytest.mark.parametrize("cut", [0, 1, 100, 0.5, 0.99])
def test_a_damaged_batch_is_told(two, tmp_path, cut):
    path = tmp_path / "batch.npz"
    batch_of(two).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(cut if cut >= 1 else cut * len(content))])
    with pytest.raises((OSError, ValueError)):
        load_batch(path, two.samples)


def test_a_batch_with_flipped_bytes_or_without_a_part_is_told(two, tmp_path):
    path = tmp_path / "batch.npz"
    batch_of(two).save(path)
    content = path.read_bytes()
    at = content.index(b"NUMPY", content.index(b"maps.npy")) + 300
    path.write_bytes(
        content[:at] + bytes(255 - b for b in content[at : at + 8]) + content[at + 8 :]
    )
    with pytest.raises((OSError, ValueError)):
        load_batch(path, two.samples)
    path.write_bytes(content)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(tmp_path / "less.npz", "w") as less:
        for name in whole.namelist():
            if name != "maps.npy":
                less.writestr(name, whole.read(name))
    with pytest.raises((OSError, ValueError)):
        load_batch(tmp_path / "less.npz", two.samples)


def test_a_missing_batch_is_told(two, tmp_path):
    with pytest.raises(OSError, match="No such file"):
        load_batch(tmp_path / "batch.npz", two.samples)


def test_a_batch_of_other_samples_is_told(two, tmp_path):
    batch_of(two).save(tmp_path / "batch.npz")
    with pytest.raises(ValueError, match="of other samples"):
        load_batch(tmp_path / "batch.npz", two.samples[:1])


# ------------------------------------------------------------------------ what is kept of each


def test_samples_are_read_in_order_part_by_part(two, network, tmp_path):
    gone = Sample("gone.png", tmp_path / "gone.png", None)
    first, second = read_of(two, two.samples, (gone,))
    assert [type(found) for found in first] == [Read, Read]
    assert second == [Unreadable("the file is missing")]
    assert first[0].picture[4, 2].tolist() == list(RED)
    np.testing.assert_allclose(first[0].tensor[4, 2], [1, 0, 0])
    np.testing.assert_array_equal(first[0].seen, first[0].picture)
    assert read_of(two) == []


def test_a_large_original_is_not_kept(network, tmp_path):
    """Of a hundred phone photos at once the memory would be full."""
    assert LARGE == 1_000_000
    for width, kept in ((1000, True), (1001, False)):
        sample = sample_of(tmp_path, f"{width}.png", (RED, 0, 0), size=(width, 1000))
        project = project_of(network, [sample])
        ((found,),) = read_of(project, project.samples)
        assert (found.picture is not None) is kept
        assert found.size == (width, 1000)
        assert found.seen.shape == found.tensor.shape == (8, 8, 3)
        assert batch_of(project).sizes.tolist() == [[width, 1000]]
