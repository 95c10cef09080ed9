"""Samples with several labels on every page, by a person without a browser."""

from functools import partial

import pytest

from services.settings import settings
from tests.components.visiting import board_titles, options, visited, words
from tests.services.tasks.colours import colours


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project of them, with a cache folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield colours(tmp_path_factory.mktemp("several") / "colours")
    settings.cache_clear()


@pytest.fixture
def visit(folder):
    return partial(visited, folder)


def test_project_and_samples_show_precision_and_recall_of_each_label(visit):
    figures = {metric.label: (metric.value, metric.delta) for metric in visit("project").metric}
    assert figures["Task"][0] == "multi-label"
    assert figures["F1 over labels"][0] == "93.3\u00a0%"
    assert figures["All labels right"] == ("77.8\u00a0%", "7 of 9 correct")
    app = visit("samples", true_class="blue")
    assert options(app, "verdict") == ["All 4", "Correct 3", "Incorrect 1"]
    table = app.dataframe[0].value
    assert table["label"].tolist() == ["red", "green", "blue"]
    assert table["precision"].tolist() == [0.8, 1, 1]
    assert app.get_by_key("threshold").value == 0.5


def test_a_live_threshold_in_the_link_moves_verdicts_and_words(visit):
    app = visit("samples", threshold="0.99")
    assert options(app, "verdict") == ["All 10", "Correct 1", "Incorrect 8"]  # nothing is said
    app = visit("project", threshold="0.99")
    assert any("**none of them** for every sample" in each.value for each in app.warning)


def test_explain_offers_each_label(visit):
    app = visit("explain", sample="g.png")
    assert options(app, "target") == ["the top label", "red", "green", "blue"]
    every = visit("explain", sample="g.png", view="Label by label")
    said = " ".join(board_titles(every))
    assert "green · 96" in said
    assert "true label" in said


def test_review_goes_by_a_label(visit):
    app = visit("review", review_class="red")
    assert options(app, "review_class") == ["all together", "red", "green", "blue"]
    assert "The first 2 of 2 errors." in " ".join(words(app))


def test_mistakes_go_through_labels_one_by_one(visit):
    app = visit("mistakes", facet="By picture")
    assert options(app, "which") == ["Missed 1", "False alarms 1"]
    assert any("true, 2 %" in text.replace("\u00a0", " ") for text in words(app))


@pytest.mark.parametrize("page", ["layers", "embeddings", "scan", "network", "export"])
def test_no_other_page_stumbles_over_it(visit, page):
    assert [title.value for title in visit(page).title] == [page.capitalize()]
