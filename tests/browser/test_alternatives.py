"""A folder with several splits and network files: another one is a choice away, and in the link."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_wrong_input import save_network, save_pictures
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Two networks, one of them a folder deeper; test and training pictures in a wrapper."""
    save_network(tmp_path / "model.keras")
    (tmp_path / "older").mkdir()
    shutil.copyfile(tmp_path / "model.keras", tmp_path / "older" / "*bold*.keras")
    save_pictures(tmp_path / "dataset" / "Test", count=3)
    save_pictures(tmp_path / "dataset" / "Train", count=5)
    return tmp_path


def samples(visitor: Visitor) -> str:
    return visitor.page.get_by_test_id("stMetricValue").nth(1).inner_text()


def test_another_split_and_another_network_are_opened_and_travel_in_the_link(
    visitor: Visitor, new_visitor, several: Path
) -> None:
    visitor.open("project", source=f"folder:{several}")
    assert samples(visitor) == "6"
    visitor.choose("split", "dataset/Train (training), 10 samples").settle()
    expect(visitor.page.get_by_test_id("stMetricValue").nth(1)).to_have_text("10")
    visitor.choose("model", "older/*bold*.keras").settle()
    expect(visitor.page.get_by_text("older/*bold*.keras – chosen by you")).to_be_visible()
    source = visitor.query["source"]
    assert source == f"folder:{several}?split=dataset%2FTrain&model=older%2F%2Abold%2A.keras"
    assert visitor.exceptions() == []

    colleague = new_visitor()
    colleague.open("samples", source=source)
    expect(colleague.page.locator(".board .tile")).to_have_count(10)
    colleague.open("project", source=source)
    colleague.choose("split", "dataset/Test (test), 6 samples").settle()
    expect(colleague.page.get_by_test_id("stMetricValue").nth(1)).to_have_text("6")
    assert "split=" not in colleague.query["source"]
    assert colleague.exceptions() == []


def test_only_training_pictures_are_a_warning(visitor: Visitor, several: Path) -> None:
    shutil.rmtree(several / "dataset" / "Test")
    visitor.open("project", source=f"folder:{several}")
    (notice,) = [each for each in visitor.notices() if "training split" in each]
    assert notice.startswith("data: dataset/Train – the training split, as there is no other")
