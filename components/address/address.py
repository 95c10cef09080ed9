"""The address of the view: one entry in the browser's history a page and a deliberate step.

Streamlit writes an entry for each change of the link and never says which; so the link goes to the
browser as data, and is written there by our own rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from components.programs.programs import browser_component
from services import session
from services.choices.choices import STEPPED, Choices

_KEY = "address"
_mount = browser_component(
    "address",
    Path(__file__).parent,
    ("address.js",),
    "address.css",
    html='<button type="button" title="Copy the link to this view"><span>Copy link</span></button>',
    style_first=True,
)


def address(page: str, query: Mapping[str, str], *, opened: bool, settled: bool) -> None:
    """Write the link of a page's view, and draw the button that copies it.

    Args:
        page: its path.
        query: the parameters of its link.
        opened: whether its project is open; until then the address stays as it was asked for.
        settled: whether the view stands, so that what follows is another one.
    """
    _draw(page=page, query=urlencode(query), opened=opened, settled=settled)


def leads_to(page: str) -> None:
    """Show another page in place of this one, with the same parameters.

    Args:
        page: its path.
    """
    _draw(leads_to=page)


def _draw(*, leads_to: str = "", **view: str | bool) -> None:
    default = Choices()
    data: dict[str, Any] = {
        **view,
        "leads_to": leads_to,
        "stepped": STEPPED,
        "defaults": {name: default.value(name) for name in session.LIVE_IN_BROWSER},
    }
    _mount(data=data, key=_KEY, width="content")
