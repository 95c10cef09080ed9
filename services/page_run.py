"""A run of a page, as metrics and the log have it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services import session
from services.asking import tab
from services.log_context import log_about, log_hash
from services.metrics import RUN_SECONDS
from services.settings import LogForm, settings

log = logging.getLogger(__name__)


@contextmanager
def page_run(page: str) -> Iterator[None]:
    """Count how long the block takes, and log it where the log is for machines.

    Args:
        page: its path.
    """
    started = time.perf_counter()
    _tell(page)
    try:
        yield
    finally:
        seconds = time.perf_counter() - started
        RUN_SECONDS.observe(seconds, page)
        _tell(page)  # the run may have opened another project
        log.info("page drawn", extra={"seconds": seconds})


def _tell(page: str) -> None:
    """Have what is logged meanwhile say who looks at what, in hashes."""
    if settings().log is LogForm.JSON:
        secret = settings().secret
        log_about(
            page=page,
            person=log_hash(session.person().id, secret),
            session=log_hash(tab(), secret),
            project=log_hash(session.choices().source, secret),
        )
