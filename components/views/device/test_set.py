"""The whole test set as a device sees it: verdicts lost and gained."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from components.frame.waiting import ready
from components.views.compare.samples import SHOWN, pairs
from services.choices.choices import Choices
from services.comparing.telling import whether_it_differs
from services.device.devices import OnDevice
from services.numbers import counted, percent
from services.predictions.comparison import network_comparison
from services.tasks.flips import Flip


def test_set(asked: OnDevice, choices: Choices) -> None:
    """Figures, and the pictures whose verdict is lost first."""
    st.subheader("The test set as this device sees it")
    called = asked.predictions.project.medium.called
    about = f"Predicts {counted(len(asked.predictions), called.one)} as the device would see them."
    if not ready(asked, "on_device", "Look through the device", about, main=True):
        return
    there = asked.found
    if there is None:
        return
    threshold = choices.filter.threshold
    both = network_comparison(asked.predictions, there.at(threshold), threshold)
    lost, gained, same = st.columns(3)
    paired = both.paired
    lost.metric("Lost on the device", f"{paired.broken:,}", border=True)
    gained.metric("Gained on the device", f"{paired.mended:,}", border=True)
    same.metric("Same answer", percent(both.agreement, 1), border=True)
    st.markdown(plain(whether_it_differs(both).replace("network", "way")))
    changed = [*both.of(Flip.BROKEN), *both.of(Flip.MENDED)]
    if not changed:
        st.caption("No verdict is lost or gained.")
        return
    pairs(both, [int(each) for each in changed[:SHOWN]], choices, "device_flips")
    if len(changed) > SHOWN:
        st.caption(f"The first {SHOWN} of {len(changed):,}: those that are lost, then the gained.")
