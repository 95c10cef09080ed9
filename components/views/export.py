"""Export: what will be made, how long it takes, how far it is, and the file."""

from __future__ import annotations

import streamlit as st

from components.frame.text import plain
from components.views.sharing import share_with
from services import asking, session
from services.export.background import Request, estimate, report_now
from services.export.command_line import command_line
from services.export.job import Exported
from services.export.whose import as_shareable, claim, kept_for
from services.numbers import bytes_said
from services.people.person import Action, reason_against
from services.work.job import Job


def settings_said(request: Request) -> None:
    """The settings that the export will have."""
    live = {"opacity", "colour map"}  # of the board below, which changes them in the browser
    said = [
        f"{words} **{plain(value)}**"
        for words, value in request.plan.told().items()
        if words not in live
    ]
    part = [f"only **{plain(request.whole.part)}**"] if request.whole.part else []
    st.caption(" · ".join([*part, *said, "opacity and colour map as below"]))


def export_panel(request: Request) -> None:
    """The button, the progress, or the finished file."""
    made = kept_for(session.person(), request)
    if made is not None:  # whatever a server that was killed last said of it
        _finished(made, request)
        share_with(as_shareable(request))
        return
    job = asking.under_way(request) or _own_job(request)
    if job is not None and not job.done:
        left = st.session_state.get("left_export") is job
        if not left or job.progress.stopping:
            _progress(job)
            return
        st.info("It continues, because somebody else is waiting for the same export.")
    elif job is not None and job.error:
        st.error(plain(job.error), icon=":material/error:")
    elif job is not None and job.cancelled:
        st.info("Stopped; starting it again resumes where it left off.")
    if not request.samples:
        return  # the filter above says why
    if not request.fit:
        st.info(plain(request.fit.reason))
        return
    guess = estimate(request)
    st.markdown(
        f"**{len(request.samples):,}** samples, about **{_duration(guess.seconds)}** and "
        f"**{bytes_said(guess.bytes)}**."
    )
    # No callback: the opacity of the link is adopted in the run, and a callback comes before it.
    reason = reason_against(session.person(), Action.EXPORT)
    if st.button(
        "Export", key="make_export", type="primary", disabled=bool(reason), help=reason or None
    ):
        claim(session.person(), request)
        st.session_state["export"] = request.digest, asking.ask(request)
        st.session_state.pop("left_export", None)
        st.rerun()


def _own_job(request: Request) -> Job[Exported] | None:
    digest, job = st.session_state.get("export", (None, None))
    return job if digest == request.digest else None


@st.fragment(run_every=0.4)
def _progress(job: Job[Exported]) -> None:
    if job.done:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress.step.share, text=plain(str(job)) + " …")
    button.button("Stop", key="stop_export", width="stretch", on_click=_leave, args=(job,))
    st.caption("It continues while you use other pages.")


def _leave(job: Job[Exported]) -> None:
    asking.leave(job)
    st.session_state["left_export"] = job


def _finished(made: Exported, request: Request) -> None:
    counts, opened = made.counts, request.opened
    more = [
        f"{counts[name]:,} {word}"
        for name, word in (
            ("unlabelled", "without a label"),
            ("blank", "blank maps"),
            ("left_out", "left out"),
        )
        if counts[name]
    ]
    st.success(
        f"{counts['explained']:,} explained: {counts['correct']:,} correct, "
        f"{counts['incorrect']:,} incorrect" + "".join(f", {words}" for words in more) + ".",
        icon=":material/check:",
    )
    name = "".join(c if c.isalnum() else "-" for c in opened.project.name).strip("-") or "project"
    with st.container(horizontal=True):
        st.download_button(
            f"Download the zip ({bytes_said(made.zip.stat().st_size)})",
            made.zip.read_bytes,
            f"{name}-gradcam.zip",
            "application/zip",
            key="download_export",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "Download the report (HTML)",
            lambda: report_now(made, request),
            f"{name}-report.html",
            "text/html",
            key="download_report",
            icon=":material/description:",
            on_click="ignore",
        )


def _duration(seconds: float) -> str:
    if seconds < 1.5:
        return "a second"
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{seconds / 60:.0f} minutes"


def command(request: Request) -> None:
    """The command that makes the same without a browser, as things are at this moment."""
    if st.button("Show the command that makes the same", key="show_command"):
        st.code(command_line(request), language="shell", wrap_lines=True)
