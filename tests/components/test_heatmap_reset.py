"""The heatmap's controls say that they were changed, and go back."""

from streamlit.testing.v1 import AppTest

from services.choices.choices import Choices


def script(choices):
    import streamlit as st

    from components.controls.heatmap import _heading
    from services import session

    if "choices" not in st.session_state:
        session.replace_choices(choices)
    _heading()


def page_of(**changed):
    return AppTest.from_function(script, args=(Choices().having(**changed),)).run()


def test_a_default_heatmap_has_nothing_to_reset():
    page = page_of(network="second", alpha=0.8, verdict="Incorrect")
    assert page.subheader[0].value == "Heatmap"
    assert len(page.button) == 0


def test_a_changed_one_has_a_dot_and_goes_back_alone():
    page = page_of(network="second", percentile=95.0, target="true", alpha=0.8)
    assert page.subheader[0].value.endswith("[●]")
    page.button(key="reset_heatmap").click().run()
    assert page.subheader[0].value == "Heatmap"
    assert page.session_state["choices"] == Choices().having(network="second", alpha=0.8)
