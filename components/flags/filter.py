"""What people say among the filters of Samples, and flags as a table: out and in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import streamlit as st

from components.controls.binding import select
from components.flags.exchange import exchange
from components.frame.text import plain
from services import session
from services.choices.conditions import asks_people
from services.choices.flagged import flags_in, names_of_people
from services.notes.flags import Flags
from services.notes.passing import (
    ME,
    NO_ONE,
    Flagged,
    Reviewed,
    assigned,
    flagged,
    reviewed,
    tagged,
)
from services.opening.opening import Opened

T = TypeVar("T")


def people_filter(opened: Opened) -> None:
    """Which samples are shown by what people say of them, and the table."""
    flags = flags_in(opened.predictions, session.person().id)
    if flags.trouble:
        st.error(plain(flags.trouble), icon=":material/error:")
    elif flags.of or flags.shared or asks_people(session.choices().filter):
        _flagged_select(opened, flags)
        _reviewed_select(opened, flags)
        if session.person().signed_in:
            _assignee_select(opened, flags)
        _tag_select(opened, flags)
    with st.expander("Flags as a table", key="flags_table"):
        exchange(opened)


def _flagged_select(opened: Opened, flags: Flags) -> None:
    only, digests = session.choices().filter, opened.predictions.digests
    counts = {each: int(flagged(flags, digests, each).sum()) for each in Flagged}
    if not only.reader:
        counts[Flagged.MINE] = 0  # all flags are
    _select("Flags", "flagged", list(Flagged), only.flagged, counts)


def _reviewed_select(opened: Opened, flags: Flags) -> None:
    chosen, digests = session.choices().filter.reviewed, opened.predictions.digests
    counts = {each: int(reviewed(flags, digests, each).sum()) for each in Reviewed}
    if not counts[Reviewed.DONE]:
        counts[Reviewed.OPEN] = 0  # all are
    _select("Reviewed", "reviewed", list(Reviewed), chosen, counts)


def _assignee_select(opened: Opened, flags: Flags) -> None:
    only, digests = session.choices().filter, opened.predictions.digests
    if not (flags.assignees or only.assignee):
        return
    people = [each for each in dict.fromkeys(flags.assignees.values()) if each != only.reader]
    offered = ["", ME, NO_ONE, *people]
    counts = {"": len(digests)} | {
        each: int(assigned(flags, digests, each).sum()) for each in offered[1:]
    }
    says = names_of_people() | {"": "Anybody", ME: "Me", NO_ONE: "Nobody"}
    _select(
        "Assigned to", "assignee", offered, only.assignee, counts,
        lambda each: says.get(each, each),
    )  # fmt: skip


def _tag_select(opened: Opened, flags: Flags) -> None:
    chosen, digests = session.choices().filter.tag, opened.predictions.digests
    counts = {"": len(digests)} | {
        each: int(tagged(flags, digests, each).sum()) for each in flags.tags
    }
    _select("Tag", "tag", list(counts), chosen, counts, lambda each: each or "Any")


def _select(
    label: str,
    key: str,
    offered: list[T],
    chosen: T,
    counts: Mapping[T, int],
    say: Callable[[T], str] = str,
) -> None:
    """What there is of, with its count; nothing where there is nothing to choose."""
    shown = [each for each in offered if counts[each] or each in (offered[0], chosen)]
    if chosen not in offered:  # of another project: the chips above the page say so
        shown, counts = [*shown, chosen], {**counts, chosen: 0}
    if len(shown) > 1:
        select(
            label, key, shown, chosen,
            say=lambda each: f"{say(each)} {counts[each]:,}",
        )  # fmt: skip
