"""Preprocessing that the project tells, verified by the labels."""

from dataclasses import replace

import pytest

from gradcam import Color, InputSpec, Scaling
from gradcam.backends.keras.network import KerasNetwork
from services.media.picture import Pictures
from services.opening.check.verifying import Verifying, verification
from services.predictions.predictions import predict
from services.sample import Sample
from services.work.asked import UNSEEN
from services.work.progress import Progress
from tests.services import projects
from tests.services.asking import had

SIZE = projects.SIZE


@pytest.fixture(scope="module")
def network():
    return KerasNetwork(projects.blue_or_red(), "n.h5")


@pytest.fixture
def predicted(tmp_path, monkeypatch, network):
    """Predictions of ten red and ten blue pictures, as the project tells to feed the network."""
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))

    def predicted(*, labelled=True, count=10, **spec):
        samples = [
            Sample(f"{name}/{i}.png", projects.solid(tmp_path / name / f"{i}.png", own), label)
            for name, colour in (("red", projects.RED), ("blue", projects.BLUE))
            for i in range(count)
            for own in [tuple(max(0, level - i) for level in colour)]
            for label in [name if labelled else None]
        ]
        medium = Pictures(InputSpec(SIZE, SIZE, **spec))
        return predict(projects.project_of(network, samples, medium=medium), Progress())

    return predicted


def verified(predictions):
    asked = Verifying(predictions)
    assert had(asked).error is None
    return verification(asked.found, predictions.project.medium)


def test_what_the_labels_speak_for_is_verified_on_so_many(predicted):
    told = verified(predicted())
    assert (told.holds, told.better) == (True, None)
    assert told.said.startswith("verified on 20 samples")


def test_what_is_clearly_better_is_named_with_its_figures(predicted):
    told = verified(predicted(color=Color.BGR))
    assert not told.holds
    assert told.better.medium.spec.color is Color.RGB
    assert told.said == (
        "0..1, rgb does significantly better: balanced accuracy 100.0\u00a0% "
        "instead of 0.0\u00a0% on 20 samples"
    )


def test_few_samples_overrule_nothing(predicted):
    told = verified(predicted(count=1, color=Color.BGR))
    assert (told.holds, told.better) == (False, None)
    assert "no better than guessing on 2 samples" in told.said


def test_without_labels_nothing_is_claimed(predicted):
    told = verified(predicted(labelled=False))
    assert (told.holds, told.said) == (False, "no sample is labelled, so it cannot be verified")


def test_it_is_made_once_for_the_same_files_and_gives_way(predicted):
    predictions = predicted()
    verified(predictions)
    again = Verifying(replace(predictions))
    assert again.found is not None
    assert again.weight is UNSEEN
    other = replace(predictions, digests=("another", *predictions.digests[1:]))
    assert Verifying(other).found is None


def test_every_scaling_is_tried_although_one_is_told(predicted):
    predictions = predicted(scaling=Scaling.SYMMETRIC)
    asked = Verifying(predictions)
    had(asked)
    tried = {trial.medium.spec.scaling for trial in asked.found.trials}
    assert {Scaling.UNIT, Scaling.SYMMETRIC, Scaling.RAW} <= tried


def test_a_way_that_is_better_than_a_fair_one_is_seen(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    model = projects.pointwise(
        [[1.0], [0.0], [0.0]], [0.0], [[-9.0, 9.0]], [6.75, -6.75], activation="softmax", relu=False
    )  # bright above 0.75: above a level of 191 of 0..1, and above 223 of -1..1
    late = {3, 5, 10, 12, 16, 23, 24, 29}  # none among the first few that are looked at
    levels = [("dark", 200 + i // 4 if i in late else i) for i in range(32)]
    levels += [("bright", 255 - i // 2) for i in range(32)]
    samples = [
        Sample(f"{i:02}", projects.solid(tmp_path / f"{i}.png", (level,) * 3), label)
        for i, (label, level) in enumerate(levels)
    ]
    project = projects.project_of(
        KerasNetwork(model, "level.h5"), samples, classes=("dark", "bright")
    )
    told = verified(predict(project, Progress()))
    assert told.better.medium.spec.scaling is Scaling.SYMMETRIC
    assert "100.0\u00a0% instead of 87.5\u00a0%" in told.said
