"""The scan finds the date in the biased demo unaided, and on the fair one it has nothing to ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from services.choices.recipe import Recipe
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report
from services.opening.opening import Opened
from services.scan.scanning import Scan
from services.work.progress import Progress


@pytest.fixture(scope="module")
def fair(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("fair")


def test_the_readme_tells_the_fair_network_s_figures(fair: Opened, demo_folder: Path) -> None:
    text = (demo_folder / "README.md").read_text().split("## `fair`")[1].split("## `gauge`")[0]
    correct = fair.predictions.correct()
    rows = re.findall(r"\| (no car|car|all)(?:, (no stamp|stamp))? \| (\d+) of (\d+)", text)
    assert len(rows) == 5
    for label, stamp, right, count in rows:
        here = [
            position
            for position, sample in enumerate(fair.predictions.samples)
            if label in {"all", sample.label}
            and stamp in {"", "stamp" if sample.metadata["stamp"] == "yes" else "no stamp"}
        ]
        assert (int(correct[here].sum()), len(here)) == (int(right), int(count))


def scanned(opened: Opened) -> Report:
    return Scan(opened.predictions, Recipe()).run(Progress())


def share_stamped(opened: Opened, finding: Finding) -> float:
    """How many of a finding's pictures carry the date, which the scan does not know."""
    stamped = {
        digest: sample.metadata["stamp"] == "yes"
        for digest, sample in zip(
            opened.predictions.digests, opened.predictions.samples, strict=True
        )
    }
    return sum(stamped[member] for member in finding.members) / len(finding.members)


def test_the_scan_finds_the_date_in_the_biased_network(cars: Opened) -> None:
    report = scanned(cars)
    assert (report.pictures, report.questions) == (160, 47)
    alike, car, no_car = report.findings

    assert alike.kind is QuestionKind.GROUP
    assert "at the bottom left of these 34 pictures" in alike.question
    assert "wrong more often than other samples predicted as “car”" in alike.question
    assert alike.chance < 1e-6
    assert share_stamped(cars, alike) == 1.0
    assert [bar.share for bar in alike.bars] == pytest.approx([14 / 34, 1.0])

    assert "“car” because of what is at the bottom edge" in car.question
    assert car.chance < 1e-6
    assert share_stamped(cars, car) > 0.95
    assert [bar.share for bar in car.bars] == pytest.approx([0.45, 0.04], abs=0.01)

    assert "“no car” because of what is at the bottom edge" in no_car.question
    assert share_stamped(cars, no_car) == 0.0  # it looks where the date would be


def test_the_scan_asks_nothing_of_the_fair_network_on_the_same_pictures(
    cars: Opened, fair: Opened
) -> None:
    assert fair.predictions.digests == cars.predictions.digests
    report = scanned(fair)
    # With three mistakes there is no telling wrong from right, so less is asked than of the cars.
    assert (report.pictures, report.questions) == (160, 33)
    assert report.findings == ()
