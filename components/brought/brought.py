"""Drop and paste, which Streamlit's own file field takes only on itself, or not at all."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from components.programs.sent import sent_by

_mount = st.components.v2.component(
    "gradcam.brought",
    html='<div class="brought" hidden></div>',
    js=(Path(__file__).parent / "brought.js").read_text(encoding="utf-8"),
)


def brought_files(
    key: str, largest: int, take: Callable[[str, bytes], None], refuse: Callable[[str], None]
) -> None:
    """Take files that are dropped on the page or pasted.

    Args:
        key: of the component on its page.
        largest: bytes of a file; a larger one is not sent.
        take: gets the name of a file and its bytes.
        refuse: gets the name of one that is too large.
    """

    def brought() -> None:
        told = sent_by(key, "brought")
        if isinstance(told, dict):
            try:
                content = base64.b64decode(str(told.get("content", "")), validate=True)
            except binascii.Error:
                content = b""
            take(str(told.get("name", "")), content)

    def refused() -> None:
        told = sent_by(key, "refused")
        if isinstance(told, dict):
            refuse(str(told.get("name", "")))

    _mount(data={"largest": largest}, key=key, on_brought_change=brought, on_refused_change=refused)
