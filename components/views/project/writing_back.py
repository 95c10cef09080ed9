"""Agreed labels back to Studio: look at what would change, give a key, write, undo."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from components.frame.text import plain
from gradcam import GradcamError
from services import asking, session, studio_session
from services.edge_impulse.access import Access, ApiKey
from services.edge_impulse.connect import StudioProject
from services.edge_impulse.host import find_host
from services.numbers import counted
from services.opening.opening import Opened
from services.people.person import Action, demand
from services.sample import LeftOut
from services.settings import settings
from services.work.asked import Asked
from services.work.job import Job
from services.writing_back.agreed import agreed_labels
from services.writing_back.consequences import consequences
from services.writing_back.drafts import Agreed, Draft, Undo
from services.writing_back.log import WrittenRun, runs_of
from services.writing_back.looking import DryRun
from services.writing_back.plan import AgreedSample, WritePlan, agreed_targets
from services.writing_back.steps import TAGGING, WRITE_STEPS
from services.writing_back.undoing import UNDO
from services.writing_back.writing import WritingBack, Written

# In this session: the dry run and the writing, why one failed, what was left out at the last one.
_LOOK, _WRITE = "back_look", "back_write"
_TROUBLE, _LEFT_OUT = "back_trouble", "back_left_out"
ANCHOR = "labels-back"
RUNS = 5  # that can be undone from the page
ROWS = 8  # of a table that is shown whole
NO_KEY = "This session holds no key that may read the project; open it with one first."


def labels_back_section(opened: Opened, studio: StudioProject) -> None:
    """All of it; nothing where there is nothing to give back and nothing to undo."""
    place = studio.place
    try:
        targets = _targets(opened, studio)
        runs = runs_of(place.origin, place.project)
    except GradcamError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    if not targets and not runs:
        return
    st.subheader("Agreed labels back to Studio", anchor=ANCHOR)
    writing, looking = _job(_WRITE), _job(_LOOK)
    if writing is not None and writing.done:
        _settle(writing, opened)
    under_way = next((job for job in (writing, looking) if job and not job.done), None)
    if under_way is not None:
        _progress(under_way)
        return
    plan = looking.result if looking else None
    if plan is not None and (plan.origin, plan.project) == (place.origin, place.project):
        _plan(plan, studio)
        return
    _trouble(st.session_state.get(_TROUBLE) or (looking.error if looking else None))
    _offer(opened, studio, targets)
    _refused("not written", st.session_state.get(_LEFT_OUT, ()))
    _runs(opened, studio, runs)


def waiting_said(opened: Opened, studio: StudioProject) -> str:
    """How many agreed labels Studio does not have, in words; "" for none."""
    try:
        count = len(_targets(opened, studio))
    except GradcamError:  # the section itself says why
        return ""
    return f"{counted(count, 'agreed label')} to write back to Studio" if count else ""


def _targets(opened: Opened, studio: StudioProject) -> tuple[AgreedSample, ...]:
    predictions, agreed = opened.predictions, agreed_labels(session.person())
    return agreed_targets(predictions.samples, predictions.digests, studio.samples, agreed)


# -------------------------------------------------------------------------------------- look


def _offer(opened: Opened, studio: StudioProject, targets: tuple[AgreedSample, ...]) -> None:
    if not targets:
        st.caption("Every agreed label is in Studio.")
        return
    chosen = st.segmented_control(
        "What to do",
        list(WRITE_STEPS),
        key="write_step",
        format_func=lambda name: WRITE_STEPS[name].title,
        default=TAGGING.name,
        required=True,
    )
    step, place = WRITE_STEPS[str(chosen)], studio.place
    count = counted(len(targets), "sample")
    st.caption(plain(f"{count} with another agreed label than in Studio. {step.about}"))
    classes = opened.predictions.answers.pages.labels
    draft = Agreed(place.origin, place.project, step, targets, classes)
    _look_button("Look at what would change", "look_back", opened, draft)


def _look_button(words: str, key: str, opened: Opened, draft: Draft) -> None:
    access = studio_session.access_of(opened)
    refused = _why_not() or ("" if access else NO_KEY)
    st.button(
        words,
        key=key,
        icon=":material/visibility:",
        disabled=bool(refused),
        help=refused or "Reads the samples in Studio again and lists before and after.",
        on_click=_look,
        args=(draft, access),
    )


def _why_not() -> str:
    """Why this person may not write; "" where they may."""
    try:
        demand(session.person(), Action.WRITE_BACK)
    except GradcamError as error:
        return str(error)
    return ""


def _look(draft: Draft, access: Access) -> None:
    _forget(_TROUBLE, _LEFT_OUT)
    _ask(DryRun(draft, access), _LOOK)


# -------------------------------------------------------------------------------------- plan


def _plan(plan: WritePlan, studio: StudioProject) -> None:
    title = "Undo" if plan.step == UNDO else WRITE_STEPS[plan.step].title
    st.markdown(f"**{title}: what would change.** Nothing is written yet.")
    if plan.samples:
        _before_after(plan)
    else:
        st.info("Nothing would change in Studio.")
    if plan.same:
        needs = "needs" if plan.same == 1 else "need"
        st.caption(f"{counted(plan.same, 'sample')} {needs} no change.")
    _refused("cannot be changed", plan.refused)
    if plan.samples:
        said = consequences(plan, studio.samples.values())
        st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))
        _key_form(plan)
    _trouble(st.session_state.pop(_TROUBLE, None))
    st.button("Not now", key="forget_plan", on_click=_forget, args=(_LOOK,))


def _before_after(plan: WritePlan) -> None:
    import pandas as pd

    rows = list(plan.rows)
    table = pd.DataFrame(
        {
            "sample": [name for name, _ in rows],
            "what": [change.field.title for _, change in rows],
            "now in Studio": [change.before or "–" for _, change in rows],
            "afterwards": [change.after or "–" for _, change in rows],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height="content" if len(rows) <= ROWS else 320,
        alt="Each value that would be written to Studio, before and after",
    )


def _refused(words: str, refused: Sequence[LeftOut]) -> None:
    if refused:
        title = f"{counted(len(refused), 'sample')} {words}"
        lines = [f"- **{plain(each.name)}**: {plain(each.reason)}" for each in refused]
        with st.expander(title, expanded=len(refused) <= ROWS, icon=":material/block:"):
            st.markdown("\n".join(lines))


def _key_form(plan: WritePlan) -> None:
    with st.form("write_form"):
        st.text_input(
            "Key with the role admin",
            key="admin_key",
            type="password",
            placeholder="ei_…",
            help="Studio shows the project's keys on Dashboard, Keys. This one is used for this "
            "writing and then forgotten; reading goes on with the key you connected with.",
        )
        if plan.must_be_typed:
            st.number_input(
                "Type how many samples are changed",
                key="typed_count",
                value=None,
                step=1,
                min_value=0,
            )
        st.form_submit_button(
            f"Write {counted(len(plan.samples), 'sample')} to Studio",
            key="write_back",
            type="primary",
            on_click=_write,
            args=(plan,),
        )


def _write(plan: WritePlan) -> None:
    key = st.session_state["admin_key"]
    st.session_state["admin_key"] = ""  # no widget keeps it
    try:
        access = Access(ApiKey(key), find_host(plan.origin, settings().studio_hosts))
        typed = st.session_state.get("typed_count")
        _ask(WritingBack(plan, access, session.person(), typed), _WRITE)
    except GradcamError as error:
        st.session_state[_TROUBLE] = str(error)


# -------------------------------------------------------------------------------- what was done


def _runs(opened: Opened, studio: StudioProject, runs: tuple[WrittenRun, ...]) -> None:
    if not runs:
        return
    st.markdown("**Written so far**")
    place = studio.place
    for run in runs[:RUNS]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(_said(run)))
            if run.left and not run.undoes:
                draft = Undo(place.origin, place.project, run.id)
                _look_button("Undo …", f"undo_{run.id}", opened, draft)


def _said(run: WrittenRun) -> str:
    done = "undone" if run.undoes else WRITE_STEPS[run.step].done
    who = f" by {run.who}" if run.who else ""
    refused = f", {run.refused:,} refused by Studio" if run.refused else ""
    back = run.samples - run.left
    undone = "" if run.undoes or not back else f", {back:,} of them undone since"
    when = run.began[:16].replace("T", " ")
    return f"{when} UTC: {counted(run.samples, 'sample')} {done}{who}{refused}{undone}"


# ---------------------------------------------------------------------------------------- jobs


def _ask(asked: Asked[Any], place: str) -> None:
    st.session_state[place] = asking.ask(asked, instead_of=_job(place))


def _job(place: str) -> Job[Any] | None:
    job: Job[Any] | None = st.session_state.get(place)
    return job


def _settle(job: Job[Written], opened: Opened) -> None:
    """Say what came of writing; where something was written, page and Studio are to agree again."""
    _forget(_WRITE)
    written = job.result
    if written is None and not job.cancelled:
        st.session_state[_TROUBLE] = job.error  # nothing was written: another key may do
        st.rerun()
    _forget(_LOOK)
    st.session_state[_LEFT_OUT] = written.refused if written else ()
    with suppress(GradcamError):  # without a key the page stays as it is
        session.start_opening(opened.reference)
    if written is None:
        st.session_state[_TROUBLE] = "Stopped; what was written so far can be undone below."
    elif written.trouble:
        count = counted(len(written.samples), "sample")
        st.session_state[_TROUBLE] = f"{count} written, then it ended. {written.trouble}"
    st.rerun()


@st.fragment(run_every=0.4)
def _progress(job: Job[Any]) -> None:
    if job.done:
        st.rerun()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    bar.progress(job.progress.step.share, text=plain(str(job)) + " …")
    button.button("Stop", key="stop_back", width="stretch", on_click=asking.leave, args=(job,))


def _trouble(sentence: str | None) -> None:
    if sentence:
        st.error(plain(sentence), icon=":material/error:")


def _forget(*places: str) -> None:
    for place in places:
        st.session_state.pop(place, None)
