"""Which verdicts flip with the network that is set beside: a filter, and what it takes to obey."""

from __future__ import annotations

import streamlit as st

from components.controls.binding import select
from components.frame import shell
from components.frame.text import plain
from components.frame.told import tell_again
from components.frame.waiting import ready
from services import session
from services.choices.choices import Choices
from services.choices.filter import Filter, Flipped
from services.choices.flipped import (
    UnknownFlips,
    beside_said,
    flipped_mask,
    judging_of,
    unknown_flips,
)
from services.comparing.beside import NetworkBeside
from services.comparing.heat import HeatsMoved
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.beside import chosen_beside, comparison_beside, others_of

NO_HEAT = "*Right for another reason* is offered once Compare has made the heatmaps of both."


def flipped_select(opened: Opened) -> None:
    """A filter by what becomes of verdicts, in the sidebar; nothing for a network that is alone.

    Each option has its count once that is known. What takes the heatmaps of both is offered where
    these are made.
    """
    only, predictions = session.choices().filter, opened.predictions
    if not others_of(opened.project) and only.flipped is Flipped.ALL:
        return
    counts = {
        each: int(mask.sum())
        for each in Flipped
        if (mask := flipped_mask(predictions, only, each)) is not None
    }
    needing = {Flipped.ALL, Flipped.FLIPPED, Flipped.BROKEN, Flipped.MENDED, only.flipped}
    offered = [each for each in Flipped if each in needing or counts.get(each)]
    select(
        f"With {plain(beside_said(predictions, only))} beside",
        "flipped",
        offered,
        only.flipped,
        say=lambda each: f"{each.capitalize()} {counts[each]:,}" if each in counts else str(each),
        help="What becomes of verdicts with the other network, see Compare. "
        + ("" if Flipped.REASON in counts else NO_HEAT),
    )


def flipped_chip(opened: Opened) -> bool:
    """Say what verdicts have to become, on pages that obey no other filter; whether they can.

    Where the other network was not asked yet, the page offers to ask it.
    """
    only = session.choices().filter
    if only.flipped is Flipped.ALL:
        return True
    st.button(
        plain(f"{only.flipped} with {beside_said(opened.predictions, only)}"),
        key="drop_flipped",
        icon=":material/close:",
        icon_position="right",
        help="Show every sample, whatever becomes of its verdict",
        on_click=session.choose,
        args=("flipped", Flipped.ALL),
    )
    known = unknown_flips(opened.predictions, only) is None
    if flips_ready(opened, only) and not known:
        tell_again()
        st.rerun()  # what was drawn before it was there
    return known


def flips_ready(opened: Opened, only: Filter) -> bool:
    """Whether a filter by flips can be obeyed; if not, the page shows what to do."""
    unknown = unknown_flips(opened.predictions, only)
    if unknown is None:
        return True
    if unknown is UnknownFlips.NO_OTHER:
        st.info(plain(unknown), icon=":material/filter_alt_off:")
        return False
    about = f"This view asks which verdicts flip with {beside_said(opened.predictions, only)}, "
    if unknown is UnknownFlips.NOT_COMPARED:
        word = chosen_beside(opened.project, only.beside)
        asked = NetworkBeside(opened, word, session.access_to(opened.reference))
        made = ready(asked, "beside", "Set it beside", f"{about}which was not asked yet.")
    else:
        both = comparison_beside(opened.predictions, only.beside, judging_of(only))
        if both is None:
            return False
        reason = "and which samples are right for another reason: that takes both heatmaps of "
        counts = counted(len(both), "sample")
        made = ready(
            HeatsMoved(both, only.heat),
            "heats",
            "Compare the heatmaps",
            f"{about}{reason}{counts}.",
        )
    if made:
        return flips_ready(opened, only)
    st.button(
        "Open Compare", key="open_compare", type="tertiary",
        icon=":material/compare_arrows:", on_click=session.go_to,
        args=(shell.COMPARE,),
    )  # fmt: skip
    return False


def browse_flipped(flipped: Flipped, beside: str, *, by_part: bool = False) -> None:
    """Open what becomes so in Samples; for callbacks.

    Args:
        flipped: what becomes of it.
        beside: the word of the other network.
        by_part: whether parts are shown in place of samples.
    """
    _open_in_samples(session.choices().flipping(flipped, beside, by_part=by_part))


def browse_picked(picked: str) -> None:
    """Open some samples in Samples; for callbacks.

    Args:
        picked: the word for them.
    """
    choices = session.choices().unfiltered()
    _open_in_samples(choices.having(picked=picked, by_part=False))


def _open_in_samples(choices: Choices) -> None:
    session.replace_choices(choices)
    session.go_to(shell.SAMPLES)
