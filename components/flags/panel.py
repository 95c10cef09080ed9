"""What all share of a sample: its agreed label, who looks at it, tags, whether it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from components.controls.binding import bind
from components.flags.done import not_kept, remember
from components.flags.settling import settle_for_all
from components.frame.text import plain
from components.frame.times import moment
from services import session
from services.choices.flagged import flags_in, names_of_people
from services.errors import NotAllowedError, NotesError
from services.notes.events import Event
from services.notes.feed import history
from services.notes.flags import Flags
from services.notes.opinion import Subject
from services.notes.settling import tag
from services.notes.shared import Shared
from services.people.person import Action, Person, may
from services.predictions.predictions import Predictions


@dataclass(frozen=True)
class _Panel:
    """One sample as one person reviews it; `place` tells panels of one page apart."""

    predictions: Predictions
    position: int
    flags: Flags
    person: Person
    place: int

    @property
    def name(self) -> str:
        return self.predictions.samples[self.position].id

    @property
    def digest(self) -> str:
        return self.predictions.digests[self.position]

    @property
    def label(self) -> Shared:
        return self.flags.label(self.digest)

    @property
    def answer(self) -> Shared:
        return self.flags.answer(self.digest)

    def key(self, of: str) -> str:
        return f"{of}_{self.digest[:12]}_{self.place}"

    def may_not(self, action: Action) -> str | None:
        """Why a control is disabled; None where it is not."""
        allowed = may(self.person, action)
        return None if allowed else f"As a {self.person.role} you may not {action}."


def review_panel(predictions: Predictions, position: int, place: int = 0) -> None:
    """Draw it; where there is no sign-in, tags alone.

    Args:
        predictions: of the project.
        position: of the sample.
        place: of the panel, where a page has several.
    """
    panel = _Panel(predictions, position, flags_in(predictions), session.person(), place)
    if panel.flags.trouble:
        return
    alone = not panel.person.signed_in
    parts = (_tags, _history) if alone else (_agreed, _assignee, _tags, _done, _history)
    with st.container(
        border=not alone, key=panel.key("review"), horizontal=True, vertical_alignment="bottom"
    ):
        for part in parts:
            part(panel)


def _agreed(panel: _Panel) -> None:
    seen, name = panel.label, panel.name

    def keep(label: str) -> None:
        settle_for_all(name, seen, f"agreed label {label or 'none'}", agreed=label)

    _choose(
        panel, "Agreed label", panel.key("agreed"), _labels(panel), seen.agreed, Action.AGREE, keep,
        lambda label: label or "none yet",
        accept_new_options=not panel.predictions.answers.pages.labels,
    )  # fmt: skip


def _labels(panel: _Panel) -> list[str]:
    """What the label may be: as it is, what people suggest, all that there are."""
    predictions, position = panel.predictions, panel.position
    pages, own = predictions.answers.pages, predictions.samples[position].label
    suggested = [each.opinion.label for each in panel.flags.of.get(panel.digest, ())]
    every = [pages.relabelled(position, label) for label in pages.labels]
    known = (own or "", panel.label.agreed, *suggested, *every)
    return ["", *dict.fromkeys(filter(None, known))]


def _assignee(panel: _Panel) -> None:
    seen, name, me, names = panel.answer, panel.name, panel.person.id, names_of_people()
    people = (me, seen.assignee, *names)

    def keep(who: str) -> None:
        settle_for_all(name, seen, f"assigned to {names.get(who, 'nobody')}", assignee=who)

    _choose(
        panel, "Assigned to", panel.key("assignee"), ["", *dict.fromkeys(filter(None, people))],
        seen.assignee, Action.ASSIGN, keep,
        lambda who: names.get(who, who or "nobody") + (" (you)" if who == me else ""),
    )  # fmt: skip


def _choose(
    panel: _Panel,
    label: str,
    key: str,
    offered: Sequence[str],
    value: str,
    action: Action,
    keep: Callable[[str], None],
    say: Callable[[str], str],
    *,
    accept_new_options: bool = False,
) -> None:
    why_not = panel.may_not(action)
    bind(key, value)
    st.selectbox(
        label, offered, key=key, format_func=say, width=220,
        on_change=lambda: keep(st.session_state[key] or ""), disabled=bool(why_not), help=why_not,
        accept_new_options=accept_new_options,
    )  # fmt: skip


def _tags(panel: _Panel) -> None:
    has, name, key, person = sorted(panel.label.tags), panel.name, panel.key("tags"), panel.person
    why_not, subject = panel.may_not(Action.REVIEW), Subject(panel.digest)

    def keep() -> None:
        chosen = {" ".join(each.split()) for each in st.session_state[key]} - {""}
        add, remove = chosen.difference(has), set(has) - chosen
        try:
            remember(f"{name}: tags", tag(person, subject, name, add, remove))
        except (NotesError, NotAllowedError) as error:
            not_kept(str(error))

    bind(key, has)
    st.multiselect(
        "Tags", sorted({*panel.flags.tags, *has}), key=key, on_change=keep, help=why_not,
        accept_new_options=True, placeholder="Add a tag", width=260, disabled=bool(why_not),
    )  # fmt: skip


def _done(panel: _Panel) -> None:
    seen, name, key = panel.answer, panel.name, panel.key("done")
    why_not = panel.may_not(Action.REVIEW)

    def keep() -> None:
        is_done = bool(st.session_state[key])
        settle_for_all(name, seen, "done" if is_done else "not done", done=is_done)

    bind(key, seen.done)
    st.checkbox("Done", key=key, on_change=keep, disabled=bool(why_not), help=why_not)


def _history(panel: _Panel) -> None:
    """Every change of the sample, read once somebody asks for it."""
    asked = st.popover("History", key=panel.key("history"), on_change="rerun")
    if not asked.open:
        return
    with asked:
        latest_first = [_event_said(each) for each in reversed(history(panel.digest))]
        st.markdown("  \n".join(latest_first) or "Nobody has said anything of this sample yet.")


def _event_said(event: Event) -> str:
    who = f"**{plain(event.who)}** " if event.who else ""
    return f":gray[{plain(moment(event.at))}] {who}{plain(event.words)}"
