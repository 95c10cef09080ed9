"""A step of the scale on Explain: what is drawn again, what is sent, what is worked out."""

import json
import subprocess
import sys

import pytest

from components.controls import stepper
from services.keeping.derived import Derived
from tests.components.visiting import APP, on_page

LARGEST = 1200  # bytes of a component's message beside its data


@pytest.fixture
def explain(numpy_app):
    return on_page(numpy_app(), "explain")


def components(app):
    """Messages of the browser components, by their keys."""
    protos = [each.proto for each in app.get("bidi_component")]
    return {proto.id.rsplit("-", 1)[-1]: proto for proto in protos}


def step(app, percentile):
    app.get_by_key("percentile").set_value(percentile)
    app.run()
    assert not app.exception
    return app


def test_only_what_shows_the_scale_is_drawn_again(explain):
    whole = components(explain)
    assert {"viewer", "scores", "keys", "address"} <= set(whole)
    before = json.loads(whole["viewer"].json)
    step(explain, 95.0)
    assert set(components(explain)) == {"viewer", "address"}
    assert not explain.selectbox
    assert [each.value for each in explain.subheader] == ["Heatmap :primary[●]"]
    after = json.loads(components(explain)["viewer"].json)
    assert after["legend"] != before["legend"]
    told = json.loads(components(explain)["address"].json)
    assert "percentile=95" in told["query"]


def test_from_one_percentile_to_the_next_the_heading_stays(explain):
    step(explain, 95.0).run()  # the whole page again
    step(explain, 97.0)
    assert not explain.subheader


def test_where_the_picture_is_not_alone_the_whole_page_is_drawn_again(numpy_app):
    app = on_page(numpy_app(view="Methods side by side"), "explain")
    step(app, 95.0)
    assert {"methods", "keys", "address"} <= set(components(app))


def test_on_another_page_the_parts_of_the_last_one_are_forgotten(numpy_app):
    app = on_page(on_page(numpy_app(tiles="Overlay"), "explain"), "samples")
    step(app, 95.0)
    assert app.get_by_key("percentile").value == 95.0


def test_the_list_of_samples_is_put_into_words_once(explain, monkeypatch):
    monkeypatch.setattr(stepper, "_options", Derived(stepper.LISTS))
    said = []
    line = stepper._line
    monkeypatch.setattr(stepper, "_line", lambda *of: said.append(of[1]) or line(*of))
    explain.run()
    assert sorted(said) == [0, 1, 2]
    options = explain.get_by_key("sample").options
    explain.button("next").click().run()
    assert explain.get_by_key("sample").options == options
    assert len(said) == 3


def test_pictures_are_sent_once_and_programs_not_at_all(explain):
    protos = components(explain)
    for key in ("viewer", "scores", "keys", "address"):
        assert len(protos[key].js_content) + len(protos[key].css_content) < LARGEST
    viewer = json.loads(components(explain)["viewer"].json)
    (group,) = viewer["groups"]
    original, heatmap, overlay = group["tiles"]
    assert original["picture"] == heatmap["picture"] == overlay["picture"]
    assert heatmap["heat"] == overlay["heat"] != original["picture"]
    assert len(viewer["pictures"]) == 2
    programs = json.loads(components(explain)["programs"].bytes)
    assert set(programs) == {"address", "board", "ear", "keys", "listening"}
    assert "drawnBy" in programs["board"]["script"]


def test_streamlit_looks_for_no_garbage_after_a_run_wherever_it_is_started(tmp_path):
    code = (
        "from streamlit import config; "
        f"config._main_script_path = {str(APP)!r}; "  # as `streamlit run` does
        "config.get_config_options(force_reparse=True); "
        "print(config.get_option('runner.postScriptGC'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
