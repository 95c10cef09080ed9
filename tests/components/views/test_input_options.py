"""What a person chooses of the input on the Project page, and what the link then says."""

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from services.settings import settings
from tests.components.visiting import options, settled, visited, words
from tests.services.projects import BLUE, RED, blue_or_red, pointwise, solid


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "colours"
    for number in range(3):
        solid(folder / "blue" / f"{number}.png", BLUE)
        solid(folder / "red" / f"{number}.png", RED)
    blue_or_red().save(folder / "model.keras")
    return folder


def changed(app, key, value, shown=None):
    app.get_by_key(key).set_value(value)
    settled(app)
    assert app.get_by_key(key).value == (value if shown is None else shown)


def linked(app):
    """What the link says of the input."""
    source = app.query_params["source"]
    source = source[0] if isinstance(source, list) else source
    return {name: values[0] for name, values in parse_qs(urlsplit(source).query).items()}


def test_one_change_says_no_more_than_itself_in_the_link(folder):
    app = visited(folder, "project")
    assert "plain-bilinear" in options(app, "resize_method")
    changed(app, "resize_method", "plain-bilinear")
    assert linked(app) == {"resize_method": "plain-bilinear"}
    changed(app, "exif", "ignored")
    assert linked(app) == {"resize_method": "plain-bilinear", "exif": "ignored"}
    assert any("EXIF orientation ignored" in text for text in words(app))


def test_numbers_are_typed_and_taken_away_again(folder):
    app = visited(folder, "project")
    assert "mean-and-deviation" not in options(app, "scaling")
    changed(app, "mean", "0.5, 0.5, 0.4")
    said = {"scaling": "mean-and-deviation", "color": "rgb", "mean": "0.5, 0.5, 0.4"}
    assert linked(app) == said
    assert app.get_by_key("scaling").value == "mean-and-deviation"
    changed(app, "deviation", "0.25")
    assert linked(app) == {**said, "deviation": "0.25"}
    expected = "less 127.5, 127.5, 102, divided by 63.75"
    assert any(expected in text.replace("\\", "") for text in words(app)), words(app)
    changed(app, "deviation", "", shown="255")  # nothing said: divided by 1 of 0..1
    changed(app, "mean", "")
    assert set(linked(app)) == {"color"}


def test_numbers_that_are_none_leave_what_is_open_with_a_sentence(folder):
    app = visited(folder, "project")
    app.get_by_key("mean").set_value("a half")
    settled(app)
    said = [each.value for each in [*app.error, *app.warning, *app.toast, *app.info]]
    assert any("'a half' is no list of numbers" in text.replace("\\", "") for text in said), said
    assert linked(app) == {}


def test_ready_tensors_have_nothing_to_choose_and_are_shown(tmp_path):
    folder = tmp_path / "tensors"
    folder.mkdir()
    kernel = [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    model = pointwise(kernel, [0, 0], np.eye(2) * 4, [0, 0], activation="softmax", size=8)
    model.save(folder / "model.keras")
    for label, channel in (("first", 0), ("last", 3)):
        (folder / label).mkdir()
        for number in range(2):
            tensor = np.zeros((8, 8, 4), np.float32)
            tensor[number:, :, channel] = 3.0
            np.save(folder / label / f"{number}.npy", tensor)
    app = visited(folder, "project")
    assert any("ready tensors, as they are" in text for text in words(app))
    with pytest.raises(KeyError):
        app.get_by_key("scaling")
    for page in ("samples", "explain", "layers", "network"):
        visited(folder, page)
