"""What a layer learned: its kernels as pictures, their figures, and all weights together."""

from __future__ import annotations

import numpy as np
import streamlit as st

from components.board.board import board
from components.board.tile import Group, Legend, Shows, Tile, data_address
from components.controls.binding import select
from components.figures.kernels import mixing_figure, weights_figure
from components.figures.plot import plot
from components.frame.downloads import text_download
from components.frame.text import plain
from components.tiles.sheet import sheet_download
from components.views.layers.channels import shown_select
from gradcam import Ability
from gradcam.arrays import Floats
from gradcam.kernels import kernel_limits
from services.choices.choices import Choices
from services.choices.options import KernelSort
from services.heatmaps.heatmaps import layer_name
from services.heatmaps.kernels import Kernels, kernel_table, layer_kernels
from services.media.shown import encoded
from services.opening.opening import Opened
from services.predictions.thumbnails import encoded_heat

MOST_ROWS = 512  # output channels in one figure
SIDE = 72  # pixels: kernels are enlarged to about this, a square for each weight


def learned_kernels(opened: Opened, choices: Choices) -> None:
    """The kernels of the chosen layer."""
    name = layer_name(opened.predictions, choices.recipe)
    kernels = layer_kernels(opened.project, name)
    if kernels is None:
        st.info(
            "Neither this layer nor any before it is a convolution, so there are no filters to "
            "draw. Choose a later layer."
        )
        return
    if kernels.mixes:
        _matrix(kernels, name, choices)
    else:
        _tiles(kernels, name, choices)
    st.subheader("All weights", divider="gray", anchor=False)
    plot(weights_figure(kernels.kernels), "weights", f"All weights of {kernels.layer.name}")


def has_scale(opened: Opened, choices: Choices) -> bool:
    """Whether the kernels are drawn one by one, each on a scale of its own or all on one."""
    if not opened.project.network.fit("This view", Ability.KERNELS):
        return False
    kernels = layer_kernels(opened.project, layer_name(opened.predictions, choices.recipe))
    return kernels is not None and not kernels.mixes


def _matrix(kernels: Kernels, name: str, choices: Choices) -> None:
    """A 1 × 1 kernel has no shape to look at: all of them are a matrix."""
    if len(kernels) > 1:
        select("Order", "filter_sort", list(KernelSort), choices.filter_sort, width=220)
    st.markdown(plain(_said(kernels, name)))
    order = kernels.order(choices.filter_sort)[:MOST_ROWS]
    figure = mixing_figure(kernels.kernels[order, 0, 0], [int(number) for number in order])
    alt = f"Weights of {kernels.layer.name}, a row for each output channel"
    plot(figure, "mixing", alt)
    if len(kernels) > MOST_ROWS:
        st.caption(f"The first {MOST_ROWS} of {len(kernels):,} output channels; the table has all.")
    _table_download(kernels)


def _tiles(kernels: Kernels, name: str, choices: Choices) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(kernels) > 1:
            select("Order", "filter_sort", list(KernelSort), choices.filter_sort)
        shown_select(choices, len(kernels))
        _input_select(kernels, choices)
    st.markdown(plain(_said(kernels, name)))
    group = _group(kernels, choices)
    colours = group.tiles[0].picture is not None
    if colours:
        st.caption("Mid-grey is a weight of zero; brighter is above it, darker below.")
    board([group], choices, key="filters", controls=not colours, legend=_legend(kernels, choices))
    with st.container(horizontal=True):
        sheet_download([group], choices, "filters_png", "filters.png", _legend(kernels, choices))
        _table_download(kernels)


def _table_download(kernels: Kernels) -> None:
    text_download("Table (CSV)", lambda: kernel_table(kernels), "filters.csv", "filters_csv")


def _input_select(kernels: Kernels, choices: Choices) -> None:
    every = "red, green, blue" if kernels.inputs == 3 else "mean of all"
    if kernels.inputs == 1:
        return
    channel = kernels.input_channel(choices.filter_input)
    select(
        "Input channel", "filter_input", [-1, *range(kernels.inputs)],
        -1 if channel is None else channel,
        say=lambda number: every if number < 0 else str(number),
    )  # fmt: skip


def _said(kernels: Kernels, name: str) -> str:
    count, rows, columns, inputs = kernels.kernels.shape
    layer = kernels.layer
    text = (
        f"{layer.name} ({layer.kind}): {count:,} filters of {rows} × {columns} weights for each of "
        f"{inputs:,} input channels."
    )
    if layer.name != name:
        text = f"{name} has no filters; these are of the nearest convolution before it. {text}"
    if kernels.mixes:
        return f"{text} Each output channel is a weighted sum of the input channels."
    return f"{text} Under each: mean ± standard deviation, smallest … largest weight."


def _group(kernels: Kernels, choices: Choices) -> Group:
    order = kernels.order(choices.filter_sort)
    order = order[: choices.channels_shown or len(order)]
    pictures = kernels.pictures(choices.filter_input, shared=choices.recipe.shared_scale)
    return Group(tuple(_tile(kernels, int(k), pictures[k]) for k in order), tile_width=110)


def _tile(kernels: Kernels, number: int, picture: Floats) -> Tile:
    times = max(1, SIDE // max(picture.shape[:2]))
    large = picture.repeat(times, axis=0).repeat(times, axis=1)
    figures = kernels.figures
    colours = large.ndim == 3
    return Tile(
        alt=f"Filter {number}",
        caption=f"{number} · L2 {figures.norm[number]:.3g}",
        note=(
            f"{figures.mean[number]:.2g} ± {figures.deviation[number]:.2g}, "
            f"{figures.low[number]:.2g} … {figures.high[number]:.2g}"
        ),
        aspect=large.shape[1] / large.shape[0],
        picture=data_address(encoded(_pixels(large), lossless=True)) if colours else None,
        heat=None if colours else data_address(encoded_heat(large)),
        shows=Shows.PICTURE if colours else Shows.HEAT,
        pixelated=True,
    )


def _pixels(picture: Floats) -> np.ndarray:
    return np.rint(picture * 255).astype(np.uint8)


def _legend(kernels: Kernels, choices: Choices) -> Legend:
    if not choices.recipe.shared_scale:
        return Legend("−", "+", "Colour bar: the middle is a weight of zero, the ends are each "
                      "filter's weight furthest from zero")  # fmt: skip
    channel = kernels.input_channel(choices.filter_input)
    shown = kernels.kernels if channel is None else kernels.kernels[..., channel]
    if channel is None and kernels.inputs != 3:
        shown = shown.mean(axis=-1)
    limit = float(kernel_limits(shown, shared=True)[0])
    return Legend(f"−{limit:.3g}", f"{limit:.3g}", f"Colour bar from −{limit:.3g} to {limit:.3g}")
