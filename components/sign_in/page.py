"""The page for whoever is not signed in, and for what needs no more than a sentence."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, Template

_HERE: Final = Path(__file__).parent
_ICON: Final = Path(__file__).parents[2] / "docs" / "icon.svg"


@dataclass(frozen=True)
class WayIn:
    """A way on, as a button.

    Attributes:
        said: its words.
        link: where it leads.
    """

    said: str
    link: str


def sign_in_page(
    title: str,
    *,
    lines: Sequence[str] = (),
    why: str = "",
    form: str = "",
    link: str = "/",
    ways: Sequence[WayIn] = (),
    again: int = 0,
) -> str:
    """As HTML that asks the server for nothing else.

    Args:
        title: of the page.
        lines: what to do.
        why: what happened that leads here, in a sentence.
        form: where a token that is typed goes; "" for none.
        link: where the person wanted to go.
        ways: buttons.
        again: seconds after which the browser tries again by itself; 0 for never.
    """
    return _template().render(
        title=title,
        lines=lines,
        why=why,
        form=form,
        next=link,
        ways=ways,
        again=again,
        icon=_icon(),
    )


@cache
def _template() -> Template:
    environment = Environment(loader=FileSystemLoader(_HERE), autoescape=True)
    return environment.get_template("page.html")


@cache
def _icon() -> str:
    """The icon within the page: nothing else is served to whoever is not signed in."""
    return f"data:image/svg+xml;base64,{b64encode(_ICON.read_bytes()).decode()}"
