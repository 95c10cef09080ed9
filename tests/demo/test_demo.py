"""The demo tells the story that its README tells, and the heatmaps show it."""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gradcam import place
from services.choices.browse import count_verdicts
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import heatmaps
from services.opening.opening import Opened
from services.sample import Sample
from services.sources.reference import DEMOS


def groups(opened: Opened) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for position, sample in enumerate(opened.predictions.samples):
        found.setdefault((sample.label or "", sample.metadata["stamp"]), []).append(position)
    return found


def share_in_box(opened: Opened, position: int, label: str, target: str) -> tuple[float, float]:
    """Energy inside the sample's box, and the box's share of the area."""
    (found,) = heatmaps(opened.predictions, [position], Recipe(target=target))
    width, height = (int(side) for side in opened.predictions.sizes[position])
    heat = place(found.heat, opened.project.medium.spec, width, height)
    sample: Sample = opened.predictions.samples[position]
    (box,) = [box for box in sample.boxes if box.label == label]
    rows = slice(round(box.y), round(box.y + box.height))
    columns = slice(round(box.x), round(box.x + box.width))
    area = heat[rows, columns].size / heat.size
    return float(heat[rows, columns].sum() / heat.sum()), area


def test_all_four_groups_are_there_with_their_boxes(cars: Opened) -> None:
    assert {key: len(value) for key, value in groups(cars).items()} == {
        ("car", "yes"): 58, ("car", "no"): 22, ("no car", "yes"): 22, ("no car", "no"): 58,
    }  # fmt: skip
    for sample in cars.predictions.samples:
        expected = Counter()
        expected["car"] = int(sample.label == "car")
        expected["stamp"] = int(sample.metadata["stamp"] == "yes")
        assert Counter(box.label for box in sample.boxes) == +expected


def verdicts(opened: Opened, **only: float) -> tuple[int, int]:
    counts = count_verdicts(opened.predictions, Filter(**only))
    return counts.correct, counts.incorrect


def test_verdicts_are_those_that_pages_and_exports_have_shown(cars: Opened, gauge: Opened) -> None:
    assert verdicts(cars) == (131, 29)
    assert verdicts(gauge) == (101, 19)
    assert verdicts(gauge, threshold=0.05) == (91, 29)
    assert verdicts(cars, threshold=0.05) == (131, 29)  # left over from the gauge: it means nothing


def test_accuracy_lands_where_the_story_is(cars: Opened) -> None:
    correct = cars.predictions.correct()
    found = groups(cars)
    consistent = [*found["car", "yes"], *found["no car", "no"]]
    assert 0.75 <= correct.mean() <= 0.90
    assert correct[consistent].mean() >= 0.97


def test_heatmaps_of_stamps_called_cars_lie_on_the_stamp(cars: Opened) -> None:
    fooled = [
        p for p in groups(cars)["no car", "yes"] if cars.predictions.answers.predicted[p] == 0
    ]
    assert len(fooled) >= 8
    pairs = [share_in_box(cars, position, "stamp", "predicted") for position in fooled]
    energy, area = np.mean(pairs, axis=0)
    assert energy >= 5 * area
    assert min(inside / box for inside, box in pairs) >= 5


def test_heatmaps_of_cars_without_a_stamp_lie_on_the_car(cars: Opened) -> None:
    seen = [p for p in groups(cars)["car", "no"] if cars.predictions.answers.predicted[p] == 0]
    pairs = [share_in_box(cars, position, "car", "predicted") for position in seen]
    energy, area = np.mean(pairs, axis=0)
    assert energy >= 2 * area


def test_gauge_fails_where_something_misleads(gauge: Opened) -> None:
    errors = np.abs(gauge.predictions.answers.errors)
    kinds = np.array([s.metadata["disturbance"] for s in gauge.predictions.samples])
    assert Counter(kinds.tolist()) == {"none": 100, "glare": 10, "second hand": 10}
    assert errors[kinds == "none"].mean() < 0.05
    assert errors[kinds != "none"].mean() > 3 * errors[kinds == "none"].mean()
    beyond = kinds[gauge.predictions.correct() == 0]
    assert (beyond != "none").mean() > 0.5


@pytest.mark.parametrize("name", ["cars", "gauge"])
def test_both_label_files_of_an_export_agree(demo_folder: Path, name: str) -> None:
    root = json.loads((demo_folder / name / "info.labels").read_text())["files"]
    inner = json.loads((demo_folder / name / "testing" / "info.labels").read_text())["files"]
    assert [entry["path"] for entry in root] == [f"testing/{entry['path']}" for entry in inner]
    assert [entry["label"] for entry in root] == [entry["label"] for entry in inner]
    files = {path.name for path in (demo_folder / name / "testing").glob("*.jpg")}
    assert files == {entry["path"] for entry in inner}


@pytest.mark.parametrize("name", DEMOS)
def test_each_demo_is_small(demo_folder: Path, name: str) -> None:
    files = [path for path in (demo_folder / name).rglob("*") if path.is_file()]
    assert 0 < sum(path.stat().st_size for path in files) < 3_000_000


def test_the_readme_tells_the_real_figures(cars: Opened, gauge: Opened, demo_folder: Path) -> None:
    text = (demo_folder / "README.md").read_text()
    correct, found = cars.predictions.correct(), groups(cars)
    rows = {("car", "yes"): "car, stamp", ("no car", "no"): "no car, no stamp",
            ("car", "no"): "car, no stamp", ("no car", "yes"): "no car, stamp"}  # fmt: skip
    for group, row in rows.items():
        right = int(correct[found[group]].sum())
        assert f"| {row} | {right} of {len(found[group])} " in text
    (mean, right) = re.search(r"\| all \| ([\d.]+) \| (\d+) of 120", text).groups()
    assert float(mean) == pytest.approx(np.abs(gauge.predictions.answers.errors).mean(), abs=6e-4)
    assert int(right) == int(gauge.predictions.correct().sum())


def test_drawing_is_seeded(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(demo_folder))
    streets = importlib.import_module("draw_cars")
    scene = streets.Scene(car=True, stamp=True)
    first, again, other = (
        streets.draw_scene(scene, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first.jpeg == again.jpeg
    assert first.jpeg != other.jpeg
    assert {box.label for box in first.boxes} == {"car", "stamp"}
    for name in ("draw_cars", "drawn"):
        sys.modules.pop(name, None)
