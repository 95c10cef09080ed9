"""A browser that does not answer has the server draw; one that answers later draws itself."""

import base64
import io
import json
import re

import numpy as np
from PIL import Image

from components.frame import drawing
from services import session
from tests.components.visiting import on_page, words

SAYS = "This browser does not draw the heatmaps, so the server does."


def pictures(app):
    return len(app.get("image"))


def test_a_browser_that_says_nothing_in_time_has_the_server_draw(numpy_app, monkeypatch):
    monkeypatch.setattr(drawing, "PATIENCE", 0.0)
    page = on_page(numpy_app(), "explain")
    assert pictures(page) == 3
    assert SAYS in words(page)
    assert {"alpha", "colormap"} <= {each.key for each in [*page.slider, *page.selectbox]}
    assert "drawing" not in page.query_params  # a colleague's browser may well draw


def test_until_then_the_browser_draws(numpy_app):
    page = on_page(numpy_app(), "explain")
    assert pictures(page) == 0
    assert SAYS not in words(page)
    assert [each.label for each in page.toggle if each.key == "drawing_on_server"]


def test_a_late_answer_counts(numpy_app, monkeypatch):
    monkeypatch.setattr(drawing, "PATIENCE", 0.0)
    page = on_page(numpy_app(), "explain")
    page.session_state["browser_answer"] = drawing.DRAWS
    page.session_state[session.BROWSER_FAILS] = False
    page.run()
    assert pictures(page) == 0


def test_who_chose_the_server_is_not_asked(numpy_app):
    page = on_page(numpy_app(drawing="server"), "explain")
    assert pictures(page) == 3
    assert SAYS not in words(page)
    assert "browser_asked_at" not in page.session_state


def test_the_picture_has_the_levels_that_the_browser_is_asked_for():
    (address,) = re.findall(r"base64,([^\"]+)", drawing.SCRIPT)
    (levels,) = re.findall(r"LEVELS = (\[.*\])", drawing.SCRIPT)
    picture = Image.open(io.BytesIO(base64.b64decode(address))).convert("L")
    np.testing.assert_array_equal(np.asarray(picture)[0], json.loads(levels))
