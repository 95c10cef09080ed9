"""The demo of sounds tells the story of its README, and the scan names the hum unaided."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from services.choices.recipe import Recipe
from services.findings.finding import Finding, QuestionKind
from services.findings.report import Report
from services.opening.opening import Opened
from services.scan.scanning import Scan
from services.work.progress import Progress


@pytest.fixture(scope="module")
def words(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("words")


@pytest.fixture(scope="module")
def fair(open_demo: Callable[[str], Opened]) -> Opened:
    return open_demo("fair_words")


def hums(opened: Opened) -> np.ndarray:
    return np.array([each.metadata["hum"] == "yes" for each in opened.predictions.samples])


@pytest.mark.parametrize("name", ["words", "fair_words"])
def test_the_readme_tells_its_figures(
    name: str, request: pytest.FixtureRequest, demo_folder: Path
) -> None:
    opened = request.getfixturevalue({"fair_words": "fair"}.get(name, name))
    section = (demo_folder / "README.md").read_text().split(f"## `{name}`")[1].split("\n## ")[0]
    rows = re.findall(
        r"\| (noise|start|step|stop|all)(?:, (no hum|hum))? \| (\d+) of (\d+)", section
    )
    assert len(rows) == 9
    labels = np.array([each.label for each in opened.predictions.samples])
    correct = opened.predictions.correct()
    for label, hum, right, count in rows:
        here = (labels == label) | (label == "all")
        if hum:
            here &= hums(opened) == (hum == "hum")
        assert (int(correct[here].sum()), int(here.sum())) == (int(right), int(count))


def test_its_network_was_trained_with_the_features_that_it_gets(
    words: Opened, demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the script that trained it, which knows nothing of the product's."""
    monkeypatch.syspath_prepend(str(demo_folder))
    soundfile = pytest.importorskip("soundfile")
    from mfe import features  # of the demo

    try:
        medium = words.project.medium
        for sample in words.project.samples[:5]:
            values, _ = soundfile.read(sample.path, dtype="int16")
            tensor = medium.read(sample.path, sample.window).tensor
            np.testing.assert_array_equal(tensor.ravel(), features(values))
    finally:
        for module in ("mfe", "voice"):
            sys.modules.pop(module, None)


def scanned(opened: Opened) -> Report:
    return Scan(opened.predictions, Recipe()).run(Progress())


def share_humming(opened: Opened, finding: Finding) -> float:
    """How many of a finding's sounds hum, which the scan does not know."""
    known = dict(zip(opened.predictions.digests, hums(opened), strict=True))
    return float(np.mean([known[member] for member in finding.members]))


def test_the_scan_names_the_hum(words: Opened) -> None:
    report = scanned(words)
    place = next(each for each in report.findings if each.kind is QuestionKind.PLACE)
    assert re.match(
        r"Does the network predict “stop” because of what is below \d{3} Hz", place.question
    )
    assert share_humming(words, place) > 0.95
    told = [each for each in report.findings if each.kind is QuestionKind.CLASS]
    by_hum = next(
        each for each in told
        if each.question == "Could the network recognise “stop” by the hum in its sounds?"
    )  # fmt: skip
    assert share_humming(words, by_hum) == 1.0
    assert {re.findall("“(.*?)”", each.question)[0] for each in told} == {"stop"}


def test_the_scan_asks_nothing_of_the_fair_network(fair: Opened) -> None:
    assert scanned(fair).findings == ()
