"""The worklist of a project: what is mine, how far everybody is, who gets what next."""

from __future__ import annotations

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.filtered import filter_ready
from components.flags.done import not_kept, remember
from components.flags.others import look_again
from components.frame import shell
from components.frame.text import plain
from components.tiles.tiles import sample_tiles
from components.views.samples.gallery import verdict_control
from services import session
from services.choices.browse import passing_samples
from services.choices.flagged import flags_in, names_of_people
from services.errors import NotAllowedError, NotesError
from services.lists.worklist import Worklist, Workload, open_ones, workloads
from services.notes.settling import assign
from services.numbers import counted
from services.opening.opening import Opened
from services.people.person import Action, may
from services.tasks.shown import Positions

NO_OTHERS = (
    "There is no sign-in here, so there is nobody to share work with. A hosted dashboard has one: "
    "see GRADCAM_LOGIN in docs/hosting.md."
)
SHOWN = 24  # open samples of mine
GIVEN_BY = "Whatever the filter leaves is dealt out in turn, the first one to the first person."


def progress(opened: Opened) -> None:
    """How far everybody is together, and each of them."""
    everybody, *each = workloads(opened.predictions)
    look_again(opened.predictions)
    if not everybody.given:
        st.info("Nobody has been given any sample yet: choose below who looks at what.")
        return
    st.progress(everybody.done / everybody.given, text=f"Everybody · {_said(everybody)}")
    for load in each:
        st.progress(load.done / load.given, text=f"{plain(_name(load.person))} · {_said(load)}")


def _said(load: Workload) -> str:
    return f"{load.done:,} of {load.given:,} done"


def _name(person: str) -> str:
    name = names_of_people().get(person, person)
    return f"{name} (you)" if person == session.person().id else name


def mine(opened: Opened) -> None:
    """The samples that I shall look at and that are open, and the way to the first."""
    choices, predictions = session.choices(), opened.predictions
    listed = Worklist(predictions, choices).positions
    waiting = open_ones(predictions, listed, choices.filter.reader)
    if not len(listed):
        return
    if not len(waiting):
        st.success(f"All {counted(len(listed), 'sample')} of yours are done.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        first = predictions.samples[int(waiting[0])].id
        st.button(
            "Review the next of mine", key="next_of_mine", type="primary",
            icon=":material/play_arrow:", on_click=_open, args=(first,),
        )  # fmt: skip
        st.caption(f"{len(waiting):,} of {counted(len(listed), 'sample')} of yours open")
    shown = [int(position) for position in waiting[:SHOWN]]
    tiles = sample_tiles(predictions, shown, choices, Shows.PICTURE)
    board(
        [Group(tiles, tile_width=choices.tile_size)], choices, key="mine", on_click=_open,
        controls=False,
    )  # fmt: skip
    if len(waiting) > SHOWN:
        st.caption(f"and {len(waiting) - SHOWN:,} more")


def _open(sample: str) -> None:
    shell.open_in_explain(sample, Worklist.word)


def deal_out(opened: Opened) -> None:
    """Deal what the filter leaves out among people."""
    st.subheader("Give out work", anchor=False)
    person, predictions = session.person(), opened.predictions
    st.caption(f"{GIVEN_BY} More filters are on Samples.")
    verdict_control(opened)
    if not filter_ready(opened):
        return
    listed = passing_samples(predictions, session.choices().filter)
    allowed = may(person, Action.ASSIGN)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "To whom", list(dict.fromkeys((person.id, *names_of_people()))), key="give_to",
            format_func=_name, placeholder="Choose people",
            disabled=not allowed,
        )  # fmt: skip
        st.button(
            f"Give out {counted(len(listed), 'sample')}", key="give", on_click=_give_out,
            args=(opened, listed),
            disabled=not (allowed and chosen and len(listed)),
            help=None if allowed else f"As a {person.role} you may not give work to others.",
        )  # fmt: skip
        st.button(
            "Take back", key="take_back", on_click=_give, args=(opened, listed, ()),
            disabled=not (allowed and len(listed)),
            help="Whoever shall look at these samples now no longer shall.",
        )  # fmt: skip


def _give_out(opened: Opened, listed: Positions) -> None:
    """To whoever is chosen by now: the page may not have been drawn since the last was."""
    _give(opened, listed, tuple(st.session_state["give_to"]))


def _give(opened: Opened, listed: Positions, people: tuple[str, ...]) -> None:
    predictions = opened.predictions
    flags = flags_in(predictions)
    named = [
        (flags.answer(predictions.digests[position]).subject, predictions.samples[position].id)
        for position in listed.tolist()
    ]
    samples = counted(len(named), "sample")
    to = " and ".join(map(_name, people))
    try:
        events = assign(session.person(), named, people)
        remember(f"{samples} given to {to}" if people else f"{samples} taken back", tuple(events))
    except (NotesError, NotAllowedError) as error:
        not_kept(str(error))
