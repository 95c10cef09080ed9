"""A task that no file of the product names, on every page, by a person without a browser."""

from functools import partial

import pytest

from services.settings import settings
from tests.components.visiting import board_titles, options, visited, words
from tests.services.tasks.checklists import checklists, known


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A project of it, with a cache folder of its own; the task is registered meanwhile."""
    with pytest.MonkeyPatch.context() as patch, known():
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        yield checklists(tmp_path_factory.mktemp("several") / "colours")
    settings.cache_clear()


@pytest.fixture
def visit(folder):
    return partial(visited, folder)


def test_project_says_how_good_it_is(visit):
    figures = {metric.label: (metric.value, metric.delta) for metric in visit("project").metric}
    assert figures["Task"][0] == "checklist"
    assert figures["Questions"][0] == "3"
    assert figures["All ticks right"] == ("77.8\u00a0%", "7 of 9 correct")


def test_samples_have_its_filters_its_orders_and_its_table(visit):
    app = visit("samples", true_class="blue")
    assert options(app, "true_class") == ["any", "red", "green", "blue"]
    assert options(app, "sort") == ["Most ticks wrong first", "By name", "Random order"]
    assert options(app, "verdict") == ["All 4", "Correct 3", "Incorrect 1"]
    table = app.dataframe[0].value
    assert table["question"].tolist() == ["red", "green", "blue"]
    assert table["share right"].tolist() == pytest.approx([7 / 9, 1.0, 1.0])
    assert app.get_by_key("threshold").value == 0.6


def test_a_live_threshold_in_the_link_moves_its_verdicts(visit):
    app = visit("samples", threshold="0.99")
    assert app.get_by_key("threshold").value == 0.99
    assert options(app, "verdict") == ["All 10", "Correct 1", "Incorrect 8"]  # nothing is said


def test_explain_offers_its_targets_and_its_view_of_every_part(visit):
    app = visit("explain", sample="g.png")
    assert options(app, "target") == ["the surest tick", "red", "green", "blue"]
    assert options(app, "view") == ["One heatmap", "Methods side by side", "Every question"]
    every = visit("explain", sample="g.png", view="Every question")
    titles = [title for title in board_titles(every) if "why " in title]
    assert titles == ["why red", "why green", "why blue"]


def test_review_goes_by_a_label_and_its_parts(visit):
    app = visit("review", review_class="red")
    assert options(app, "review_class") == ["all together", "red", "green", "blue"]
    assert "The first 2 of 2 errors." in " ".join(words(app))
    all_right = visit("review", review_class="blue")
    assert "errors." not in " ".join(words(all_right))


def test_mistakes_show_its_figures_and_go_through_parts_one_by_one(visit):
    app = visit("mistakes")
    assert options(app, "facet") == ["By question", "By picture"]
    assert [metric.label for metric in app.metric] == ["Questions", "All ticks right"]
    app = visit("mistakes", facet="By picture")
    assert options(app, "which") == ["Missed 1", "False alarms 1"]
    assert "**✗ red there, 2 %** · g\\.png" in words(app)


@pytest.mark.parametrize("page", ["layers", "embeddings", "scan", "network", "export"])
def test_no_other_page_stumbles_over_it(visit, page):
    assert [title.value for title in visit(page).title] == [page.capitalize()]


def test_embeddings_are_coloured_by_what_it_has(visit):
    assert options(visit("embeddings"), "colouring") == ["True", "Predicted", "Verdict", "Cluster"]
