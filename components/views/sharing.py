"""Sharing what is one's own with others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import streamlit as st

from gradcam import GradcamError
from services import session
from services.sharing.shareable import EVERYONE, Shareable

GONE = "somebody who was here once"  # who is in no list any more


def share_with(item: Shareable, label: str = "Share", place: str = "") -> None:
    """Whom this person shares something of theirs with; nothing where it is not theirs.

    Args:
        item: what.
        label: of the button.
        place: on the page, where the same may be shared in several.
    """
    person = session.person()
    if not person.id:
        return
    from services.sharing.owners import is_owner, share  # with the database
    from services.team_session import others, sharing_by_me

    if is_owner(person, item):
        people_chooser(
            label,
            place + item.name,
            others(),
            sharing_by_me(item),
            lambda people: share(session.person(), item, people),
            "They open it by the link of this page, once they have the project open as well."
            if item.kind == "export"
            else "They open it by its link.",
        )


def people_chooser(
    label: str,
    key: str,
    names: Mapping[str, str],
    present: Collection[str] | None,
    save: Callable[[Collection[str]], None],
    about: str,
) -> None:
    """A button that lets a person choose people.

    Args:
        label: of the button.
        key: tells it from others on the page.
        names: of whom there is to choose, by id.
        present: ids of who is chosen now; None where it is not shared, and meant for everyone.
        save: keeps others in their place.
        about: a sentence on what these people may do.
    """
    shown = f"{label} · {_counted(present)}" if present else label
    chosen = {EVERYONE} if present is None else present
    with st.popover(shown, key=f"share_{key}", icon=":material/group_add:"):
        names = {**dict.fromkeys(chosen, GONE), **names}
        if not names:
            st.caption("Nobody else has been here yet.")
            return
        st.multiselect(
            "Who else may open it",
            list(names),
            default=sorted(chosen),
            key=f"with_{key}",
            format_func=names.__getitem__,
            placeholder="Nobody",
        )
        st.caption(about)
        st.button("Save", key=f"save_{key}", on_click=_save, args=(f"with_{key}", save))


def _counted(people: Collection[str]) -> str:
    return "everyone" if EVERYONE in people else str(len(people))


def _save(key: str, save: Callable[[Collection[str]], None]) -> None:
    try:
        save(st.session_state[key])
    except GradcamError as error:
        session.complain(str(error))
