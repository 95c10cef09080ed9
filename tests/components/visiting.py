"""The app, run by a person without a browser."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "dashboard.py"


def visited(folder, page, **query):
    """The app on a page, once nothing is on its way."""
    app = AppTest.from_file(str(APP), default_timeout=300)
    app.query_params["source"] = f"folder:{folder}"
    for name, value in query.items():
        app.query_params[name] = value
    settled(app)
    app.switch_page(f"pages/{page}.py")
    settled(app)
    return app


def settled(app):
    """Run until nothing is on its way; a run waits a little for what it began."""
    for _ in range(5000):
        app.run()
        assert not app.exception, [(each.value, each.stack_trace) for each in app.exception]
        if not any(str(button.key).startswith("stop_") for button in app.button):
            return
    raise AssertionError("the page is still busy")


def on_page(app, page):
    """An app that runs already, on another page."""
    app.switch_page(f"pages/{page}.py")
    settled(app)
    return app


def words(app):
    """All that the page says in markdown, captions, metrics and sub-headings."""
    said = [*app.markdown, *app.caption, *app.subheader, *app.info, *app.warning, *app.error]
    return [each.value for each in said]


def board_titles(app):
    """Titles of the groups of all boards, as the browser gets them."""
    parts = [part.proto for part in app.get("bidi_component")]
    boards = [json.loads(part.json) for part in parts if part.component_name == "gradcam.board"]
    return [group["title"] for board in boards for group in board["groups"]]


def sent(app):
    """Bytes of all that the page tells the browser, but for the components' programs."""
    every = (each.proto for part in (app.main, app.sidebar) for each in part)
    return sum(proto.ByteSize() for proto in every if proto and not _is_programs(proto))


def _is_programs(proto):
    return getattr(proto, "component_name", "") == "gradcam.programs"


def options(app, key):
    return app.get_by_key(key).options
