"""What others say, while they say it: looked for every few seconds, where there is a sign-in."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import streamlit as st

from components.flags.settling import conflicts_shown
from components.frame.guard import guarded
from components.frame.text import plain
from components.frame.times import moment
from gradcam import GradcamError
from services import session
from services.choices.flagged import flags_in, names_of_people
from services.notes.feed import changes, latest
from services.notes.flags import Flags
from services.notes.opinion import KeptOpinion
from services.notes.shared import Shared
from services.people.person import Person
from services.predictions.predictions import Predictions

EVERY = 4.0  # seconds between two looks
_SEEN, _SAID = "flags_seen", "flags_others"  # in this session: number of the feed; what it said


def others_said(predictions: Predictions, position: int) -> None:
    """What others say of a sample, and what they settled otherwise than this person.

    Each look draws it again, from memory until something is new.
    """
    conflicts_shown()
    if session.person().signed_in:
        st.session_state.pop(_SAID, None)  # this person may have changed something just now
        st.fragment(_others, run_every=EVERY)(predictions, position)


def _others(predictions: Predictions, position: int) -> None:
    number = latest()
    said: tuple[int, str] | None = st.session_state.get(_SAID)
    if said is None or said[0] != number:
        flags = flags_in(predictions, _still_here().id)
        said = number, _in_words(flags, predictions.digests[position])
        st.session_state[_SAID] = said
    if said[1]:
        st.markdown(said[1])


def _still_here() -> Person:
    """Who asks; where they signed out in another tab, the page is drawn again and says so."""
    try:
        return session.person()
    except GradcamError:
        st.rerun()


def _in_words(flags: Flags, digest: str) -> str:
    if flags.trouble:
        return plain(flags.trouble)
    lines = [_line(each) for each in flags.others(digest)]
    lines += _settled(flags.answer(digest), flags.label(digest).agreed)
    return "  \n".join(lines)


def _line(kept: KeptOpinion) -> str:
    when = plain(moment(kept.changed))
    return f"**{plain(kept.who)}** {plain(str(kept.opinion))} :gray[{when}]"


def _settled(answer: Shared, agreed: str) -> list[str]:
    assignee = names_of_people().get(answer.assignee, answer.assignee)
    said = [
        f"agreed label **{plain(agreed)}**" if agreed else "",
        f"assigned to **{plain(assignee)}**" if answer.assignee else "",
        ":green[✓ done]" if answer.done else "",
    ]
    words = " · ".join(filter(None, said))
    return [words[0].upper() + words[1:]] if words else []


def look_again(predictions: Predictions, samples: Iterable[str] | None = None) -> None:
    """Draw the page again once others said something of the samples that it shows.

    Args:
        predictions: of the project.
        samples: their ids; None for all.
    """
    if session.person().signed_in:
        positions, digests = predictions.positions, predictions.digests
        shown: Collection[str] = predictions.by_digest
        if samples is not None:
            shown = frozenset(digests[positions[each]] for each in samples)
        st.session_state[_SEEN] = latest()
        st.fragment(_look, run_every=EVERY)(shown)


def _look(shown: Collection[str]) -> None:
    now = latest()
    seen = st.session_state.get(_SEEN, now)
    if now == seen:
        return
    _still_here()
    st.session_state[_SEEN] = now
    with guarded():
        if any(each.subject.sample in shown for each in changes(seen)):
            st.rerun()
