"""A picture of one's own on Explain: how it comes, what is said beside it, how one goes back."""

from __future__ import annotations

import streamlit as st

from components.board.board import board
from components.board.tile import Group
from components.brought.brought import brought_files
from components.controls.binding import segments
from components.controls.stepper import list_ready, stepper
from components.flags.bar import sample_bar
from components.frame.text import plain
from components.tiles.tiles import sample_tiles
from components.views.explain.sample import views_of
from gradcam import GradcamError
from services import session
from services.opening.opening import Opened
from services.own.explaining import nearest_samples, with_own
from services.own.pictures import LARGEST, MARK, brought
from services.tasks.shown import Positions

NEAREST = 6  # samples beside it
GONE = (
    "The {one} of this link was kept for one session only; drop it on this page again. A sample "
    "is shown."
)


def looked_at(project: Opened) -> Opened:
    """The project, or with one's own picture in place of its samples where that is chosen."""
    chosen = session.choices().sample
    # A sound's windows have its id with their start behind it.
    ids = {chosen, chosen.rpartition("@")[0]}
    picture = next((each for each in session.own_pictures() if each.id in ids), None)
    if picture is None:
        return project
    try:
        return with_own(project, picture)
    except GradcamError as error:  # it was brought to another project, of another medium
        st.warning(plain(f"{picture.name}: {error}."), icon=":material/info:")
        return project


def steps(project: Opened, opened: Opened, position: int, listed: Positions) -> None:
    """Where one is: in a list of samples, or at a picture of one's own."""
    if opened is not project:
        _own_head(opened)
        return
    chosen = session.choices().sample
    if chosen.startswith(MARK):
        st.info(GONE.format(one=opened.project.medium.called.one))
    elif chosen and chosen not in opened.predictions.positions:
        st.info("The sample of this link is not in this project; another one is shown.")
    list_ready(opened)
    stepper(position, listed, opened.predictions)


def _own_head(opened: Opened) -> None:
    name = plain(opened.predictions.samples[0].path.name)
    one = opened.project.medium.called.one
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}** · your own {one}, not labelled, kept for this session only")
        st.button(
            "Back to the samples", key="leave_own", icon=":material/arrow_back:",
            on_click=session.choose, args=("sample", ""),
        )  # fmt: skip


def view_bar(project: Opened, opened: Opened, position: int, listed: Positions, view: str) -> None:
    """What is shown of the sample, what is said of it, and the way to bring a picture."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        segments("View", "view", list(views_of(opened, position)), view)
        if opened is project:  # of a picture that is gone with the session nothing is kept
            sample_bar(opened, position, listed)
        _offer(project)


def _offer(project: Opened) -> None:
    """Drop, paste or choose a file; and those brought before."""
    medium = project.project.medium

    def take(name: str, content: bytes) -> None:
        try:
            session.bring(brought(name, content, medium))
        except GradcamError as error:
            session.complain(str(error))

    def uploaded() -> None:
        file = st.session_state.get("own_file")
        if file is not None:
            take(file.name, file.getvalue())

    def recorded() -> None:
        recording = st.session_state.get("own_recording")
        if recording is not None:
            take("recording.wav", recording.getvalue())

    heard = medium.axes is not None
    icon = ":material/mic:" if heard else ":material/add_photo_alternate:"
    with st.popover(f"Your own {medium.called.one}", icon=icon, key="own"):
        st.caption(
            "Drop it anywhere on this page, paste it, or choose a file. It stays in this session."
        )
        st.file_uploader(
            plain(medium.accepts[:1].upper() + medium.accepts[1:]),
            key="own_file",
            on_change=uploaded,
            max_upload_size=LARGEST // 1_000_000,
        )
        if heard:
            st.audio_input("Record", key="own_recording", on_change=recorded)
        for picture in reversed(session.own_pictures()):
            st.button(
                plain(picture.name), key=f"show_{picture.id}", width="stretch",
                on_click=session.choose, args=("sample", picture.id),
            )  # fmt: skip
    brought_files("brought", LARGEST, take, lambda name: take(name, bytes(LARGEST + 1)))


def nearest_beside(project: Opened, opened: Opened) -> None:
    """Which samples of the project the network finds most like one's own picture."""
    if opened is project:
        return
    st.subheader("Nearest samples", anchor=False)
    st.caption("Most like it by the features before the last layer. Click one to explain it.")
    near = nearest_samples(project.predictions, opened.predictions, NEAREST)
    tiles = sample_tiles(project.predictions, near, session.choices())
    board(
        [Group(tiles, kind="row")], session.choices(), key="nearest", controls=False,
        on_click=lambda sample: session.choose("sample", sample),
    )  # fmt: skip
