"""A pass gives the same to the bit, whoever makes its batches."""

from dataclasses import replace

import numpy as np
import pytest

from gradcam import GradcamError
from services.embedding import points
from services.embedding.points import Featuring, features_of
from services.engines.passes import asked_in
from services.errors import OutputError
from services.keeping.drawers import PASSES
from services.predictions import predicting
from services.predictions.predicting import Predicting
from services.predictions.predictions import predict
from services.sample import Sample
from services.scan import looking
from services.scan.looking import Measuring, look
from services.settings import settings
from services.work.progress import Progress
from tests.services.engines.elsewhere import Elsewhere
from tests.services.projects import noise, project_of


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for module in (predicting, looking, points):
        monkeypatch.setattr(module, "BATCH_SIZE", 2)


@pytest.fixture
def project(blue_or_red, tmp_path):
    """Seven pictures; one of them cannot be read."""
    samples = [
        Sample(f"ü {n}.png", noise(tmp_path / "data" / f"{n}.png", n), "red") for n in range(7)
    ]
    samples[4].path.write_bytes(b"")
    return project_of(blue_or_red, samples)


def fresh(monkeypatch, folder):
    monkeypatch.setenv("GRADCAM_CACHE", str(folder))
    settings.cache_clear()


def test_predictions_made_elsewhere_are_the_same(project, monkeypatch, tmp_path):
    fresh(monkeypatch, tmp_path / "one")
    here = predict(project, Progress())
    fresh(monkeypatch, tmp_path / "other")
    others = Elsewhere(project, Predicting)
    there = predict(project, Progress(), others)
    assert sorted(others.numbers) == [0, 1, 2, 3]
    assert there.computed == here.computed == 6
    assert there.outputs.tobytes() == here.outputs.tobytes()
    assert there.features.tobytes() == here.features.tobytes()
    assert there.sizes.tolist() == here.sizes.tolist()
    assert there.left_out == here.left_out
    assert predict(project, Progress(), others).computed == 0  # what is kept is made by nobody
    assert len(others.numbers) == 5  # but for the one that cannot be read


def test_where_the_heat_lies_is_the_same(project):
    predictions = predict(project, Progress())
    predictions.samples[1].path.unlink()
    here = look(predictions, "conv", Progress())
    others = Elsewhere(replace(project), Measuring)
    there = look(predictions, "conv", Progress(), others)
    assert len(others.numbers) == 3
    assert there.positions.tolist() == here.positions.tolist() == [0, 2, 3, 4, 5]
    assert there.shares.tobytes() == here.shares.tobytes()
    np.testing.assert_array_equal(there.properties, here.properties)


def test_features_are_the_same(project):
    predictions = predict(project, Progress())
    predictions.samples[1].path.unlink()
    wanted = np.array([5, 1, 2])
    here = features_of(predictions, wanted, "conv", Progress())
    others = Elsewhere(project, Featuring)
    there = features_of(predictions, wanted, "conv", Progress(), others)
    assert sorted(others.numbers) == [0, 1]
    assert np.isfinite(here).all(axis=1).tolist() == [True, False, True]
    assert there.tobytes() == here.tobytes()


def test_nothing_stays_of_what_was_told(project):
    others = Elsewhere(project, Predicting)
    predict(project, Progress(), others)
    assert list(PASSES.folder.iterdir()) == []
    assert asked_in(others.folder) is None


def test_a_sample_that_is_not_there_for_others_is_named(project):
    other = replace(project, samples=project.samples[:5])
    with pytest.raises(GradcamError, match=r"^The sample 'ü 5\.png' is not there for all .*\.$"):
        predict(project, Progress(), Elsewhere(other, Predicting))


def test_a_cache_that_cannot_be_written_is_one_sentence(project, monkeypatch, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    fresh(monkeypatch, tmp_path / "file")
    with pytest.raises(OutputError, match=r"^The cache .* cannot be written \(.*\); set GRADCAM_"):
        predict(project, Progress(), Elsewhere(project, Predicting))
