"""What stands above every page: its title, the project with its figure, the way to others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.address.address import address
from components.frame import shell
from components.frame.jobs import draw_own_jobs
from components.frame.parts import part
from components.frame.stranger import draw_person
from components.frame.text import plain
from gradcam import Arithmetic, GradcamError
from services import session
from services.landing import Recent, Visit
from services.opening.opening import Opened
from services.sources.reference import parse_reference

ADDRESS: Final = "address_part"
SWITCH: Final = "project_switch"
ARITHMETIC: Final = "arithmetic_switch"
STYLE: Final = """<style>
.st-key-header h1 { font-size: 1.75rem; padding: 0; line-height: 1.3; }
.st-key-header [data-testid=stMarkdown] p { white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
.st-key-about { flex: 0 1 auto; justify-content: flex-end; }
</style>"""


def header(visit: Visit) -> None:
    """Draw it, name the browser's tab, and write the link of the view into the address."""
    opened, page = visit.opened, shell.page_title()
    name = opened.project.name if opened else "Grad-CAM"
    st.set_page_config(page_title=f"{page} · {name}")
    st.html(STYLE)
    with st.container(
        key="header",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        own = opened is not None and shell.on_project_page()
        st.title(plain(name) if own else page, anchor=False, width="content")
        with st.container(
            key="about",
            horizontal=True,
            horizontal_alignment="right",
            vertical_alignment="center",
            width="content",
        ):
            if opened is not None:
                _about(opened, named=not own)
            draw_own_jobs()
            draw_person()
            settled = opened is not None and visit.waiting is None
            with st.container(width="content"):
                _address(shell.page_path(), opened=opened is not None, settled=settled)


@part(ADDRESS)
def _address(page: str, *, opened: bool, settled: bool) -> None:
    """The link of the view; what is not open keeps the address that it was asked for by."""
    address(page, session.publish(), opened=opened, settled=settled)


def _about(opened: Opened, *, named: bool) -> None:
    """Which project it is, where it comes from, how good it is; a list where there are others."""
    figure = plain(opened.predictions.answers.pages.headline(session.choices().filter.threshold))
    words = [plain(opened.reference.kind.said), figure]
    current = session.choices().source
    if others := [each for each in reversed(session.recent()) if each.source != current]:
        # A menu and no select box: that would send its old value along with another widget's.
        st.menu_button(
            plain(f"{opened.project.name} · {opened.reference.kind.said}"),
            range(len(others)),
            key=SWITCH,
            format_func=lambda place: f"{place + 1}. {plain(_said(others[place]))}",
            on_click=_switch,
            args=(others,),
        )
        words = [figure]
    elif named:
        words.insert(0, f"**{plain(opened.project.name)}**")
    st.markdown(" · ".join(words), width="content")
    _arithmetic(opened)


def _arithmetic(opened: Opened) -> None:
    """How a network of whole numbers rounds, where there is a choice: on every page, as its figure.

    A menu and no select box, see `_about`.
    """
    offered = opened.project.network.arithmetics
    if len(offered) > 1:
        st.menu_button(
            opened.project.arithmetic.said,
            range(len(offered)),
            key=ARITHMETIC,
            format_func=lambda place: offered[place].said,
            help="The two round in different ways, so that some answers differ.",
            on_click=_round_as,
            args=(offered,),
        )


def _round_as(offered: Sequence[Arithmetic]) -> None:
    session.choose("arithmetic", offered[st.session_state[ARITHMETIC]])


def _said(project: Recent) -> str:
    """A project among the last ones, in a few words."""
    return f"{project.name} · {project.origin}"


def _switch(others: Sequence[Recent]) -> None:
    try:
        session.start_opening(parse_reference(others[st.session_state[SWITCH]].source))
    except GradcamError as error:
        session.complain(str(error))
