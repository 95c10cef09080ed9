"""A project in Edge Impulse Studio: how it was fetched, what is new, what Studio says itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from components.board.board import board
from components.board.tile import Group
from components.controls.binding import bind
from components.frame import shell
from components.frame.text import plain
from components.views.project.opening import WAYS, WAYS_HELP
from components.views.project.project import shown_sample, still
from gradcam import GradcamError, PictureError
from services import session
from services.edge_impulse.access import Access
from services.edge_impulse.agreement import Agreement, agreement
from services.edge_impulse.connect import StudioProject
from services.edge_impulse.input import WHY
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.sized import fetch_sized
from services.media.shown import read_back
from services.numbers import counted, percent
from services.opening.opening import Opened, studio_reference
from services.predictions.predictions import Predictions

SHOWN = 200  # disagreeing samples in the table


def studio_bar(opened: Opened) -> None:
    """Where the project lies, which of its networks is shown, and a look for what is new."""
    studio = opened.studio
    if studio is None:
        return
    with st.container(border=True, key="studio"):
        owner = f" by {plain(studio.info.owner)}" if studio.info.owner else ""
        role = f" · key: {plain(studio.role)}" if studio.role else ""
        st.markdown(f"**Edge Impulse** · project {studio.info.id}{owner}{role}")
        if studio.changes is not None:
            st.markdown(plain(str(studio.changes)))
        count, volume = studio.fetched
        size = f"{volume / 1e6:.1f} MB" if volume > 1e5 else f"{volume / 1e3:.1f} kB"
        came = f"{count:,} fetched, {size}" if count else "nothing had to be fetched"
        way = WAYS[studio.place.way].lower()
        st.caption(plain(f"The test set comes {way}: {WHY[studio.place.way]}. Now {came}."))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _block_choice(studio)
            _way_choice(studio)
            st.button(
                "Refresh",
                key="refresh",
                icon=":material/refresh:",
                on_click=session.start_opening,
                args=(opened.reference,),
                help="Check Studio for changes; only what is new is fetched.",
            )
            st.link_button("Open in Studio", studio.url, icon=":material/open_in_new:")
        _obstacles(studio)


def _block_choice(studio: StudioProject) -> None:
    usable = {block.learn.id: block for block in studio.blocks.usable}
    if len(usable) < 2:
        return
    bind("learn_block", studio.place.learn)
    st.selectbox(
        "Learning block",
        list(usable),
        key="learn_block",
        format_func=lambda number: usable[number].title,
        on_change=_open_block,
        args=(studio,),
    )


def _open_block(studio: StudioProject) -> None:
    learn = st.session_state["learn_block"]
    impulse = next(block.impulse.id for block in studio.blocks.usable if block.learn.id == learn)
    _open_place(replace(studio.place, learn=learn, impulse=impulse))


def _way_choice(studio: StudioProject) -> None:
    bind("fetched_by", studio.place.way)
    st.segmented_control(
        "Test set",
        list(Way),
        key="fetched_by",
        format_func=WAYS.__getitem__,
        help=WAYS_HELP,
        required=True,
        on_change=_open_way,
        args=(studio,),
    )


def _open_way(studio: StudioProject) -> None:
    _open_place(replace(studio.place, way=st.session_state["fetched_by"]))


def _open_place(place: StudioPlace) -> None:
    try:
        session.start_opening(studio_reference(place))
    except GradcamError as error:
        session.complain(str(error))


def _obstacles(studio: StudioProject) -> None:
    others = studio.blocks.unusable
    if others:
        with st.expander(f"{len(others)} learning blocks cannot be explained"):
            st.markdown("\n".join(f"- **{plain(o.title)}**: {plain(o.obstacle)}" for o in others))


def studio_sees(opened: Opened) -> None:
    """On demand, the sample shown as Studio's own input block makes it, and how far ours is off."""
    access, sample = session.access_of(opened), shown_sample(opened)
    if access is None or opened.studio is None or sample.studio_id is None:
        return
    shown = opened.studio.place, sample.studio_id
    st.button(
        "Compare with Studio's own picture",
        key="fetch_sized",
        on_click=_fetch_sized,
        args=(access, *shown),
        help="Fetches this sample as Studio's input block resizes it.",
    )
    place, number, path = st.session_state.get("sized", (None, None, None))
    if (place, number) != shown:
        return
    medium = opened.project.medium
    try:
        theirs, ours = read_back(path), medium.read(sample.path).seen
    except PictureError as error:
        st.caption(plain(f"Studio's picture: {error}"))
        return
    if theirs.shape != ours.shape:
        height, width = theirs.shape[:2]
        st.warning(
            f"Studio's picture is {width} × {height}, ours {medium.width} × {medium.height}."
        )
        return
    off = np.abs(theirs.astype(np.int16) - ours)
    tiles = (still(theirs, "Studio's own", "as Studio resizes it"), still(ours, "ours", sample.id))
    board([Group(tiles, kind="pair")], session.choices(), key="sized", controls=False)
    st.caption(
        f"Ours differs by {off.mean():.1f} of 255 on average, {off.max()} at most. A few "
        "levels come from JPEG; more means a different resize."
    )


