"""What was opened: figures, what the network sees, what was detected, what was left out."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.board.board import board
from components.board.tile import Group, Tile, data_address
from components.controls.binding import toggle
from components.figures.tables import table_figure
from components.frame.text import plain
from components.tiles.tiles import SMALL
from gradcam import PictureError
from gradcam.arrays import Picture
from services import session
from services.media.shown import encoded, shrunk
from services.media.tensors import drawn_tensor
from services.opening.opening import Opened
from services.sample import Sample
from services.sources.manifest import PROJECT_FILE


def project_figures(opened: Opened) -> None:
    """The numbers that say how good the network is."""
    own, right = opened.predictions.answers.pages.figures(session.choices().filter.threshold)
    columns = st.container(key="figures").columns([1.35, 1, 1, 1.2])
    columns[0].metric("Task", opened.project.task.name, border=True, height="stretch")
    columns[1].metric("Samples", f"{len(opened.predictions):,}", border=True, height="stretch")
    columns[2].metric(own.name, own.text, border=True, height="stretch")
    columns[3].metric(
        right.name,
        right.text,
        right.note,
        delta_color="off",
        delta_arrow="off",
        border=True,
        height="stretch",
    )


def uncertain_switch(opened: Opened) -> None:
    """Whether answers below the project's confidence threshold count as uncertain."""
    least = opened.predictions.answers.pages.uncertain_below
    if least is None:
        return
    toggle(
        f"Count answers below {least:g} confidence as uncertain",
        "uncertain",
        value=session.choices().filter.uncertain,
        help="As Studio's model testing does: an uncertain sample is not correct, and no mistake.",
    )


def tables(opened: Opened) -> None:
    """The same in more detail."""
    for table in opened.predictions.answers.pages.tables:
        with st.expander(f"{table.title} as a table", icon=":material/table:"):
            table_figure(table)


def shown_sample(opened: Opened) -> Sample:
    """The sample chosen in Explain, else the first one."""
    position = opened.predictions.positions.get(session.choices().sample, 0)
    return opened.predictions.samples[position]


def network_sees(opened: Opened) -> None:
    """A sample beside the tensor that the network gets of it."""
    medium = opened.project.medium
    sample = shown_sample(opened)
    st.subheader(f"What the network really {opened.project.medium.called.sense}s")
    try:
        reading = medium.read(sample.path, sample.window)
    except PictureError as error:
        st.caption(plain(f"{sample.id}: {error}"))
        return
    picture, tensor = reading.picture, reading.tensor
    levels = f"from {tensor.min():.3g} to {tensor.max():.3g}"
    tiles = (
        still(picture, f"original, {picture.shape[1]} × {picture.shape[0]}", sample.id),
        still(
            drawn_tensor(tensor),
            f"tensor, {medium.width} × {medium.height}, {levels}",
            "what the network receives",
        ),
    )
    board([Group(tiles, kind="pair")], session.choices(), key="sees", controls=False)
    st.caption(
        plain(
            f"{medium.said}. The tensor is drawn from its minimum (black) to its maximum (white), "
            "in the order of its channels."
        )
    )


def still(picture: Picture, caption: str, alt: str) -> Tile:
    """A picture as it is, without a heatmap."""
    height, width = picture.shape[:2]
    return Tile(
        alt=alt,
        caption=caption,
        aspect=width / height,
        picture=data_address(encoded(shrunk(picture, 480))),
        pixelated=max(height, width) <= SMALL,
    )


def facts(opened: Opened) -> None:
    """What was read elsewhere or detected, with the reasons."""
    if opened.project.facts:
        st.subheader("Detected" if opened.studio is None else "From Studio")
        st.markdown(
            "\n".join(
                f"- **{plain(fact.what)}**: {plain(fact.value)} – {plain(fact.why)}"
                for fact in opened.project.facts
            )
        )


def warnings(opened: Opened) -> None:
    """What makes heatmaps or figures mean little, in words."""
    predictions, project = opened.predictions, opened.project
    for fact in project.facts:
        if fact.what == PROJECT_FILE:
            st.warning(f"In {plain(PROJECT_FILE)}, **{plain(fact.value)}** {plain(fact.why)}.")
        elif fact.warns:
            st.warning(f"{plain(fact.what)}: **{plain(fact.value)}** – {plain(fact.why)}.")
    broken = int((~np.isfinite(predictions.outputs).all(axis=1)).sum())
    if broken:
        st.warning(
            f"The network returns NaN or infinity for {broken:,} of {len(predictions):,} samples; "
            "its training diverged or its weights are damaged."
        )
    elif only := predictions.answers.pages.only_answer:
        st.warning(
            f"This network predicts **{plain(only)}** for every sample, so heatmaps cannot show "
            "what it relies on. Check the scaling below, then the training."
        )


def left_out(opened: Opened) -> None:
    """Files that take no part, with the reasons."""
    import pandas as pd

    files = opened.predictions.left_out
    if not files:
        return
    one = len(files) == 1
    st.subheader(f"{len(files):,} file{'' if one else 's'} left out")
    st.dataframe(
        pd.DataFrame([vars(file) for file in files]),
        hide_index=True,
        height="content" if len(files) <= 12 else 440,
        alt="Files that were left out, with the reasons",
    )
