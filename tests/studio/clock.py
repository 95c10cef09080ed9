"""Moments as the API writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def after(moment: datetime) -> datetime:
    """Now, but at least a millisecond after a moment, which is what the API can tell apart."""
    return max(now(), moment + timedelta(milliseconds=1))


def written(moment: datetime) -> str:
    """`2026-01-01T00:00:00.000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + (
        f"{moment.microsecond // 1000:03d}Z"
    )
