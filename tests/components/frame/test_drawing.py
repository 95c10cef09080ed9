"""A browser that does not answer has the server draw; one that answers later draws itself."""

import base64
import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from components.frame import drawing
from services import session
from tests.components.visiting import on_page, words

SAYS = "This browser does not draw the heatmaps, so the server does."


def pictures(app):
    return len(app.get("image"))


def told(app, answer):
    """What the browser answered, or that its time is over."""
    app.session_state["browser_answer"] = answer
    app.session_state[session.BROWSER_FAILS] = answer != drawing.DRAWS
    app.run()
    return app


@pytest.mark.parametrize("answer", [drawing.SILENT, drawing.FAILS])
def test_for_a_browser_that_fails_or_says_nothing_the_server_draws(numpy_app, answer):
    page = told(on_page(numpy_app(), "explain"), answer)
    assert pictures(page) == 3
    assert SAYS in words(page)
    assert {"alpha", "colormap"} <= {each.key for each in [*page.slider, *page.selectbox]}
    assert "drawing" not in page.query_params  # a colleague's browser may well draw
    assert is_asked(page) == (answer == drawing.SILENT)  # who was only slow may still answer


def test_when_its_time_is_over_a_browser_is_silent(monkeypatch):
    state = {}
    monkeypatch.setattr(drawing.st, "session_state", state)
    monkeypatch.setattr(drawing.st, "rerun", lambda: state.setdefault("reruns", []).append(1))
    wait = drawing._wait.__wrapped__
    state["browser_asked"] = True
    wait()  # beside the page
    assert "browser_answer" not in state
    wait()  # its own time
    assert (state["browser_answer"], state[session.BROWSER_FAILS]) == (drawing.SILENT, True)
    assert state["reruns"] == [1]


def is_asked(app):
    return any(part.proto.component_name == "gradcam.probe" for part in app.get("bidi_component"))


def test_until_then_the_browser_draws(numpy_app):
    page = on_page(numpy_app(), "explain")
    assert pictures(page) == 0
    assert SAYS not in words(page)
    assert [each.label for each in page.toggle if each.key == "drawing_on_server"]


def test_a_late_answer_counts(numpy_app):
    page = told(on_page(numpy_app(), "explain"), drawing.SILENT)
    told(page, drawing.DRAWS)
    assert pictures(page) == 0
    assert not is_asked(page)


def test_who_chose_the_server_is_not_asked(numpy_app):
    page = on_page(numpy_app(drawing="server"), "explain")
    assert pictures(page) == 3
    assert SAYS not in words(page)
    assert "browser_asked" not in page.session_state


def test_the_picture_has_the_levels_that_the_browser_is_asked_for():
    (address,) = re.findall(r"base64,([^\"]+)", drawing.SCRIPT)
    (levels,) = re.findall(r"LEVELS = (\[.*\])", drawing.SCRIPT)
    picture = Image.open(io.BytesIO(base64.b64decode(address))).convert("L")
    np.testing.assert_array_equal(np.asarray(picture)[0], json.loads(levels))


def test_an_answer_has_the_widgets_told_their_values_again(monkeypatch):
    state = {"told": {"method"}}
    monkeypatch.setattr(drawing.st, "session_state", state)
    monkeypatch.setattr(drawing, "sent_by", lambda *_: drawing.DRAWS)
    drawing._take()  # the run that follows replaces what the browser may not have drawn yet
    assert state["told"] == set()
    assert state["browser_answer"] == drawing.DRAWS
