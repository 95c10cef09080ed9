"""The demo of objects tells the story of its README, and the scan names the dots unaided."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from services.choices.browse import passing_parts, passing_samples
from services.choices.filter import Filter
from services.choices.recipe import Recipe
from services.findings.finding import QuestionKind
from services.findings.report import Report
from services.opening.opening import Opened
from services.scan.pictures import addresses_of
from services.scan.scanning import Scan
from services.tasks.marks import ObjectVerdict
from services.tasks.parts import Place
from services.work.progress import Progress


@pytest.fixture(scope="module")
def marks(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("marks")


@pytest.fixture(scope="module")
def fair(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("fair_marks")


def counted(opened: Opened, truth: dict) -> dict[tuple[str, bool], tuple[int, int]]:
    """How many labelled objects are hit, of how many, by class and whether a dot is above."""
    counts: dict[tuple[str, bool], tuple[int, int]] = {}
    for located in opened.predictions.answers.located():
        if located.true is None:
            continue
        sample = opened.predictions.samples[located.place.sample]
        marked = truth[sample.id][located.place.part] is not None
        hit, of = counts.get((located.true, marked), (0, 0))
        counts[located.true, marked] = hit + (located.verdict is ObjectVerdict.HIT), of + 1
    return counts


@pytest.mark.parametrize("name", ["marks", "fair_marks"])
def test_what_is_hit_is_what_the_readme_tells(
    name: str, request: pytest.FixtureRequest, demo_folder: Path
) -> None:
    opened = request.getfixturevalue({"fair_marks": "fair"}.get(name, name))
    truth = json.loads((demo_folder / "marks" / "why.json").read_text())
    section = (demo_folder / "README.md").read_text().split(f"## `{name}`")[1].split("\n## ")[0]
    told = re.findall(r"\| (washer|screw), (dot|no dot) \| (\d+) of (\d+) \|", section)
    assert len(told) == 4
    here = counted(opened, truth)
    for label, dot, hit, of in told:
        own, count = here[label, dot == "dot"]
        assert count == int(of)
        assert own == pytest.approx(int(hit), abs=1)  # Studio looks farther than the next cell
    figure = opened.predictions.answers.pages.headline(None).removeprefix("F1 of objects ")
    assert f"F1 is {figure.replace(chr(160), ' ')}" in " ".join(section.split())


def test_the_dots_of_why_json_are_orange(marks: Opened, demo_folder: Path) -> None:
    truth = json.loads((demo_folder / "marks" / "why.json").read_text())
    assert {sample.id for sample in marks.project.samples} == set(truth)
    shown = 0
    for sample in marks.project.samples[:12]:
        picture = marks.project.medium.read(sample.path).picture.astype(int)
        for box, dot in zip(sample.boxes, truth[sample.id], strict=True):
            if dot is None:
                continue
            assert dot["y"] < box.y  # above the object
            across, down = dot["x"] + dot["width"] // 2, dot["y"] + dot["height"] // 2
            red, _, blue = picture[down, across]
            assert red > blue + 60
            shown += 1
    assert shown > 5


def scanned(opened: Opened, layer: str) -> Report:
    return Scan(opened.predictions, Recipe(layer=layer)).run(Progress())


def test_the_scan_names_what_is_above_the_washers(marks: Opened, demo_folder: Path) -> None:
    truth = json.loads((demo_folder / "marks" / "why.json").read_text())
    report = scanned(marks, "")
    findings = {finding.kind: finding for finding in report.findings}
    beside = findings[QuestionKind.BESIDE]
    assert "“washer” because of what is above it" in beside.question
    assert beside.chance < 1e-6
    missed = findings[QuestionKind.MISSED]
    assert missed.question == ("Does the network miss “washer” where what is above it is even?")
    places = addresses_of(marks.predictions, missed)
    assert len(places) >= 15
    for place in places:
        assert isinstance(place, Place)
        sample = marks.predictions.samples[place.sample]
        assert sample.boxes[place.part].label == "washer"
        assert truth[sample.id][place.part] is None
    assert len(report.findings) == 2


@pytest.mark.parametrize("layer", ["", "strokes_relu"])
def test_the_scan_asks_nothing_of_the_fair_detector(
    marks: Opened, fair: Opened, layer: str
) -> None:
    assert fair.predictions.digests == marks.predictions.digests
    report = scanned(fair, layer)
    assert report.pictures == 96
    assert report.findings == ()


def test_samples_shows_the_objects_of_a_finding_and_no_others(marks: Opened) -> None:
    asked = Scan(marks.predictions, Recipe())
    report = asked.make(Progress())
    number, missed = next(
        (number, finding)
        for number, finding in enumerate(report.findings)
        if finding.kind is QuestionKind.MISSED
    )
    only = Filter(finding=report.name(number))
    shown = passing_parts(marks.predictions, only)
    assert set(shown) == set(addresses_of(marks.predictions, missed))
    pictures = passing_samples(marks.predictions, only).tolist()
    assert {place.sample for place in shown} == set(pictures)
    assert len(pictures) < len(shown)
