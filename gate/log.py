"""How this process writes its log."""

from __future__ import annotations

import logging
from dataclasses import fields
from urllib.parse import unquote, urlsplit

from gate import streamlit_inside
from services.edge_impulse.access import redact_logs
from services.settings import LogForm, Settings, settings


def begin_log() -> None:
    """Write the log as the settings say; keys stay out of it in either form."""
    redact_logs()
    if settings().log is LogForm.JSON:
        from services.watching.json_log import JsonFormatter

        formatter = JsonFormatter(secrets_of(settings()))
        handler = logging.StreamHandler()
        handler.setFormatter(formatter)
        logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
        logging.getLogger("services").setLevel(logging.INFO)
        streamlit_inside.log_with(formatter)


def secrets_of(given: Settings) -> list[str]:
    """What of the settings is never to be shown, however it is written."""
    own = [str(getattr(given, field.name)) for field in fields(given) if not field.repr]
    password = urlsplit(given.database).password or ""
    return [secret for secret in (*own, password, unquote(password)) if secret]
