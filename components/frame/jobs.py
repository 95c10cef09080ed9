"""A person's own jobs, wherever they are in the dashboard: place, how long, a way to stop."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from services import asking
from services.numbers import duration
from services.work.listing import JobListing, place_said

EVERY = 2.0  # seconds between two looks


def draw_own_jobs() -> None:
    """Draw them where there is something to wait for; else nothing, and nothing is looked at."""
    if asking.own_jobs():
        st.fragment(_jobs, run_every=EVERY)()


def _jobs() -> None:
    jobs = asking.own_jobs()
    if not jobs:
        return
    icon = ":material/hourglass_top:"
    with st.popover(f"Your jobs: {len(jobs)}", key="own_jobs", icon=icon, type="tertiary"):
        for number, each in enumerate(jobs):
            text, button = st.columns([4, 1], vertical_alignment="center")
            text.markdown(plain(_said(each)))
            button.button("Stop", key=f"stop_own_{number}", on_click=asking.stop, args=(each.id,))


def _said(job: JobListing) -> str:
    """What it is, where it stands, how long it takes."""
    words = f"{job.words[:1].upper()}{job.words[1:]}"
    if job.is_lost:
        return f"{words}: the server that made it has ended; open its page, and it goes on"
    if not job.place:
        return f"{words}: {job.step}"
    takes = "" if job.left is None else f"; then it takes {duration(job.left)}"
    return f"{words}: {place_said(job.place, job.wait, '').lower()}{takes}"
