import tomllib

import pytest

from services import session
from services.settings import settings
from tests.components.visiting import settled, visited, words
from tests.services import projects

FEW = {"testing/red/0.png": projects.RED, "testing/blue/0.png": projects.BLUE}
MANY = {
    f"testing/{name}/{i}.png": (*colour[:2], max(colour[2] - i, 0))
    for name, colour in (("red", projects.RED), ("blue", projects.BLUE))
    for i in range(10)
}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADCAM_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADCAM_FOLDERS", raising=False)
    monkeypatch.setattr(session, "is_on_this_machine", lambda: True)  # a test has no address
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def opened(tmp_path):
    """The Project page of a folder with some pictures."""

    def opened(pictures, manifest=""):
        model = tmp_path / "built.keras"
        projects.blue_or_red().save(model)
        folder = projects.folder_project(tmp_path / "shop", model, pictures, manifest)
        return visited(folder, "project"), folder

    return opened


def guesses(app):
    return [each.value for each in app.warning if "a guess" in each.value]


def test_a_guess_is_a_warning_until_a_person_confirms_it(opened):
    app, _ = opened(FEW)
    assert "0\\.\\.1, rgb" in guesses(app)[0]
    assert any("is a guess" in each for each in words(app))
    app.button("confirm_preprocessing").click()
    settled(app)
    assert guesses(app) == []
    assert str(app.query_params["source"]).rstrip("'] ").endswith("?scaling=0..1&color=rgb")
    assert "confirm_preprocessing" not in {button.key for button in app.button}


def test_a_confirmation_is_saved_in_the_folder(opened):
    app, folder = opened(FEW, '# mine\nclasses = ["blue", "red"]  # by hand\n')
    app.button("save_preprocessing").click()
    settled(app)
    text = (folder / "project.toml").read_text()
    assert text.startswith('# mine\nclasses = ["blue", "red"]  # by hand\n')
    told = tomllib.loads(text)["input"]
    assert (told["scaling"], told["color"]) == ("0..1", "rgb")
    assert guesses(app) == []
    assert any("from the project" in each for each in words(app))


def test_from_another_machine_it_is_offered_as_a_download(opened, monkeypatch):
    monkeypatch.setattr(session, "is_on_this_machine", lambda: False)
    app, _ = opened(FEW)
    assert "save_preprocessing" not in {button.key for button in app.button}
    assert app.get("download_button")[0].proto.label == "Download project.toml"


def test_on_a_server_for_several_it_is_offered_as_a_download(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("GRADCAM_FOLDERS", str(tmp_path))
    settings.cache_clear()
    app, folder = opened(FEW)
    assert "save_preprocessing" not in {button.key for button in app.button}
    assert app.get("download_button")[0].proto.label == "Download project.toml"
    assert not (folder / "project.toml").exists()


def test_what_speaks_for_it_is_shown_with_its_figure(opened):
    app, _ = opened(MANY)
    (table,) = [each.value for each in app.table]
    assert list(table.index) == ["labels"]
    assert table["figure"]["labels"].endswith("% on 20 pictures")
    tried = next(each.value for each in app.dataframe if "in use" in each.value)
    assert tried["in use"].tolist()[0] == "✓"


def test_figures_on_the_pictures_that_chose_the_scaling_say_so(opened):
    app, _ = opened(MANY)
    said = [each for each in words(app) if "Optimistic: " in each]
    (one,) = said
    assert "chosen on 20 pictures of the same test set" in one
    told, _ = opened(MANY, '[input]\nscaling = "0..1"\n')
    assert not [each for each in words(told) if "Optimistic: " in each]


def test_what_the_project_tells_is_verified_in_the_background(opened):
    app, _ = opened(MANY, '[input]\nscaling = "0..1"\n')
    said = words(app)
    assert any("**From the project**; verified on 20 samples" in each for each in said)
    assert any("[Preprocessing verified on 20 samples](#preprocessing)" in each for each in said)


def test_what_the_project_tells_wrongly_is_a_warning_with_the_way_out(opened):
    app, _ = opened(MANY, '[input]\nscaling = "0..1"\ncolor = "bgr"\n')
    (warning,) = [each.value for each in app.warning if "significantly better" in each.value]
    assert warning.startswith("The preprocessing is from the project, but 0\\.\\.1, rgb does")
    app.button("take_better").click()
    settled(app)
    assert "color=rgb" in str(app.query_params["source"])
    assert not [each for each in app.warning if "significantly better" in each.value]
