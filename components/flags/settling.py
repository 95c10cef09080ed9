"""What a person settles for all, kept or put beside what somebody else settled meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from components.flags.done import not_kept, remember, tell_once
from components.frame.text import plain
from components.frame.times import moment
from services import session
from services.choices.flagged import flags_in, names_of_people
from services.errors import NotAllowedError, NotesError
from services.lists.worklist import after
from services.notes.conflict import Conflict
from services.notes.opinion import Subject
from services.notes.settling import settle
from services.notes.shared import ConflictError, Shared
from services.opening.opening import Opened
from services.tasks.shown import Positions

Settle = Callable[[], tuple[int, ...]]
_CONFLICTS = "flags_conflicts"  # in this session, by subject: what a person has to choose


def settle_for_all(name: str, seen: Shared, words: str, **change: object) -> None:
    """Keep a change of what people share; for callbacks.

    Args:
        name: of the sample.
        seen: what the person saw.
        words: what is changed, for *undo*.
        change: fields of `Shared`.
    """
    mine = replace(seen, **change)  # type: ignore[arg-type]
    _keep(name, words, seen, mine, lambda: settle(session.person(), name, seen, mine))


def finish(opened: Opened, position: int) -> None:
    """Call a sample done, for all; for callbacks."""
    predictions = opened.predictions
    seen = flags_in(predictions).answer(predictions.digests[position])
    settle_for_all(predictions.samples[position].id, seen, "done", done=True)


def go_on(opened: Opened, position: int, listed: Positions) -> None:
    """Choose what comes after a sample that is done; for callbacks."""
    following = after(opened.predictions, session.choices(), listed, position)
    if following is None:
        tell_once("That was the last one")
        return
    sample, within = following
    session.replace_choices(
        session.choices().at_sample(opened.predictions.samples[sample].id, within)
    )


def _keep(name: str, words: str, seen: Shared, mine: Shared, settle: Settle) -> None:
    conflicts = _conflicts()
    conflicts.pop(seen.subject, None)
    try:
        remember(f"{name}: {words}", settle())
    except ConflictError as error:
        conflicts[seen.subject] = Conflict.of(error, name, seen, mine)
    except (NotesError, NotAllowedError) as error:
        not_kept(str(error))


def _conflicts() -> dict[Subject, Conflict]:
    kept: dict[Subject, Conflict] = st.session_state.setdefault(_CONFLICTS, {})
    return kept


def conflicts_shown() -> None:
    """Each thing that somebody else settled otherwise: both sides, of which one is chosen."""
    for number, (subject, conflict) in enumerate(_conflicts().items()):
        with st.container(border=True, key=f"conflict_{number}"):
            st.markdown(
                f":orange[**{plain(conflict.who)} changed this at the same time**] · "
                f"{plain(conflict.name)} · {plain(moment(conflict.when))}"
            )
            mine, theirs = st.columns(2)
            with mine:
                _side("Yours", conflict, conflict.mine)
                st.button(
                    "Keep mine", key=f"keep_mine_{number}", on_click=_mine, args=(subject,),
                    width="stretch",
                )  # fmt: skip
            with theirs:
                _side(f"Theirs ({conflict.who})", conflict, conflict.theirs)
                st.button(
                    "Keep theirs", key=f"keep_theirs_{number}", on_click=_theirs, args=(subject,),
                    width="stretch",
                )  # fmt: skip


def _side(title: str, conflict: Conflict, side: Shared) -> None:
    said = " · ".join(f"{what}: **{plain(value)}**" for what, value in _values(conflict, side))
    st.markdown(f"{plain(title)}  \n{said}")


def _values(conflict: Conflict, side: Shared) -> list[tuple[str, str]]:
    return [SAID[each](side) for each in sorted(conflict.about)]


SAID: Mapping[str, Callable[[Shared], tuple[str, str]]] = {
    "agreed": lambda shared: ("agreed label", shared.agreed or "none"),
    "assignee": lambda shared: ("assigned to", names_of_people().get(shared.assignee, "nobody")),
    "done": lambda shared: ("done", "yes" if shared.done else "no"),
    "tags": lambda shared: ("tags", ", ".join(sorted(shared.tags)) or "none"),
}


def _mine(subject: Subject) -> None:
    if (conflict := _conflicts().get(subject)) is not None:
        seen, person = conflict.theirs, session.person()
        words = ", ".join(f"{what} {value}" for what, value in _values(conflict, conflict.mine))
        again = conflict.again
        _keep(conflict.name, words, seen, again, lambda: settle(person, conflict.name, seen, again))


def _theirs(subject: Subject) -> None:
    _conflicts().pop(subject, None)
