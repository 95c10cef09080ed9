"""Times as the person at the browser reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def moment(kept: str) -> str:
    """`30 Nov, 10:31` on the person's own clock.

    Args:
        kept: a time as ISO 8601.
    """
    when = datetime.fromisoformat(kept).astimezone(_zone())
    return f"{when.day} {when:%b, %H:%M}"


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):  # whatever a browser may say
        return ZoneInfo(str(UTC))