def _fetch_sized(access: Access, place: StudioPlace, number: int) -> None:
    try:
        st.session_state["sized"] = place, number, fetch_sized(access, place, number)
    except GradcamError as error:
        session.complain(str(error))


def studio_results(opened: Opened) -> None:
    """Studio's own model testing beside what is computed here."""
    studio = opened.studio
    if studio is None:
        return
    st.subheader("Studio's own test results")
    if not studio.results:
        st.caption(plain(studio.no_results))
        _testing(opened, studio)
        return
    by_variant = {result.variant: result for result in studio.results}
    variant = next(iter(by_variant))
    if len(by_variant) > 1:
        variant = st.segmented_control(
            "Variant of the model",
            list(by_variant),
            default="float32" if "float32" in by_variant else variant,
            key="variant",
            required=True,
        )
    _compared(opened, agreement(opened.predictions, by_variant[variant]))
    _testing(opened, studio)


def _compared(opened: Opened, compared: Agreement) -> None:
    if not compared.compared:
        st.caption("Studio's results are of other samples or classes; nothing can be compared.")
        return
    left, right = st.columns(2)
    agreeing = compared.compared - len(compared.disagreeing)
    left.metric(
        "Agreement",
        percent(compared.share, 1),
        f"{agreeing:,} of {counted(compared.compared, 'sample')}",
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )
    right.metric(
        "Mean difference",
        f"{compared.difference:.4f}",
        opened.predictions.answers.scores_said,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
        help="The largest score difference of each sample, averaged. Float32 should be below "
        "0.01; more means different preprocessing. Int8 rounds, so a few hundredths are normal.",
    )
    if compared.disagreeing:
        _disagreeing(opened.predictions, compared)


def _disagreeing(predictions: Predictions, compared: Agreement) -> None:
    import pandas as pd

    shown = compared.disagreeing[:SHOWN]
    table = pd.DataFrame(
        {
            "sample": [predictions.samples[differing.position].id for differing in shown],
            "true": [predictions.samples[differing.position].label or "–" for differing in shown],
            "here": [differing.compared.here for differing in shown],
            "in Studio": [differing.compared.there for differing in shown],
            "difference": [differing.compared.difference for differing in shown],
        }
    )
    st.caption(
        f"{counted(len(compared.disagreeing), 'sample')} where Studio disagrees; "
        "select one to explain it."
    )
    names = table["sample"].tolist()
    st.dataframe(
        table,
        key="disagreeing",
        hide_index=True,
        height="content" if len(shown) <= 8 else 320,
        column_config={"difference": st.column_config.NumberColumn(format="%.3f")},
        on_select=lambda: _explain(names),
        selection_mode="single-row",
        alt="Samples where Studio disagrees with what is computed here",
    )


def _explain(names: list[str]) -> None:
    if rows := st.session_state["disagreeing"]["selection"]["rows"]:
        shell.open_in_explain(names[rows[0]])


def _testing(opened: Opened, studio: StudioProject) -> None:
    """Model testing costs computing time, so it is asked twice."""
    if session.access_of(opened) is None:
        return
    if not st.session_state.get("asked_testing"):
        again = "again " if studio.results else ""
        st.button(
            f"Test {again}in Studio …",
            key="ask_testing",
            on_click=lambda: st.session_state.update(asked_testing=True),
        )
        return
    left = studio.info.compute_left
    has = f", of which the project has {left / 60:,.0f} minutes left" if left is not None else ""
    st.warning(f"Model testing runs in Studio and uses computing time{has}. Start it?")
    with st.container(horizontal=True):
        st.button("Start", key="start_testing", on_click=_start, args=(opened,))
        st.button("Not now", key="no_testing", on_click=_asked)


def _start(opened: Opened) -> None:
    _asked()
    session.test_in_studio(opened)


def _asked() -> None:
    st.session_state.pop("asked_testing", None)
