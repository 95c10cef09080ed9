"""The filter as chips on every page that obeys it, and what Samples and Mistakes make of it."""

from functools import partial

import pytest

from services.settings import settings
from tests.components.visiting import options, settled, visited, words
from tests.services import projects


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Nine pictures with two columns beside the label; two blue ones are labelled red."""
    model = tmp_path_factory.mktemp("model") / "model.keras"
    projects.blue_or_red().save(model)
    own = tmp_path_factory.mktemp("own")
    rows, pictures = ["file,label,camera,serial"], {}
    for number, (label, color) in enumerate(zip("bbbbrrrrr", "bbbbrrrbb", strict=True)):
        camera = "north" if number % 2 else "south"
        name = {"b": "a_blue", "r": "a_red"}[label]
        rows.append(f"{number}.png,{name},{camera},s{number}")
        pictures[f"testing/{number}.png"] = projects.RED if color == "r" else projects.BLUE
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADCAM_CACHE", str(tmp_path_factory.mktemp("cache")))
        settings.cache_clear()
        made = projects.folder_project(own, model, pictures, 'classes = ["a_blue", "a_red"]\n')
        (made / "testing" / "labels.csv").write_text("\n".join(rows))
        yield made
    settings.cache_clear()


@pytest.fixture
def visit(folder):
    return partial(visited, folder)


def chips(app):
    """The words of the chips by their keys."""
    return {
        button.key: button.label.replace("\\", "")
        for button in app.button
        if str(button.key).startswith("chip_")
    }


FILTER = {"verdict": "Incorrect", "true_class": "a_red", "metadata": "camera=north"}
CHIPS = {
    "chip_verdict": "incorrect",
    "chip_true_class": "true: red",
    "chip_metadata_camera": "camera: north",
}


@pytest.mark.parametrize("page", ["samples", "explain", "layers"])
def test_every_page_that_obeys_the_filter_has_its_chips(visit, page):
    app = visit(page, **FILTER)
    assert chips(app) == CHIPS
    app.button(key="chip_true_class").click()
    settled(app)
    assert list(chips(app)) == ["chip_verdict", "chip_metadata_camera"]
    assert "true_class" not in app.query_params
    app.button(key="clear_filters").click()
    settled(app)
    assert chips(app) == {}
    assert set(app.query_params) == {"source"}


def test_export_has_them_where_it_exports_the_filtered_samples(visit):
    assert chips(visit("export", **FILTER)) == {}
    assert chips(visit("export", scope="The filtered ones", **FILTER)) == CHIPS


def test_a_filter_that_lets_none_pass_says_what_is_in_the_way(visit):
    app = visit("samples", verdict="Incorrect", true_class="a_blue", text="png")
    assert "No sample passes this filter. Remove a condition:" in words(app)
    ways = {b.key: b.label for b in app.button if str(b.key).startswith("without_")}
    assert ways == {
        "without_verdict": "without incorrect: 4 samples",
        "without_true_class": "without true\\: blue: 2 samples",
    }
    app.button(key="without_true_class").click()
    settled(app)
    assert app.query_params["verdict"] == "Incorrect"
    assert "true_class" not in app.query_params


def test_metadata_is_chosen_with_its_counts_and_kept_in_the_link(visit):
    app = visit("samples")
    assert options(app, "metadata_camera") == ["any", "north (4)", "south (5)"]
    app.get_by_key("metadata_camera").select("south")
    settled(app)
    assert app.query_params["metadata"] == "camera=south"
    assert app.get_by_key("verdict").options == ["All 5", "Correct 4", "Incorrect 1"]


def test_a_random_order_has_a_seed_in_the_link(visit):
    app = visit("samples")
    assert not [each for each in app.number_input if each.key == "order_seed"]
    app.get_by_key("sort").select("Random order")
    settled(app)
    app.number_input(key="order_seed").set_value(3)
    settled(app)
    assert (app.query_params["sort"], app.query_params["order_seed"]) == ("Random order", "3")


def test_mistakes_compare_the_values_of_a_key(visit):
    app = visit("mistakes", facet="By metadata")
    assert "Key: camera" in [text.replace("\\", "") for text in words(app)]
    (table,) = app.dataframe
    assert table.value["camera"].tolist() == ["north", "south"]
    assert table.value["samples"].tolist() == [4, 5]
    assert table.value["accuracy"].tolist() == [0.75, 0.8]
    assert table.value["95 % interval"].tolist() == ["30–95\u00a0%", "38–96\u00a0%"]
    assert "Not compared: serial (9 values, almost one a sample)." in [
        text.replace("\\", "") for text in words(app)
    ]
