"""Two real networks of FOMO's shape: what is detected is what their READMEs say."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

import gradcam
from services.opening.opening import Opening
from services.sources.reference import parse_reference
from services.tasks.grid.detection import cell_at, centre_of
from services.work.progress import Progress

pytestmark = pytest.mark.real
REAL = Path(__file__).parents[5] / "shared" / "real"
SAME = 0.9875  # .988 of the cells of the rebuilt network have the class of the int8 file


def predictions_of(name):
    if not REAL.is_dir():
        pytest.skip("../shared/real is not there: the real projects are not tested")
    return Opening(parse_reference(f"folder:{REAL / name}"), None).make(Progress()).predictions


def test_every_object_with_a_mark_is_hit_and_no_cell_says_more():
    answers = predictions_of("fomo_marks").answers
    counts = answers.counts()
    assert (int(counts.labelled.sum()), counts.over_all) == (98, (1.0, 1.0, 1.0))
    # Cell by cell, as the network was trained: the one under each box's centre.
    said = {(i, *cell) for i, own in enumerate(answers.objects()) for o in own
            for d in o.detections for cell in [d.best]}  # fmt: skip
    true = {(i, *cell_at(*centre_of(t.box), answers.grid))
            for i, own in enumerate(answers.truths) for t in own}  # fmt: skip
    assert len(said) == len(true) == 98
    assert len(said & true) >= 0.95 * len(true)


def test_the_int8_balloons_are_found_in_the_cells_that_its_readme_tells():
    """Frames shrunk as those of the README were: means over areas."""
    predictions, folder = predictions_of("fomo_balloon"), REAL / "fomo_balloon"
    samples = predictions.samples
    frames = [np.asarray(Image.open(sample.path).convert("RGB")) for sample in samples]
    small = [cv2.resize(frame, (96, 96), interpolation=cv2.INTER_AREA) for frame in frames]
    batch = np.stack(small).astype(np.float32) / 255
    task, rebuilt = predictions.project.task, predictions.project.network
    network = gradcam.load_network(str(folder / "trained.tflite"))
    read = task.read(network, samples, network.predict(batch))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    for position, (sample, objects) in enumerate(zip(samples, read.objects(), strict=True)):
        scores = {
            (read.classes[each.kind], *cell): read.scores[position, *cell, each.kind]
            for one in objects
            for each in one.detections
            for cell in each.cells
        }
        told = expected[sample.path.name]
        cells = {(one["label"], one["row"], one["column"]): one["score"] for one in told}
        assert scores == pytest.approx(cells, abs=0.001)
    there = task.read(rebuilt, samples, rebuilt.predict(batch))
    assert (read.scores.argmax(axis=3) == there.scores.argmax(axis=3)).mean() >= SAME
