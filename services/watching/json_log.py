"""The log as one JSON object a line."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Final

from services.log_context import log_context

SHORTEST: Final = 8  # characters of a secret that can be told from an ordinary word
HIDDEN: Final = "…"


class JsonFormatter(logging.Formatter):
    """Time, level, logger, event; what is being done; seconds and a traceback where there are any.

    Args:
        secrets: what never stands in a line, whoever logs it. API keys are kept out of all logs
            before, see `redact_logs`.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = [secret for secret in secrets if len(secret) >= SHORTEST]

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: told for name, told in asdict(log_context()).items() if told}
        if isinstance(seconds := getattr(record, "seconds", None), float):
            line["seconds"] = round(seconds, 3)
        if trace := self._trace(record):
            line["trace"] = trace
        return json.dumps({name: self._clean(told) for name, told in line.items()})

    def _trace(self, record: logging.LogRecord) -> str:
        if record.exc_text is not None:  # without the keys that stood in it
            return record.exc_text
        return self.formatException(record.exc_info) if record.exc_info else ""

    def _clean(self, told: object) -> object:
        if isinstance(told, str):
            for secret in self._secrets:
                told = told.replace(secret, HIDDEN)
        return told
