"""Explain goes through the list that one came from and says which; a clicked target stays there."""

from functools import partial
from pathlib import Path

import pytest

from services.findings.report import reports
from services.keeping.store import BoundedStore
from services.settings import settings
from tests.components.visiting import options, settled, visited, words
from tests.services import projects

CARS = Path(__file__).parents[2] / "demo" / "cars"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Nine pictures; two blue ones are labelled red, one red one blue."""
    model = tmp_path_factory.mktemp("model") / "model.keras"
    projects.blue_or_red().save(model)
    names = {"blue": "bbbr", "red": "rrrbb"}
    pictures = {
        f"testing/{label}/{number}.png": projects.RED if color == "r" else projects.BLUE
        for label, colors in names.items()
        for number, color in enumerate(colors)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        classes = 'classes = ["blue", "red"]\n'
        yield projects.folder_project(tmp_path_factory.mktemp("own"), model, pictures, classes)
    settings.cache_clear()


@pytest.fixture
def visit(folder):
    return partial(visited, folder)


CELL = {"true_class": "red", "predicted_class": "blue"}


def test_by_picture_shows_the_chosen_cell_alone_and_says_which(visit):
    app = visit("mistakes", facet="By picture")
    every = options(app, "which")
    app = visit("mistakes", facet="By picture", **CELL)
    assert every[0].endswith(" 3")
    assert options(app, "which")[0].endswith(" 2")
    assert app.get_by_key("drop_cell").label == "red → blue"
    app.get_by_key("drop_cell").click()
    settled(app)
    assert options(app, "which") == every


def test_explain_goes_through_the_mistakes_that_one_came_from_and_says_so(visit):
    app = visit("explain", sample="red/3.png", within="mistakes", **CELL)
    assert app.get_by_key("sample").label.startswith("1 of 2 · ")
    assert "red → blue" in app.get_by_key("drop_list").help
    assert len(options(app, "sample")) == 2
    app.get_by_key("next").click()
    settled(app)
    assert app.get_by_key("sample").value == "red/4.png"
    assert app.get_by_key("sample").label.startswith("2 of 2 · ")
    assert app.get_by_key("next").disabled


def test_who_drops_the_list_goes_through_the_filtered_samples(visit):
    app = visit("explain", sample="red/3.png", within="incorrect")
    assert app.get_by_key("sample").label == "2 of 3 · review\\: incorrect"
    app.get_by_key("drop_list").click()
    settled(app)
    assert len(options(app, "sample")) == 9
    assert "drop_list" not in {button.key for button in app.button}


def test_a_list_goes_along_to_layers(visit):
    app = visit("layers", sample="red/3.png", within="worst")
    assert app.get_by_key("sample").label.startswith("2 of 3 · ")


def test_a_clicked_target_is_of_one_sample_and_seen_as_such(visit):
    app = visit("explain", sample="red/3.png", within="mistakes", sight="=red")
    assert app.get_by_key("drop_sight").label == "Target for this sample only: red"
    assert app.get_by_key("target").value == "predicted"
    app.get_by_key("next").click()
    settled(app)
    assert "drop_sight" not in {button.key for button in app.button}
    app = visit("explain", sample="red/3.png", sight="=red", sight_against="=blue")
    assert app.get_by_key("drop_sight").label == "Target for this sample only: red, not blue"
    app.get_by_key("drop_sight").click()
    settled(app)
    assert "drop_sight" not in {button.key for button in app.button}


def test_a_clicked_target_is_not_that_of_the_export(visit):
    app = visit("export", sample="red/3.png", sight="=red", sight_against="=blue")
    assert any("target **predicted**" in text for text in words(app))


def test_a_scale_that_heatmaps_share_is_said_and_can_be_their_own(visit):
    app = visit("mistakes", facet="By picture")
    assert any("share a scale" in text for text in words(app))
    app.get_by_key("own_scale").set_value(True)
    settled(app)
    assert any("its own scale" in text for text in words(app))


def test_a_finding_of_another_test_set_is_refused_where_its_list_would_stand(visit):
    app = visit("explain", within="finding:0123456789abcdef.0")
    assert any("finding of this filter is not kept" in text for text in words(app))
    app = visit("explain", sample="red/3.png", picked="elsewhere")
    assert any("not of this test set" in text for text in words(app))
    assert "clear_refused" in {button.key for button in app.button}
    app.get_by_key("clear_refused").click()
    settled(app)
    assert len(options(app, "sample")) == 9


def test_of_a_filter_that_cannot_be_obeyed_no_page_shows_all(visit):
    for page in ("samples", "export"):
        app = visit(page, true_class="green", scope="The filtered ones")
        assert any("no true class “green”" in text for text in words(app)), page
    labels = [button.label for button in app.button]
    assert "Make the export" not in labels


def test_a_finding_that_has_left_the_cache_is_scanned_for_again_where_it_filters(tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path))
        patch.setattr(reports, "_memory", BoundedStore(8))
        settings.cache_clear()
        app = visited(CARS, "scan")
        app.get_by_key("make_scan").click()
        settled(app)
        (kept,) = (tmp_path / "scans").iterdir()
        name = f"{kept.stem}.0"
        count = len(reports.get(kept.stem).findings[0].members)
        kept.unlink()
        patch.setattr(reports, "_memory", BoundedStore(8))
        app = visited(CARS, "explain", finding=name)
        assert len(options(app, "sample")) == count
        assert reports.get(kept.stem) is not None
        kept.unlink()
        patch.setattr(reports, "_memory", BoundedStore(8))
        app = visited(CARS, "explain", within=f"finding:{name}")
        assert app.get_by_key("sample").label.startswith(f"1 of {count} · finding")
    settings.cache_clear()
