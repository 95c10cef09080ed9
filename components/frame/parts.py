"""Parts of a page that are drawn again alone, where a choice changes nothing else on it.

A run of the whole page costs three times as much. Whoever changes such a choice names the parts
that show it; where one of them is not on the page, the whole page is drawn again, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import streamlit as st

from services import session

P = ParamSpec("P")
R = TypeVar("R")
_DRAWN: Final = "parts_drawn"  # names of those that the last run of the whole page drew


def begin_page() -> None:
    """Forget the parts of the page before; called once a run of a whole page."""
    st.session_state[_DRAWN] = set()


def part(name: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a part of what a function draws; it gets a container of its own.

    Args:
        name: of the part, one a page.
    """

    def made(draw: Callable[P, R]) -> Callable[P, R]:
        @wraps(draw)
        def alone(*args: P.args, **kwargs: P.kwargs) -> R:
            session.follow_browser()  # what changed there since, as at the start of a page
            return draw(*args, **kwargs)

        drawn: Callable[P, R] = st.fragment(alone, key=name)

        @wraps(draw)
        def within_page(*args: P.args, **kwargs: P.kwargs) -> R:
            st.session_state.setdefault(_DRAWN, set()).add(name)
            return drawn(*args, **kwargs)

        return within_page

    return made


def redraw(name: str, *others: str) -> None:
    """Have a part drawn again alone, if it is on the page, with those of others that are.

    Ends the callback that calls it; the whole page is drawn again where the part is not there.
    """
    drawn = st.session_state.get(_DRAWN, set())
    if name in drawn:
        st.rerun([name, *(other for other in others if other in drawn)])
