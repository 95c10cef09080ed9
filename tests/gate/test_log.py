"""The log of a whole process: one JSON object a line whoever writes it, and no secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

from gate.log import secrets_of
from services.settings import settings

ROOT = Path(__file__).parents[2]
KEY = "ei_" + "0123456789abcdef" * 4
SECRETS = {
    "GRADCAM_SECRET": "signs-the-cookies-of-people",
    "GRADCAM_TOKEN": "lets-whoever-has-it-come-in",
    "GRADCAM_PROXY_SECRET": "proves-that-it-is-the-proxy",
    "GRADCAM_METRICS_TOKEN": "lets-prometheus-come-by",
    "GRADCAM_DATABASE": "postgresql+psycopg://ann:pass%40word-of-ann@host/gradcam",
}
PLANTED = (KEY, *list(SECRETS.values())[:-1], "pass%40word-of-ann", "pass@word-of-ann")
PROGRAM = f"""
import logging, sys
from streamlit.logger import get_logger
early = get_logger("streamlit.early")
from gate.log import begin_log
begin_log()
planted = {PLANTED!r}
for name in ("services.work", "anybody.else", "streamlit.early"):
    for secret in planted:
        logging.getLogger(name).warning("it said %s", secret)
late = get_logger("streamlit.late")
try:
    raise ValueError("".join(planted))
except ValueError:
    late.exception("it failed")
logging.getLogger("services.work").info("a page", extra={{"seconds": 0.5}})
logging.getLogger("anybody.else").info("nobody asked for this")
"""


def test_every_line_is_json_and_none_holds_a_secret():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, **SECRETS, "GRADCAM_LOG": "json"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines].count("it said …") >= 15
    assert {"services.work", "anybody.else", "streamlit.early", "streamlit.late"} == {
        line["logger"] for line in lines
    }
    (failed,) = [line for line in lines if line["level"] == "error"]
    assert "ValueError" in failed["trace"]
    assert lines[-1] == {**lines[-1], "event": "a page", "seconds": 0.5}
    assert [secret for secret in PLANTED if secret in done.stderr] == []


def test_a_new_secret_among_the_settings_is_kept_out_as_well(monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    assert set(PLANTED) - {KEY} <= set(secrets_of(settings()))
