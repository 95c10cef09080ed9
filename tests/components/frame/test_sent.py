import streamlit as st

from components.programs.sent import sent_by


def test_an_answer_that_comes_after_its_page_is_passed_over():
    assert sent_by("a component whose page is gone", "answer") is None
    st.session_state["one that is there"] = {"answer": 4}
    assert sent_by("one that is there", "answer") == 4
    assert sent_by("one that is there", "other") is None
