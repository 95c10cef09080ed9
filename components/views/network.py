"""The network itself: its figures, the share of each block, every layer, how long it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import streamlit as st

from components.controls.binding import segments
from components.figures.plot import plot
from components.figures.style import MARGIN
from components.frame.downloads import text_download
from components.frame.text import label, plain
from components.frame.waiting import ready
from gradcam.summary import Block, Cost, Family, Summary
from services import session
from services.choices.options import Share
from services.inside.latency import Timing, milliseconds
from services.inside.summary_files import (
    count_said,
    counting_said,
    field_said,
    shapes_said,
    summary_csv,
    summary_text,
)
from services.numbers import bytes_said, percent
from services.opening.opening import Opened

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

# Each is dark enough for white letters.
COLORS: Final = {
    Family.CONVOLUTION: "#2f6690", Family.DEPTHWISE: "#1f7a5c", Family.DENSE: "#9c2f13",
    Family.NORMALISATION: "#75539a", Family.OTHER: "#5d5853",
}  # fmt: skip


def network_figures(opened: Opened) -> None:
    """Parameters, size and work; what kinds of numbers they are, and how they are rounded."""
    network, one = opened.project.network, opened.project.medium.called.one
    summary = network.summary
    told = (
        ("Parameters", f"{summary.parameters:,}", _fixed_said(summary)),
        ("Size of the weights", bytes_said(summary.size), f"{summary.size:,} bytes as stored"),
        (
            "Multiply-adds",
            count_said(summary.cost.multiply_adds),
            f"{count_said(summary.cost.flops)} FLOPs",
        ),
        ("Layers", f"{len(summary.lines):,}", f"for a {one} of {_picture_said(summary)}"),
    )
    columns = st.container(key="network_figures").columns(4)
    for column, (name, value, more) in zip(columns, told, strict=True):
        column.metric(
            name, value, more, delta_color="off", delta_arrow="off", border=True, height="stretch"
        )
    numbers = f"The file holds {network.told.numbers}" if network.told.numbers else ""
    rounding = f"whole numbers are rounded {network.arithmetic.said}" if network.arithmetic else ""
    if said := "; ".join(filter(None, (numbers, rounding))):
        st.caption(plain(f"{said}."))


def _fixed_said(summary: Summary) -> str:
    if summary.trainable is None:
        return "trainable: not known"
    return f"{summary.parameters - summary.trainable:,} of them not trainable"


def _picture_said(summary: Summary) -> str:
    height, width, channels = summary.picture
    return f"{height} × {width} × {channels}"


def latency(opened: Opened) -> None:
    """How long one prediction takes here, on its button."""
    asked, one = Timing.of(opened.project), opened.project.medium.called.one
    st.subheader("Latency", divider="gray", anchor=False)
    about = (
        f"Predicts one {one} of {asked.height} × {asked.width} repeatedly for a few seconds on "
        "the machine that runs this dashboard. Other devices will differ."
    )
    if not ready(asked, "latency", "Measure the latency", about):
        return
    timed = asked.found
    if timed is None:
        return
    low, high = timed.quarters
    with st.container(key="latency"):
        st.metric(
            "One prediction, median",
            milliseconds(timed.median),
            f"the middle half of {len(timed.seconds)} runs: "
            f"{milliseconds(low)} to {milliseconds(high)}",
            delta_color="off",
            delta_arrow="off",
        )
        st.caption(
            plain(
                f"Measured on {timed.machine}: one {one} of {timed.height} × {timed.width} × "
                f"{timed.channels} at a time, after a warm-up, without decoding and resizing. "
                "Other load on the machine makes it slower."
            )
        )
    st.button("Measure again", key="again", icon=":material/refresh:", on_click=asked.forget)


def blocks(summary: Summary) -> None:
    """The share of each block as a picture."""
    share = session.choices().share
    st.subheader("Share of each block", divider="gray", anchor=False)
    segments("Area", "share", list(Share), share)
    if not _weight(summary.blocks[0], share):
        st.info(f"This network has no {share.lower()} to show.")
        return
    with st.container(key="blocks"):
        plot(
            blocks_figure(summary.blocks, share),
            f"shares {share}",
            f"Blocks of the network, their area by their share of all {share.lower()}",
            name=f"blocks by {share.lower()}",
            themed=False,
        )
    colors = {block.family for block in summary.blocks if block.kind}
    said = ", ".join(f"{name} {_COLOR_WORDS[name]}" for name in COLORS if name in colors)
    st.caption(
        "A block is a nested network, or layers whose names share a prefix. Click a block to "
        f"zoom in; the camera above the figure saves it as PNG. Colours: {said}."
    )


_COLOR_WORDS: Final = {
    Family.CONVOLUTION: "blue", Family.DEPTHWISE: "green", Family.DENSE: "red",
    Family.NORMALISATION: "violet", Family.OTHER: "grey",
}  # fmt: skip


def blocks_figure(blocks: tuple[Block, ...], share: Share) -> go.Figure:
    """Rectangles in rectangles; the area of each is its share of the whole.

    Args:
        blocks: the whole first, then each block before what lies in it.
        share: what areas stand for.
    """
    import plotly.graph_objects as go

    shown = [block for block in blocks if _weight(block, share)]
    whole = _weight(shown[0], share)
    names = [label(block.name) or "the network" for block in shown]
    return go.Figure(
        go.Treemap(
            ids=[block.path or "/" for block in shown],
            labels=names,
            parents=["" if block.parent is None else block.parent or "/" for block in shown],
            values=[_weight(block, share) for block in shown],
            branchvalues="total",
            sort=False,
            text=[percent(_weight(block, share) / whole, 1) for block in shown],
            textinfo="label+text",
            textfont={"color": "#ffffff", "family": "sans-serif"},
            hovertext=[
                f"<b>{label(block.path) or 'the network'}</b><br>"
                f"{label(block.kind) or 'block'}<br>"
                f"{block.parameters:,} parameters<br>{block.multiply_adds:,} multiply-adds"
                for block in shown
            ],
            hoverinfo="text",
            marker={
                "colors": [COLORS[block.family] if block.kind else "#3f3b37" for block in shown],
                "line": {"width": 1, "color": "#ffffff"},
                "pad": {"t": 22, "l": 3, "r": 3, "b": 3},
            },
            pathbar={"textfont": {"color": "#ffffff"}},
            tiling={"packing": "squarify"},
        ),
        layout={
            "margin": {**MARGIN, "t": 30},
            "height": 480,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "#8a837c", "activecolor": "#8a837c"},
            "uniformtext": {"minsize": 10, "mode": "hide"},
        },
    )


def _weight(block: Block, share: Share) -> int:
    return block.parameters if share is Share.PARAMETERS else block.multiply_adds


def layers(opened: Opened) -> None:
    """Every layer in a table, and the summary to take away."""
    summary = opened.project.network.summary
    st.subheader("Every layer", divider="gray", anchor=False)
    st.dataframe(
        layer_table(summary),
        hide_index=True,
        height="content" if len(summary.lines) <= 24 else 560,
        column_config={
            "kind": st.column_config.TextColumn(width=165),
            "parameters": st.column_config.NumberColumn(format="localized"),
            "of all": st.column_config.ProgressColumn(
                format="percent", min_value=0, max_value=1, width=100
            ),
            "trainable": st.column_config.NumberColumn(format="localized"),
            "multiply-adds": st.column_config.NumberColumn(format="localized"),
            "FLOPs": st.column_config.NumberColumn(format="localized"),
            "receptive field": st.column_config.TextColumn(
                help="Receptive field: rows × columns of the input that one output cell depends on."
            ),
        },
        alt="Layers of the network with shapes, parameters and work",
    )
    network = opened.project.network
    if None in (network.height, network.width):
        st.caption(f"The network takes any size; shapes and work are for {_picture_said(summary)}.")
    st.caption(plain(counting_said(summary)))
    name, timed = opened.project.name, Timing.of(opened.project).found
    numbers = network.told.numbers
    with st.container(horizontal=True):
        text_download(
            "Summary (text)", lambda: summary_text(name, summary, timed, numbers),
            f"{name} network.txt", "summary_txt", "text/plain",
        )  # fmt: skip
        text_download(
            "Summary (CSV)", lambda: summary_csv(summary), f"{name} network.csv", "summary_csv"
        )


def layer_table(summary: Summary) -> pd.DataFrame:
    """One row for each layer; what is not known or not counted is empty."""
    import pandas as pd

    whole = summary.parameters or 1
    table = pd.DataFrame(
        {
            "layer": [
                line.path + (f" (run {line.runs} times)" if line.runs > 1 else "")
                for line in summary.lines
            ],
            "kind": [line.kind for line in summary.lines],
            "output": [shapes_said(line.shapes) for line in summary.lines],
            "parameters": [line.parameters for line in summary.lines],
            "of all": [line.parameters / whole for line in summary.lines],
            "trainable": [line.trainable for line in summary.lines],
            "multiply-adds": _counted(summary, lambda cost: cost.multiply_adds),
            "FLOPs": _counted(summary, lambda cost: cost.flops),
            "receptive field": [field_said(line) for line in summary.lines],
        }
    )
    return table if table["trainable"].notna().any() else table.drop(columns="trainable")


def _counted(summary: Summary, number: Callable[[Cost], int]) -> pd.arrays.IntegerArray:
    import pandas as pd

    costs = [line.cost for line in summary.lines]
    return pd.array([pd.NA if cost is None else number(cost) for cost in costs], dtype="Int64")
