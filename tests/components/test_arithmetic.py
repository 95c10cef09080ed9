"""Switching how a network of whole numbers rounds: in the head of every page, and in the link."""

import pytest
from streamlit.testing.v1 import AppTest

from gradcam import Arithmetic
from services.keeping.store import BoundedStore
from services.predictions import both_arithmetics
from services.settings import settings
from tests.components.visiting import APP, on_page, settled, words
from tests.gradcam.backends.numpy_network import NumpyNetwork
from tests.services.rounded import rounded_project
from tests.waiting import PATIENCE


@pytest.fixture
def app(monkeypatch, tmp_path):
    source = rounded_project(tmp_path / "project", monkeypatch)
    monkeypatch.setattr(both_arithmetics, "_others", BoundedStore(4))
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
    settings.cache_clear()

    def app(**query):
        opened = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        for name, value in {"source": str(source), **query}.items():
            opened.query_params[name] = value
        settled(opened)
        return opened

    yield app
    settings.cache_clear()


def shown_network(page):
    return page.session_state["choices"].recipe.arithmetic


def test_a_link_names_the_arithmetic_and_every_page_says_it(app):
    page = app(arithmetic="microcontroller")
    for name in ("project", "samples", "explain", "mistakes", "layers", "network"):
        on_page(page, name)
        assert [each.label for each in page.get("menu_button")] == ["as on a microcontroller"], name
    assert shown_network(page) is Arithmetic.MICROCONTROLLER


def said(page):
    return " ".join(each.replace("\\", "") for each in words(page))


def test_mistakes_lists_what_changes_and_samples_and_explain_say_it(app):
    page = on_page(app(facet="By arithmetic"), "mistakes")
    assert "Compare the arithmetics" in [each.label for each in page.button]
    page.button(key="make_arithmetics").click()
    settled(page)
    assert "As on a microcontroller 7 of 12 samples get another answer" in said(page)
    table = page.dataframe[0].value
    assert list(table.columns[:4]) == [
        "sample", "true", "as on a phone or PC", "as on a microcontroller",
    ]  # fmt: skip
    changed = list(table["sample"])
    page.button(key="browse_changed").click()
    settled(page)
    choices = page.session_state["choices"]
    assert choices.filter.changes
    assert "answer changes with the arithmetic" in {each.label for each in page.button}
    on_page(page, "explain")
    assert any("The answer changes." in each.value.replace("\\", "") for each in page.warning)
    assert len(changed) == 7


def test_a_link_to_the_changed_ones_has_them_computed(app):
    page = on_page(app(changes="1"), "samples")
    assert "Compare the arithmetics" in [each.label for each in page.button]
    page.button(key="make_arithmetics").click()
    settled(page)
    assert "Compare the arithmetics" not in [each.label for each in page.button]
    assert "No sample passes" not in said(page)


def test_a_network_of_one_arithmetic_offers_nothing_of_it(numpy_app):
    page = numpy_app(NumpyNetwork)
    for name in ("samples", "explain", "mistakes"):
        on_page(page, name)
        assert not page.get("menu_button")
        assert "make_arithmetics" not in {button.key for button in page.button}
        assert "changes" not in {toggle.key for toggle in page.toggle}
