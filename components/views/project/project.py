"""What was opened: figures, what the network sees, what was worked out, what was left out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from components.board.board import board
from components.board.tile import Group, Tile, data_address
from components.controls.binding import bind
from components.figures.tables import table_figure
from components.frame.text import plain
from components.tiles.tiles import SMALL
from gradcam import PictureError
from gradcam.arrays import Floats, Picture
from services import session
from services.media.input_options import changed
from services.media.medium import Medium
from services.media.shown import encoded, shrunk
from services.opening.opening import Opened
from services.sample import Sample
from services.sources.manifest import PROJECT_FILE
from services.sources.reference import parse_reference


def project_figures(opened: Opened) -> None:
    """The numbers that say how good the network is."""
    own, right = opened.predictions.answers.pages.figures(session.choices().filter.threshold)
    columns = st.columns([1.35, 1, 1, 1.2])
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


def tables(opened: Opened) -> None:
    """The same in more detail."""
    for table in opened.predictions.answers.pages.tables:
        st.subheader(table.title)
        table_figure(table)


def shown_sample(opened: Opened) -> Sample:
    """The sample chosen in Explain, else the first one."""
    position = opened.predictions.positions.get(session.choices().sample, 0)
    return opened.predictions.samples[position]


def network_sees(opened: Opened) -> None:
    """A sample beside the tensor that the network gets of it."""
    medium = opened.project.medium
    sample = shown_sample(opened)
    st.subheader("What the network really sees")
    try:
        reading = medium.read(sample.path)
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
            "what the network gets of it",
        ),
    )
    board([Group(tiles, kind="pair")], session.choices(), key="sees", controls=False)
    st.caption(
        plain(
            f"{medium.said}. The tensor's lowest number is drawn black, its highest white, in the "
            "order of its channels."
        )
    )


def drawn_tensor(tensor: Floats) -> Picture:
    """A tensor as a picture, its channels taken as red, green and blue: (h, w, 3) uint8."""
    low, high = float(tensor.min()), float(tensor.max())
    levels = np.rint((tensor - low) / ((high - low) or 1.0) * 255.0).astype(np.uint8)
    return np.repeat(levels, 3, axis=2) if levels.shape[2] == 1 else levels


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


def preprocessing(opened: Opened) -> None:
    """The trials of the preprocessing check, and the person's last word on it."""
    medium = opened.project.medium
    if not medium.options:
        return
    st.subheader("Preprocessing")
    reference = parse_reference(session.choices().source)
    if not any(sample.label is not None for sample in opened.project.samples):
        st.caption("No picture is labelled, so no scaling can be told right from wrong by trying.")
    elif opened.check is None:
        st.caption("The project tells its input spec, so nothing was tried.")
        st.button(
            "Try every scaling",
            key="try_scalings",
            on_click=session.start_opening,
            args=(reference.checked(),),
        )
    else:
        measure = opened.check.measure
        name = measure.name
        outcome = (
            f"the best {name} comes first. Wrong scaling is the commonest silent fault."
            if opened.check.tells
            else "all give the same, so these pictures cannot tell which is right. Choose it below."
        )
        st.caption(
            f"Every scaling was tried on {opened.check.samples} labelled pictures; {outcome}"
        )
        table = pd.DataFrame(
            {
                "in use": [
                    "✓" if t.medium.chosen == medium.chosen else "" for t in opened.check.trials
                ],
                **{
                    word: [str(t.medium.chosen[word]) for t in opened.check.trials]
                    for word in medium.chosen
                },
                name: [t.score for t in opened.check.trials],
            }
        )
        st.dataframe(
            table,
            hide_index=True,
            height="content",
            column_config={
                "in use": st.column_config.TextColumn(width=55),
                "scaling": st.column_config.TextColumn(width=190),
                name: st.column_config.NumberColumn(
                    format="percent" if measure.in_percent else "%.4g"
                ),
            },
            alt=f"Scalings and colour orders tried, with their {name}",
        )
    _override(opened, reference.overrides)


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
            st.button("Back to the project's own", on_click=session.start_opening, args=(own,))


def _open_changed(medium: Medium, name: str) -> None:
    reference = parse_reference(session.choices().source)
    new = changed(medium, reference.overrides, name, st.session_state[name])
    session.start_opening(reference.with_overrides(new))


def facts(opened: Opened) -> None:
    """What was read elsewhere or worked out, with the reasons."""
    if opened.project.facts:
        st.subheader("Worked out" if opened.studio is None else "As Studio says")
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
    broken = int((~np.isfinite(predictions.outputs).all(axis=1)).sum())
    if broken:
        st.warning(
            f"The network gives numbers that are not finite for {broken:,} of "
            f"{len(predictions):,} samples; its training has failed or its weights are damaged."
        )
    elif only := predictions.answers.pages.only_answer:
        st.warning(
            f"This network says **{plain(only)}** for every sample, so heatmaps "
            "cannot tell what sets the classes apart. Check the scaling below, then the training."
        )


def left_out(opened: Opened) -> None:
    """Files that take no part, with the reasons."""
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
