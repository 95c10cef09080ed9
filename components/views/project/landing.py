"""What comes first of a project: its worst mistakes, what its figure is made of, where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial, singledispatch

import streamlit as st

from components.board.board import board
from components.board.tile import Bar, Group, Shows, Tile
from components.controls.heatmap import chosen
from components.figures.plot import plot
from components.figures.scores import error_histogram
from components.frame import shell
from components.frame.text import plain
from components.frame.waiting import ready
from components.tiles.tiles import sample_tiles
from components.views.project.preprocessing import ANCHOR, preprocessing_said
from components.views.project.studio import labels_back_link
from gradcam import GradcamError
from services import asking, session
from services.heatmaps.few import Few, few
from services.heatmaps.heatmaps import layer_name
from services.lists.kinds import WorstFirst
from services.numbers import counted
from services.opening.opening import Opened
from services.scan.scanning import Scan
from services.tasks.facets import ByValue
from services.tasks.shown import Bars, Worst

SHOWN = 4  # samples


@dataclass(frozen=True)
class First:
    """The samples that are looked at first, and their heatmaps.

    Attributes:
        worst: which samples.
        asked: their heatmaps.
        drawn: whether the page shows them with their heatmaps already.
    """

    worst: Worst
    asked: Few
    drawn: bool


def first_samples(opened: Opened) -> First:
    """The worst mistakes with their heatmaps, or without as long as these are not there."""
    choices, predictions = chosen(opened), opened.predictions
    worst = predictions.answers.pages.worst(SHOWN, choices.filter.threshold)
    asked = few(predictions, worst.positions, choices.recipe)
    drawn = bool(asked.fit) and not asked.missing
    st.subheader(worst.title, anchor=False)
    st.caption(plain(f"{worst.note}. Click one to explain it."))
    shows = Shows.OVERLAY if drawn else Shows.PICTURE
    group = Group(_tiles(opened, worst.positions, shows), kind="four")
    explain = partial(shell.open_in_explain, within=WorstFirst.word)
    board([group], choices, key="worst", on_click=explain, controls=False)
    return First(worst, asked, drawn)


def _tiles(opened: Opened, positions: Sequence[int], shows: Shows) -> tuple[Tile, ...]:
    try:
        return sample_tiles(opened.predictions, positions, session.choices(), shows, side=320)
    except GradcamError:  # a file has gone since: the pictures' own pages say so
        return ()


def follow_heatmaps(first: First) -> bool:
    """Have the heatmaps made that were not there; called last, so that nothing waits for them.

    Returns:
        Whether they are not on their way any more, so that other work may begin.
    """
    recipe = first.asked.recipe
    said = f"{recipe.method.title} · {layer_name(first.asked.predictions, recipe)}"
    with st.container(key="worst_said"):
        if first.drawn:
            st.caption(plain(said))
            return True
        count = counted(len(first.worst.positions), "heatmap")
        auto = session.choices().auto or not recipe.method.slow
        if ready(first.asked, "worst", f"Compute {count}", plain(said), auto=auto):
            st.rerun()
    return asking.under_way(first.asked) is None


def breakdown(opened: Opened) -> None:
    """What the figure is made of."""
    threshold = session.choices().filter.threshold
    shown = opened.predictions.answers.pages.breakdown(threshold)
    if shown is not None:
        _breakdown(shown)


@singledispatch
def _breakdown(shown: object) -> None:
    raise TypeError(f"there is no chart for {type(shown).__name__}")


@_breakdown.register
def _(shown: Bars) -> None:
    bars = tuple(Bar(bar.name, bar.text, bar.length, bar.true, bar.mark) for bar in shown.bars)
    st.subheader(shown.title, anchor=False)
    if shown.note:
        st.caption(shown.note)
    group = Group((), bars=bars)
    board([group], session.choices(), key="breakdown", controls=False)


@_breakdown.register
def _(shown: ByValue) -> None:
    st.subheader("Error distribution", anchor=False)
    plot(error_histogram(shown), "breakdown", "Histogram of the errors")


def next_steps(opened: Opened, first: First) -> None:
    """Where to go on, each with its figure."""
    st.subheader("Next steps", anchor=False)
    if first.worst.mistakes:
        st.page_link(shell.MISTAKES, label=first.worst.mistakes, icon=":material/rule:")
    st.page_link(shell.SCAN, label=_scan_said(opened), icon=":material/troubleshoot:")
    samples = counted(len(opened.predictions), "sample")
    st.page_link(shell.SAMPLES, label=f"Browse {samples}", icon=":material/grid_view:")
    st.page_link(shell.EXPORT, label="Export heatmaps and a report", icon=":material/download:")
    with st.container(key="to_sections"):  # of this page
        if said := preprocessing_said(opened):
            st.markdown(f":material/tune: [{plain(said)}](#{ANCHOR})")
        labels_back_link(opened)


def _scan_said(opened: Opened) -> str:
    """What the scan found where its result is kept, else that there is one."""
    choices = chosen(opened)
    kept = Scan(opened.predictions, choices.recipe, choices.filter.threshold).found
    if kept is None:
        return "Scan for shortcuts"
    count = len(kept.findings)
    return f"{counted(count, 'finding')} of the scan" if count else "The scan found nothing"
