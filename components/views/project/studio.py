"""A project in Edge Impulse Studio: how it was fetched, what is new, what Studio says itself."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.board.board import board
from components.board.tile import Group
from components.controls.binding import bind
from components.frame import shell
from components.frame.text import plain
from components.views.project.opening import WAYS, WAYS_HELP
from components.views.project.project import shown_sample, still
from gradcam import GradcamError, PictureError
from services import session, studio_session
from services.edge_impulse.access import Access
from services.edge_impulse.agreement import Agreement, agreement
from services.edge_impulse.connect import StudioProject
from services.edge_impulse.place import StudioPlace, Way
from services.edge_impulse.stating import WHY
from services.edge_impulse.studios_own import fetch_own
from services.numbers import counted, percent
from services.opening.opening import Opened, studio_reference
from services.predictions.predictions import Predictions
from services.sample import Sample

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
    """On demand, the sample shown as Studio's own blocks make it, and how far ours is off."""
    access, sample, studio = studio_session.access_of(opened), shown_sample(opened), opened.studio
    if access is None or studio is None or sample.studio_id is None:
        return
    feed = studio.feed
    st.button(
        f"Compare with Studio's own {feed.made}",
        key="fetch_own",
        on_click=_fetch_own,
        args=(access, studio, sample),
        help="Fetches this sample as Studio's own blocks prepare it.",
    )
    place, shown, path = st.session_state.get("studios_own", (None, None, None))
    if (place, shown) != (studio.place, sample.id):
        return
    try:
        beside = feed.beside(path, opened.project.medium, sample)
    except PictureError as error:
        st.caption(plain(f"Studio's {feed.made}: {error}"))
        return
    if not beside.fits:
        st.warning(beside.said)
        return
    tiles = (
        still(beside.theirs, "Studio's own", beside.made),
        still(beside.ours, "ours", sample.id),
    )
    board([Group(tiles, kind="pair")], session.choices(), key="studios_own_pair", controls=False)
    st.caption(beside.said)


def _fetch_own(access: Access, studio: StudioProject, sample: Sample) -> None:
    try:
        path = fetch_own(access, studio.place, studio.feed, sample)
        st.session_state["studios_own"] = studio.place, sample.id, path
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


def labels_back(opened: Opened) -> None:
    """Agreed labels back to Studio, where the project comes from there."""
    if opened.studio is not None:
        from components.views.project import writing_back  # with the database, for these only

        writing_back.labels_back_section(opened, opened.studio)


def labels_back_link(opened: Opened, *, on_another_page: bool = False) -> None:
    """The way to that section, where something is to be given back."""
    if opened.studio is None:
        return
    from components.views.project import writing_back

    said = writing_back.waiting_said(opened, opened.studio)
    if said and on_another_page:
        st.page_link(shell.PROJECT, label=said, icon=":material/upload:")
    elif said:
        st.markdown(f":material/upload: [{plain(said)}](#{writing_back.ANCHOR})")


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
    access = studio_session.access_of(opened)
    if access is None:
        return
    if access.lent:
        st.caption("Shared with a key that only reads; who has a key of their own can test it.")
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
    studio_session.test_in_studio(opened)


def _asked() -> None:
    st.session_state.pop("asked_testing", None)
