"""One sample, or several, through every layer: what each looks at, and which to take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows, Tile
from components.controls.binding import bind
from components.frame.downloads import text_download
from components.frame.text import plain
from components.frame.waiting import ready
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from components.views.checked import GLYPHS_SAID, OUTCOME_GLYPHS, figures_said
from components.views.recommended import recommended
from gradcam import Layer
from services import session
from services.choices.choices import Choices
from services.heatmaps.heatmaps import layer_name
from services.heatmaps.layer_sweep import Sweep, SweepCell, sweep_table
from services.numbers import counted
from services.opening.opening import Opened
from services.tasks.shown import Positions

ROWS = 8  # as `layer_rows` may be at most
SIDE = 160


def rows_control(position: int, listed: Positions) -> None:
    """How many samples stand below each other; nothing where there is only one."""
    most = len(following(position, listed, ROWS))
    if most == 1:
        return

    def keep() -> None:
        session.choose("layer_rows", st.session_state["layer_rows"])

    bind("layer_rows", min(session.choices().layer_rows, most))
    st.number_input(
        "Samples", 1, most, step=1, key="layer_rows", on_change=keep, width=140,
        help="This sample and those after it in the filtered list.",
    )  # fmt: skip


def strip(opened: Opened, position: int, listed: Positions, choices: Choices) -> None:
    """The layers with their maps, once they are there."""
    method = choices.recipe.method
    if not method.uses_layer:
        st.info(
            f"{plain(method.title)} works on the input {opened.project.medium.called.one}, so "
            "every layer would show the same. Choose a method that uses a layer, such as Grad-CAM."
        )
        return
    rows = following(position, listed, choices.layer_rows)
    sweep = Sweep(opened.predictions, tuple(rows), choices.recipe)
    maps = counted(sweep.missing, "heatmap")
    about = f"{method.title} of each of the {len(sweep.layers):,} layers."
    auto = choices.auto or not method.slow
    if not ready(sweep, "sweep", f"Compute {maps}", about, auto=auto):
        return
    above = st.container()
    st.caption(
        "Under each layer: size and channels, receptive field, and the target → with the hottest "
        "part hidden, beside a random part hidden (± two standard deviations). Click a layer to "
        f"choose it for all pages. {GLYPHS_SAID}"
    )
    with above:
        made = recommended(opened, choices.recipe)
    layer = made.best.candidate.layer if made else ""
    groups = strip_groups(sweep, layer, choices)
    board(groups, choices, key="strip", on_click=_take)
    with st.container(horizontal=True):
        sheet_download(groups, choices, "strip_png", "layers.png")
        text_download("Table (CSV)", lambda: sweep_table(sweep, layer), "layers.csv", "strip_csv")


def following(position: int, listed: Positions, count: int) -> list[int]:
    """A sample and those after it in the list, fewer where the list ends."""
    here = np.flatnonzero(listed == position)
    if not len(here):
        return [position, *listed[: count - 1].tolist()]
    return listed[here[0] : here[0] + count].tolist()


def strip_groups(sweep: Sweep, recommended_layer: str, choices: Choices) -> list[Group]:
    """A group for each sample, a tile for each layer."""
    chosen = layer_name(sweep.predictions, choices.recipe)
    groups = []
    for position in sweep.positions:
        sample = sweep.predictions.samples[position]
        tiles = [
            _tile(sweep, layer, position, choices, badge=_badge(layer, chosen, recommended_layer))
            for layer in sweep.layers
        ]
        title = f"{sweep.predictions.answers.said(position)} · {sample.id}"
        groups.append(Group(tuple(tiles), title=title, tile_width=150))
    return groups


def _tile(sweep: Sweep, layer: Layer, position: int, choices: Choices, *, badge: str) -> Tile:
    cell = sweep.cell(layer, position)
    heatmap = cell.heatmap if cell else None
    (tile,) = sample_tiles(
        sweep.predictions, [position], choices,
        Shows.OVERLAY if heatmap else Shows.PICTURE, side=SIDE,
        maps=[heatmap] if heatmap else None,
    )  # fmt: skip
    name = layer.name.rpartition("/")[2]
    empty = "no map" if heatmap is None or heatmap.reason else ""
    return replace(
        tile,
        id=layer.name,
        alt=f"{layer.name} on {sweep.predictions.samples[position].id}: choose this layer",
        caption=f"{name} · {layer.kind}",
        note=f"{_size(layer)}. {_truth(cell)}",
        verdict="",
        glyph=OUTCOME_GLYPHS[cell.check.outcome] if cell and cell.check else "",
        badge=" · ".join(filter(None, (badge, empty))),
    )


def _badge(layer: Layer, chosen: str, recommended: str) -> str:
    marks = {"recommended": recommended, "● chosen": chosen}
    return " · ".join(mark for mark, name in marks.items() if name == layer.name)


def _size(layer: Layer) -> str:
    text = f"{layer.height} × {layer.width} × {layer.channels}"
    if layer.receptive_field is not None:
        rows, columns = layer.receptive_field
        text += f", receptive field {rows} × {columns}"
    return text.replace(" × ", "\u00a0×\u00a0")


def _truth(cell: SweepCell | None) -> str:
    if cell is None or cell.check is None:
        return cell.refused if cell else ""
    return figures_said(cell.check)


def _take(layer: str) -> None:
    session.choose("layer", layer)
