"""The Admin page: jobs of all, people, shared projects, the cache, the limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import streamlit as st

from components.frame import shell
from components.frame.guard import guarded
from components.frame.text import plain
from gradcam import GradcamError
from services import asking, session, studio_session
from services.administration import (
    cache_parts,
    cache_said,
    everybodys_jobs,
    limits,
    who_was_here,
)
from services.edge_impulse.host import known_hosts
from services.edge_impulse.shared_keys import shared_key_names
from services.numbers import bytes_said, counted, duration
from services.people.person import Person
from services.people.revoked import revoke
from services.people.sign_in import ends_here
from services.settings import settings
from services.sharing.projects import SharedProject, share_no_longer, shared_with
from services.sharing.shareable import EVERYONE
from services.team_session import listed_projects
from services.work.listing import JobListing

EVERY = 2.0  # seconds between two looks at what runs
HERE = 180  # seconds: who was seen since is taken to be here


def jobs(admin: Person) -> None:
    """What runs and waits, of everybody, each with a way to stop it."""
    st.subheader("Jobs", anchor=False)
    st.fragment(_jobs, run_every=EVERY)(admin)


def _jobs(admin: Person) -> None:
    with guarded():
        every = everybodys_jobs(admin)
        if not every:
            st.caption("Nothing runs, and nobody waits.")
        for number, job in enumerate(every):
            with st.container(border=True, key=f"job_{number}"):
                text, button = st.columns([6, 1], vertical_alignment="center")
                text.markdown(plain(_job_said(job)))
                button.button(
                    "Stop",
                    key=f"stop_of_all_{number}",
                    width="stretch",
                    help="For everybody who waits for it.",
                    on_click=_stop,
                    args=(job,),
                )


def _job_said(job: JobListing) -> str:
    what = job.whose or f"{job.words[:1].upper()}{job.words[1:]}"
    where = f"place {job.place} in the queue" if job.place else job.doing
    left = "" if job.left is None else f", {duration(job.left)}"
    host = f" (on {job.host})" if job.host else ""
    return f"{what}: {where}{left}{host}"


def _stop(job: JobListing) -> None:
    _done(lambda: asking.stop_for_all(session.person(), job))


def people(admin: Person) -> None:
    """Who was here, and a way to end somebody's sign-ins."""
    st.subheader("People", anchor=False)
    with guarded():
        known = who_was_here(admin)
        now = datetime.now(UTC)
        here = sum((now - each.seen).total_seconds() < HERE for each in known)
        st.caption(f"{here} here now, {counted(len(known), 'person', 'people')} in all.")
        rows = {
            "Name": [each.name or each.email or each.id for each in known],
            "Address": [each.email for each in known],
            "Role": [str(each.role) for each in known],
            "Seen": [each.seen for each in known],
        }
        shown = st.dataframe(
            rows,
            key="people_here",
            alt="Who was here, with their roles",
            hide_index=True,
            height="content" if len(known) <= 10 else 390,
            column_config={"Seen": st.column_config.DatetimeColumn(format="distance")},
            selection_mode="single-row",
            on_select="rerun",
        )
        chosen = [known[row] for row in shown.selection.rows if row < len(known)]
        name = plain(str(chosen[0])) if chosen else ""
        st.button(
            f"End the sign-ins of {name}" if chosen else "End somebody's sign-ins",
            key="revoke",
            icon=":material/logout:",
            disabled=not chosen,
            help=_revoking() if chosen else "Choose somebody in the table.",
            on_click=_revoke,
            args=(chosen[0].id, name) if chosen else ("", ""),
        )


def _revoking() -> str:
    """What ending somebody's sign-ins is good for here."""
    if not ends_here():
        return (
            "What they have open ends, and the proxy in front lets them in again; to keep them "
            "out, take their role away."
        )
    return (
        "On every device; they may sign in again as long as they have a role. To keep them out, "
        "take that away first."
    )


def _revoke(person: str, name: str) -> None:
    if _done(lambda: revoke(session.person(), person)):
        session.notify(f"The sign-ins of {name} are over.")


def shared() -> None:
    """What is shared with others, and the server's keys to open more with."""
    st.subheader("Shared projects", anchor=False)
    with guarded():
        for number, each in enumerate(listed_projects()):
            with st.container(border=True, key=f"shared_{number}"):
                text, button = st.columns([6, 1.4], vertical_alignment="center")
                text.markdown(_shared_said(each.project))
                button.button(
                    "Share no longer",
                    key=f"unshare_{number}",
                    width="stretch",
                    on_click=_unshare,
                    args=(each.project,),
                )
        st.caption(
            "Share a project on its Project page; one in Edge Impulse first has to be opened by a "
            "key of the server's."
        )
        _keys()


def _shared_said(project: SharedProject) -> str:
    people = shared_with(project)
    whom = "everyone" if EVERYONE in people else counted(len(people), "person", "people")
    key = f", by the key {plain(project.key)}" if project.key else ""
    return f"**{plain(project.title)}** · {plain(project.figure)} · with {whom}{key}"


def _keys() -> None:
    names = shared_key_names()
    if not names:
        st.caption("The server has no keys: its owner names their file in GRADCAM_SHARED_KEYS.")
        return
    hosts = known_hosts(settings().studio_hosts)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Key of the server's", names, key="shared_key", width=260)
        if len(hosts) > 1:
            st.selectbox("Host", hosts, key="shared_host", width=320)
        st.button(
            "Open its project",
            key="open_shared_key",
            icon=":material/folder_open:",
            on_click=_open,
        )


def _open() -> None:
    name, host = st.session_state["shared_key"], st.session_state.get("shared_host", "")
    if _done(lambda: studio_session.open_with_shared_key(name, host)):
        session.go_to(shell.PROJECT)


def _unshare(project: SharedProject) -> None:
    if _done(lambda: share_no_longer(session.person(), project.source)):
        session.notify(f"{project.title} is shared no longer.")


def cache(admin: Person) -> None:
    """How much is kept, and of what where somebody asks for it."""
    st.subheader("Cache", anchor=False)
    with guarded():
        st.caption(plain(cache_said(admin)))
        if st.button("Count what is in it", key="count_cache", icon=":material/calculate:"):
            parts = cache_parts(admin)
            st.dataframe(
                {
                    "What": [part.name for part in parts],
                    "Entries": [part.entries for part in parts],
                    "Size": [bytes_said(part.bytes) for part in parts],
                },
                alt="What the cache holds",
                hide_index=True,
                height="content",
            )


def limits_in_force(admin: Person) -> None:
    """The bounds, and the settings that change them."""
    st.subheader("Limits", anchor=False)
    with guarded():
        every = limits(admin)
        st.dataframe(
            {
                "What": [each.what for each in every],
                "At most": [each.most for each in every],
                "Setting": [each.setting for each in every],
            },
            alt="The limits that hold here",
            hide_index=True,
            height="content",
        )


def _done(work: Callable[[], None]) -> bool:
    """Do something for a callback; where it is refused the next page says why."""
    try:
        work()
    except GradcamError as error:
        session.complain(str(error))
        return False
    return True
