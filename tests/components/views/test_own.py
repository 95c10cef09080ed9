"""A picture of one's own on Explain, without a browser."""

import io
import json

import pytest
from PIL import Image

from services.own.pictures import OwnPicture
from services.settings import settings
from tests.components.visiting import settled, visited, words
from tests.services import projects

PICTURES = {"red/a.png": projects.RED, "blue/b.png": projects.BLUE}


def own(name="mine.png", color=(200, 30, 0)):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), color).save(file, "PNG")
    return OwnPicture(name, file.getvalue())


@pytest.fixture
def app(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    projects.blue_or_red().save(tmp_path / "built.keras")
    told = '[input]\nscaling = "0..1"\n'
    folder = projects.folder_project(tmp_path / "shop", tmp_path / "built.keras", PICTURES, told)
    yield visited(folder, "explain")
    settings.cache_clear()


def boards(app):
    protos = [each.proto for each in app.get("bidi_component")]
    return {p.id.rsplit("-", 1)[-1]: json.loads(p.json) for p in protos if '"groups"' in p.json}


def test_a_file_that_is_chosen_is_explained_and_left_again(app):
    picture = own()
    app.get_by_key("own_file").upload("mine.png", picture.content, "image/png")
    settled(app)
    assert app.query_params["sample"] == picture.id
    assert any("your own picture, not labelled" in each for each in words(app))
    assert "Nearest samples" in words(app)
    shown = boards(app)
    near = [tile["id"] for tile in shown["nearest"]["groups"][0]["tiles"]]
    assert near == ["red/a.png", "blue/b.png"]
    assert shown["viewer"]["groups"][0]["tiles"][2]["shows"] == "overlay"
    app.button("leave_own").click()
    settled(app)
    assert "Nearest samples" not in words(app)
    app.button(f"show_{picture.id}").click()
    settled(app)
    assert "Nearest samples" in words(app)


def test_what_cannot_be_read_is_a_sentence_and_changes_nothing(app):
    app.get_by_key("own_file").upload("mine.png", b"no picture", "image/png")
    settled(app)
    assert any(each.startswith("mine\\.png cannot be explained") for each in words(app))
    assert "sample" not in app.query_params


def test_a_link_to_the_picture_of_another_session_says_what_to_do(app):
    app.session_state["choices"] = app.session_state["choices"].having(sample=own().id)
    settled(app)
    assert any("kept for one session only" in each for each in words(app))
    assert "Nearest samples" not in words(app)
