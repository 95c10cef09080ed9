"""How pictures reach the network: the evidence, how sure it is, and the person's last word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import streamlit as st

from components.controls.binding import bind
from components.frame.downloads import text_download
from components.frame.text import plain
from components.frame.waiting import ready
from gradcam import GradcamError
from services import session
from services.media.input_options import changed
from services.media.medium import Medium, WrittenTable
from services.numbers import counted
from services.opening.check.check import PreprocessingCheck
from services.opening.check.clues import Assurance
from services.opening.check.telling import finer_fact, order_fact, rivals_said, way_said
from services.opening.check.verifying import Verifying, verification
from services.opening.opening import Opened
from services.sources.confirming import confirmed_text, may_be_written, write_confirmed
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import SourceReference, parse_reference

ANCHOR = "preprocessing"  # of the heading, for links from above
_ASSURED = {
    Assurance.GUESS: "Confirm it or choose another: wrong scaling is the most common silent fault.",
    Assurance.LIKELY: "Wrong scaling is the most common silent fault.",
    Assurance.CERTAIN: "No evidence against it.",
}


def preprocessing(opened: Opened) -> None:
    """What was looked at, what follows, and the choices for who knows better."""
    medium, check = opened.project.medium, opened.check
    if not medium.options:
        return
    st.subheader("Preprocessing", anchor=ANCHOR)
    reference = parse_reference(session.choices().source)
    if check is None:
        st.caption(f"{plain(medium.said)}, {_teller(opened)}")
    else:
        _evidence(check)
        if check.skipped:
            st.button(
                "Run the check",
                key="run_check",
                on_click=session.start_opening,
                args=(reference,),
            )
        _confirm(opened, check, reference)
        _trials(opened, check)
    _override(opened, reference.overrides)


def verified(opened: Opened) -> None:
    """What labels say of the preprocessing that the project tells, looked for in the background."""
    if opened.check is not None or not opened.project.medium.options:
        return
    asked = Verifying(opened.predictions)
    if (check := asked.found) is not None:
        _verification(opened, check)
        return
    about = f"Every scaling and order of colours, tried on {counted(asked.count, 'sample')}."
    if ready(asked, "verify", "Verify the preprocessing", about, auto=True):
        st.rerun()  # what is said above changes with it


def _verification(opened: Opened, check: PreprocessingCheck) -> None:
    told = verification(check, opened.project.medium)
    teller = _teller(opened)
    if told.better is None:
        mark = ":green[✓]" if told.holds else ":gray[○]"
        st.markdown(f"{mark} **F{teller[1:]}**; {plain(told.said)}.")
    else:
        st.warning(f"The preprocessing is {teller}, but {plain(told.said)}.")
        reference = parse_reference(session.choices().source)
        values = told.better.medium.values
        other = {each.name: values[each.name] for each in check.medium.options if each.tried}
        st.button(
            f"Open with {plain(way_said(told.better.medium))}",
            key="take_better",
            on_click=session.start_opening,
            args=(reference.with_overrides({**reference.overrides, **other}),),
        )
    if check.doubt is not None:
        doubt = order_fact(check.doubt, "{}.".format)
        st.warning(f"Order of the classes: **{plain(doubt.value)}** – {plain(doubt.why)}.")
    _trials(opened, check)


def _teller(opened: Opened) -> str:
    return "from the project" if opened.studio is None else "from Studio"


def preprocessing_said(opened: Opened) -> str:
    """How sure the preprocessing is, in a few words; "" where there is nothing to choose."""
    if not opened.project.medium.options:
        return ""
    if opened.check is not None:
        return f"Preprocessing is {opened.check.assurance}"
    check = Verifying(opened.predictions).found
    if check is None:
        return f"Preprocessing {_teller(opened)}"
    told = verification(check, opened.project.medium)
    if told.better is not None:
        return "Another preprocessing does better"
    count = counted(check.samples, "sample")
    return (
        f"Preprocessing verified on {count}" if told.holds else f"Preprocessing {_teller(opened)}"
    )


def measured_on(opened: Opened) -> None:
    """A word below the figures where the same pictures chose the preprocessing."""
    check, reference = opened.check, parse_reference(session.choices().source)
    if check is None or not check.by_labels or _is_chosen(opened, reference):
        return
    some = counted(check.samples, check.medium.called.one)
    st.caption(f"Optimistic: the preprocessing was chosen on {some} of the same test set.")


def _is_chosen(opened: Opened, reference: SourceReference) -> bool:
    """Whether a person has had the last word on what is tried."""
    tried = {option.name for option in opened.project.medium.options if option.tried}
    return bool(tried & reference.overrides.keys())


def _evidence(check: PreprocessingCheck) -> None:
    """The clues, a line each, and what cannot be told from what was chosen."""
    import pandas as pd

    way = way_said(check.medium)
    st.caption(f"**{plain(way)}** is {check.assurance}. {_ASSURED[check.assurance]}")
    if check.clues:
        table = pd.DataFrame(
            {
                "evidence": [plain(clue.what) for clue in check.clues],
                "figure": [plain(clue.figure) for clue in check.clues],
                "what it says": [plain(clue.says) for clue in check.clues],
            }
        )
        st.table(table.set_index("evidence"))
    for line in _beside(check):
        st.caption(plain(line))


def _beside(check: PreprocessingCheck) -> Iterator[str]:
    if check.skipped:
        yield "The check was skipped."
    elif not check.trials:
        yield f"No {check.medium.called.one} is labelled, so alternatives could not be compared."
    if check.rivals:
        yield f"On these {check.medium.called.many} it does as well as {rivals_said(check.rivals)}."
    for each in check.finer:
        fact = finer_fact(each, check)
        yield f"{fact.what}: {fact.value} – {fact.why}."


def _confirm(opened: Opened, check: PreprocessingCheck, reference: SourceReference) -> None:
    """Buttons by which a person says that it is right, for themselves or for everybody."""
    values, written = opened.project.medium.values, opened.project.medium.written
    pinned = {each.name: values[each.name] for each in opened.project.medium.options if each.tried}
    with st.container(horizontal=True):
        if check.assurance < Assurance.CERTAIN and not _is_chosen(opened, reference):
            st.button(
                "Confirm",
                key="confirm_preprocessing",
                icon=":material/check:",
                help="Kept in this link; the page stops asking.",
                on_click=session.start_opening,
                args=(reference.with_overrides({**reference.overrides, **pinned}),),
            )
        if may_be_written(reference) and session.is_on_this_machine():
            st.button(
                f"Save in {PROJECT_FILE}",
                key="save_preprocessing",
                icon=":material/save:",
                help="Writes it into the folder, for everybody who opens it.",
                on_click=_save,
                args=(reference, written),
            )
        else:
            text_download(
                f"Download {PROJECT_FILE}",
                lambda: confirmed_text(reference, written),
                PROJECT_FILE,
                "download_preprocessing",
                "application/toml",
            )


def _save(reference: SourceReference, written: WrittenTable) -> None:
    try:
        path = write_confirmed(session.person(), reference, written)
    except GradcamError as error:
        session.complain(str(error))
    else:
        session.start_opening(reference.without_overrides())
        session.notify(f"Written into {path}.")


def _trials(opened: Opened, check: PreprocessingCheck) -> None:
    import pandas as pd

    if not check.trials:
        return
    measure, medium = check.measure, opened.project.medium
    name = f"{measure.name}, classes in the best order" if check.in_any_order else measure.name
    table = pd.DataFrame(
        {
            "in use": ["✓" if t.medium.chosen == medium.chosen else "" for t in check.trials],
            **{word: [str(t.medium.chosen[word]) for t in check.trials] for word in medium.chosen},
            name: [check.score(t) for t in check.trials],
            check.medium.called.many: [t.count for t in check.trials],
        }
    )
    st.expander(f"{len(check.trials)} combinations tried", icon=":material/science:").dataframe(
        table,
        hide_index=True,
        height="content",
        column_config={
            "in use": st.column_config.TextColumn(width=55),
            "scaling": st.column_config.TextColumn(width=190),
            name: st.column_config.NumberColumn(format="percent" if measure.in_percent else "%.4g"),
        },
        alt=f"Scalings and colour orders tried, with their {measure.name}",
    )


def _override(opened: Opened, overrides: Mapping[str, str]) -> None:
    medium = opened.project.medium
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for option in medium.options:
            value = medium.values[option.name]
            if option.values:
                bind(option.name, value)
                st.selectbox(
                    option.title,
                    option.values,
                    key=option.name,
                    format_func=str,
                    on_change=_open_changed,
                    args=(medium, option.name),
                )
            else:
                bind(option.name, overrides.get(option.name, value))
                st.text_input(
                    option.title,
                    key=option.name,
                    placeholder="of pixels 0..1 or 0..255",
                    help="One number, or one for each channel in the network's order. "
                    "Where no number is above 1, they are of pixels 0..1.",
                    on_change=_open_changed,
                    args=(medium, option.name),
                )
        if overrides:
            own = opened.reference.without_overrides()
            st.button("Reset to the project's own", on_click=session.start_opening, args=(own,))


def _open_changed(medium: Medium, name: str) -> None:
    reference = parse_reference(session.choices().source)
    new = changed(medium, reference.overrides, name, st.session_state[name])
    session.start_opening(reference.with_overrides(new))
