"""Projects that everyone works on, what one keeps here oneself, and sharing; nothing when alone."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.frame.text import plain
from components.views.sharing import people_chooser, share_with
from gradcam import GradcamError
from services import session
from services.numbers import bytes_said, counted
from services.opening.opening import Opened
from services.people.person import Action, may
from services.settings import settings
from services.sharing.holdings import holdings, remove
from services.sharing.owners import Belonging
from services.sharing.projects import share_no_longer
from services.sharing.shareable import Shareable, ShareableKind
from services.sources.reference import SourceKind, parse_reference
from services.team_session import (
    ListedProject,
    as_shared,
    listed_projects,
    others,
    share_opened,
    sharing_of,
)

MOST_HIGH = 8  # rows without scrolling


def team() -> None:
    """What is shared with a person, and what they keep here."""
    try:
        projects, mine = listed_projects(), holdings(session.person())
    except GradcamError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if projects:
        _projects(projects)
    if mine:
        _belongings(mine)


def _projects(projects: Sequence[ListedProject]) -> None:
    source = session.choices().source if session.is_shown() else ""
    among = any(each.project.source == source for each in projects)
    title = f"Shared projects · {len(projects)}"
    with (
        st.expander(title, icon=":material/groups:", expanded=not among),
        st.container(height=420 if len(projects) > MOST_HIGH else "content", border=False),
    ):
        for number, each in enumerate(projects):
            _project(number, each, shown=each.project.source == source)


def _project(number: int, listed: ListedProject, *, shown: bool) -> None:
    project = listed.project
    columns = st.columns([4, 3, 3, 1.4], vertical_alignment="center")
    kind = parse_reference(project.source).kind.said
    columns[0].markdown(f"**{plain(project.title)}** · {plain(kind)}")
    columns[1].markdown(plain(project.figure))
    work = f"{counted(listed.work, 'sample')} to look at" if listed.work else "no open work"
    columns[2].markdown(work)
    columns[3].button(
        "Open",
        key=f"open_shared_{number}",
        width="stretch",
        disabled=shown,
        help="It is the one below." if shown else None,
        on_click=_open,
        args=(project.source,),
    )


def _open(source: str) -> None:
    try:
        session.start_opening(parse_reference(source))
    except GradcamError as error:
        session.complain(str(error))


def _belongings(mine: Sequence[Belonging]) -> None:
    taken, bound = sum(each.bytes for each in mine), settings().person_bytes
    title = f"Yours · {counted(len(mine), 'upload or export', 'uploads and exports')}"
    with st.expander(title, icon=":material/inventory_2:"):
        st.caption(f"{bytes_said(taken)} of the {bytes_said(bound)} that each person has here.")
        for number, each in enumerate(mine):
            _belonging(number, each)


def _belonging(number: int, mine: Belonging) -> None:
    columns = st.columns([5, 2, 2.4, 1.6], vertical_alignment="center")
    icon = ":material/upload:" if mine.item.kind is ShareableKind.UPLOAD else ":material/download:"
    columns[0].markdown(f"{icon} {plain(mine.title)}")
    columns[1].markdown(f"{bytes_said(mine.bytes)}, {mine.since:%d %b}")
    with columns[2]:
        share_with(mine.item, place="yours_")
    columns[3].button(
        "Remove",
        key=f"remove_{number}",
        width="stretch",
        help="For whom you shared it with as well.",
        on_click=_remove,
        args=(mine,),
    )


def _remove(mine: Belonging) -> None:
    try:
        remove(session.person(), mine.item)
    except GradcamError as error:
        session.complain(str(error))
    else:
        session.notify(f"{mine.title} is removed.")


def share_bar(opened: Opened) -> None:
    """Who else may open the project that is open, for whose it is and for admins."""
    if opened.reference.kind is SourceKind.UPLOAD:
        share_with(Shareable(ShareableKind.UPLOAD, opened.reference.place), "Share this upload")
    if may(session.person(), Action.SHARE):
        _share(opened)


def _share(opened: Opened) -> None:
    source = str(opened.reference)
    try:
        as_shared(opened)
        present = sharing_of(source)
    except GradcamError as error:
        st.button(
            "Share this project",
            key="cannot_share",
            icon=":material/groups:",
            disabled=True,
            help=plain(str(error)),
        )
        return
    people_chooser(
        "Share this project" if present is None else "Shared",
        "project",
        others(),
        present,
        lambda people: share_opened(opened, people),
        "They see it among the shared projects, and open it without a key of their own.",
    )
    if present is not None:
        st.button("Share no longer", key="unshare", on_click=_unshare, args=(source,))


def _unshare(source: str) -> None:
    try:
        share_no_longer(session.person(), source)
    except GradcamError as error:
        session.complain(str(error))
