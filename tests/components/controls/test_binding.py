"""A control that has nothing to choose is told, not drawn."""

from streamlit.testing.v1 import AppTest

from tests.waiting import PATIENCE


def page(options: list) -> None:
    from components.controls.binding import segments, select

    select("Layer", "layer", options, options[0], say=lambda name: f"{name}_*1*")
    segments("Method", "reduction", options, options[0])


def drawn(options):
    app = AppTest.from_function(page, kwargs={"options": options}, default_timeout=PATIENCE).run()
    assert not app.exception
    return app


def test_the_only_option_is_told_as_text():
    app = drawn(["conv"])
    assert not app.selectbox
    assert not app.button_group
    (said,) = [each.value for each in app.caption]
    assert said.replace("\\", "") == "Layer: conv_*1*"
    assert "\\*" in said  # as text, whatever the data calls it


def test_of_two_one_can_be_chosen():
    app = drawn(["conv", "relu"])
    assert [box.label for box in app.selectbox] == ["Layer"]
    assert len(app.button_group) == 1
    assert not app.caption
