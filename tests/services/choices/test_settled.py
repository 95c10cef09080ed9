"""A method that nobody chose: the project's own, whatever the project; what was chosen stays."""

import pytest

from gradcam import GRAD_CAM, METHODS
from services.choices.choices import Choices
from services.choices.recipe import UNCHOSEN, Recipe

HIRES_CAM = METHODS["hires-cam"]


def test_where_nobody_chose_the_project_s_own_is_taken():
    assert Recipe().settled(HIRES_CAM).method == HIRES_CAM
    assert Recipe().settled(GRAD_CAM) == Recipe(method=GRAD_CAM)


def test_what_somebody_chose_stays():
    for method in (GRAD_CAM, METHODS["rise"]):
        assert Recipe(method=method).settled(HIRES_CAM) == Recipe(method=method)


def test_settings_are_those_of_grad_cam_until_a_project_is_there():
    """As an old link says them, which names no method."""
    asked = Choices().adopting({"method_settings": "pooling=sum_abs"}).recipe
    assert asked.method == UNCHOSEN
    assert asked.settled(GRAD_CAM).settings == {"pooling": "sum_abs"}
    assert asked.settled(HIRES_CAM).method_settings == ""


@pytest.mark.parametrize("name", ["grad-cam", "hires-cam"])
def test_a_link_says_what_was_chosen_and_nothing_else(name):
    assert "method" not in Choices().to_query()
    chosen = Choices().changed("method", METHODS[name])
    assert chosen.to_query()["method"] == name
    assert Choices().adopting({"method": name}).recipe.settled(HIRES_CAM).method.name == name


def test_no_link_names_the_choice_of_nobody():
    assert Choices().adopting({"method": "default"}) == Choices()
