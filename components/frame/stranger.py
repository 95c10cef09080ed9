"""Who is signed in, and what stands in place of a page for whoever is not, or has no role."""

from __future__ import annotations

from typing import Final, NoReturn

import streamlit as st

from components.frame.text import plain
from gradcam import GradcamError
from services import session
from services.errors import NotAllowedError, NotesError, SignedOutError
from services.people.person import Person
from services.people.sign_in import SIGN_OUT, ends_here

_STYLE: Final = """<style>
.st-key-person [data-testid=stHtml] { white-space: nowrap; }
a.way-on { color: inherit; }
</style>"""


def require_person() -> Person:
    """Who is asking; the page ends here for whoever may not see it."""
    try:
        return session.person()
    except (SignedOutError, NotAllowedError, NotesError) as error:
        _turn_away(error)
        st.stop()


def show_closed(reason: str) -> NoReturn:
    """What stands in place of every page of a dashboard that shows nobody anything."""
    st.title("Not open", anchor=False)
    st.markdown(plain(reason))
    st.stop()


def draw_person() -> None:
    """Who one is here, and the way out; nothing on one's own machine."""
    person = session.person()
    if not person.id:
        return
    with st.container(key="person", horizontal=True, width="content"):
        st.html(_STYLE)
        st.text(f"{person.name or person.subject} · {person.role}", width="content")
        if ends_here():
            _link(SIGN_OUT.lstrip("/"), "Sign out")


def _turn_away(error: GradcamError) -> None:
    out, away = isinstance(error, SignedOutError), isinstance(error, NotesError)
    st.html(_STYLE)
    st.title("Signed out" if out else "Not now" if away else "No role here", anchor=False)
    st.markdown(plain(str(error)))
    if out:
        _link("", "Sign in")  # to the same address: the gate leads from there and back again
    elif ends_here():
        _link(SIGN_OUT.lstrip("/"), "Sign in as somebody else")


def _link(to: str, said: str) -> None:
    """A link within this tab; Streamlit's own opens another one."""
    st.html(f'<a class="way-on" href="{to}" target="_self">{said}</a>', width="content")
