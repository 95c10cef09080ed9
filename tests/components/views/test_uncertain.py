"""Uncertain as a third verdict on the pages, where the project has a confidence threshold."""

import pytest

from services.settings import settings
from tests.components.visiting import options, settled, visited, words
from tests.services import projects

PICTURES = {
    "red/sure.png": projects.RED,
    "blue/sure.png": projects.BLUE,
    "red/half.png": (130, 0, 120),
}
TOLD = '[input]\nscaling = "0..1"\n[classification]\nmin_score = 0.9\n'


@pytest.fixture
def visit(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    projects.blue_or_red().save(tmp_path / "built.keras")

    def visit(page, manifest=TOLD, **query):
        folder = projects.folder_project(
            tmp_path / f"shop{len(manifest)}", tmp_path / "built.keras", PICTURES, manifest
        )
        return visited(folder, page, **query)

    yield visit
    settings.cache_clear()


def test_a_switch_on_project_counts_them_as_studio_does(visit):
    app = visit("project")
    accuracy = {metric.label: metric.value for metric in app.metric}["Accuracy"]
    assert accuracy == "100.0\u00a0%"
    app.toggle("uncertain").set_value(True)
    settled(app)
    metric = {metric.label: metric for metric in app.metric}["Accuracy"]
    assert (metric.value, metric.delta) == ("66.7\u00a0%", "2 of 3 correct, 1 uncertain")
    assert app.query_params["uncertain"] == "1"
    app.switch_page("pages/samples.py")
    settled(app)
    assert options(app, "verdict") == ["All 3", "Correct 2", "Incorrect 0", "Uncertain 1"]
    assert any("1 uncertain sample not in the matrix" in each for each in words(app))


def test_without_the_switch_nobody_speaks_of_it(visit):
    assert options(visit("samples"), "verdict") == ["All 3", "Correct 3", "Incorrect 0"]


def test_a_project_without_a_threshold_has_no_switch(visit):
    app = visit("project", '[input]\nscaling = "0..1"\n', uncertain="1")
    assert "uncertain" not in {toggle.key for toggle in app.toggle}
    app.switch_page("pages/samples.py")
    settled(app)
    assert options(app, "verdict") == ["All 3", "Correct 3", "Incorrect 0"]
