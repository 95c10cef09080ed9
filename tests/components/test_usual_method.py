"""The project's own method is shown where nobody chose, with the reason; what is chosen stays."""

from pathlib import Path

import keras

from gradcam import GRAD_CAM, METHODS
from services.choices.recipe import UNCHOSEN
from tests.components.visiting import settled, visited, words
from tests.services.media.sound.sounds import beeps_project

HIRES_CAM = METHODS["hires-cam"]
DEMO = Path(__file__).parents[2] / "demo"


def method_of(app):
    """What the select box shows."""
    shown = app.get_by_key("method").value
    return shown if isinstance(shown, str) else shown.title


def reasons(app):
    return [each.value for each in app.sidebar.caption if each.value.startswith("The default is")]


def chosen(app):
    return app.session_state["choices"].recipe.method


def test_of_objects_hires_cam_is_shown_until_somebody_chooses():
    app = visited(DEMO / "marks", "explain")
    assert (method_of(app), chosen(app)) == ("HiResCAM", UNCHOSEN)
    (why,) = reasons(app)
    assert ", the last layer of twice the grid" in why
    app.get_by_key("method").set_value(GRAD_CAM)
    settled(app)
    assert (method_of(app), chosen(app), reasons(app)) == ("Grad-CAM", GRAD_CAM, [])
    assert app.session_state["choices"].to_query()["method"] == "grad-cam"
    app.get_by_key("method").set_value(HIRES_CAM)  # back to the default: nobody's choice again
    settled(app)
    assert (method_of(app), chosen(app), len(reasons(app))) == ("HiResCAM", UNCHOSEN, 1)
    assert "method" not in app.session_state["choices"].to_query()


def test_a_link_that_names_a_method_has_it():
    app = visited(DEMO / "marks", "explain", method="grad-cam")
    assert (method_of(app), chosen(app)) == ("Grad-CAM", GRAD_CAM)


def test_of_pictures_it_is_grad_cam_as_ever_without_a_word():
    app = visited(DEMO / "cars", "explain")
    assert (method_of(app), chosen(app), reasons(app)) == ("Grad-CAM", UNCHOSEN, [])


def test_of_cepstra_the_finer_method_is_recommended_with_its_reason_and_one_click_away(tmp_path):
    folder = beeps_project(tmp_path)
    layers = keras.layers
    keras.Sequential(
        [
            keras.Input((99 * 20,)), layers.Reshape((99, 20)),
            layers.Conv1D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(2, "softmax"),
        ]
    ).save(folder / "model.keras")  # fmt: skip
    app = visited(folder, "explain")
    assert (method_of(app), chosen(app)) == ("HiResCAM", UNCHOSEN)
    (said,) = [text for text in words(app) if "Recommended" in text]
    assert said.startswith("**Recommended: Integrated gradients.** The network takes 20 ")
    app.get_by_key("take_finer").click()
    settled(app)
    app.get_by_key("make_maps").click()
    settled(app)
    assert method_of(app) == "Integrated gradients"
    assert any(text.startswith("✓ Integrated gradients is recommended.") for text in words(app))
    assert not any(button.key == "take_finer" for button in app.button)
