"""How much of what people upload is kept in memory, said before they do."""

from __future__ import annotations

from services.numbers import counted
from services.settings import settings


def upload_limit_said() -> str:
    """In a sentence with the way out; "" where there is no limit.

    The gate refuses what is more, and of that Streamlit's page shows no more than a red mark.
    """
    given = settings()
    limits = [
        f"{counted(round(most / 1e6), 'MB', 'MB')} {whose}"
        for most, whose in (
            (given.upload_bytes, "for this tab"),
            (given.upload_bytes_person, "for your tabs together"),
        )
        if most
    ]
    if not limits:
        return ""
    return (
        f"At most {' and '.join(limits)} are taken; a file with a red mark was one too many: "
        "remove others by their ✕, or close tabs."
    )
