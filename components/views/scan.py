"""The findings of a scan as cards: the question, its figures, its pictures, the way to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.figures.plot import plot
from components.figures.style import BAD, MARGIN
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import label, plain
from components.tiles.parts import part_tiles
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from services import session
from services.choices.choices import Choices
from services.choices.recipe import Recipe
from services.findings.finding import FALSE_ONES, Finding, ShareBar, Spread
from services.findings.report import Report
from services.lists.kinds import OfFinding
from services.numbers import counted, percent
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import THUMBNAIL
from services.scan.pictures import addresses_of, pictures_of
from services.scan.scanning import rules
from services.tables import Cell
from services.tasks.targets import NOBODY, PREDICTED

if TYPE_CHECKING:
    import plotly.graph_objects as go

SHOWN = 6  # pictures of a card
PALE = "#8a8f98"


def as_scanned(opened: Opened, choices: Choices) -> Choices:
    """The choices with what a scan always explains: the chosen class, by the default method."""
    recipe = replace(choices.recipe, method=opened.project.usual.method, method_settings="",
                     pooling=Recipe().pooling, target=PREDICTED, against=NOBODY)  # fmt: skip
    return replace(choices, recipe=recipe)


def report_summary(report: Report, predictions: Predictions) -> None:
    """What was asked and what stands."""
    medium = predictions.project.medium
    cards = {0: "Nothing stands out", 1: "1 finding"}.get(
        len(report.findings), f"{len(report.findings)} findings"
    )
    cold = f" {report.cold:,} of the heatmaps are blank." if report.cold else ""
    st.markdown(
        f"**{cards}** from {counted(report.questions, 'check')} on "
        f"{counted(report.pictures, medium.called.one)}.{cold} "
        f"You judge a finding: {medium.called.doubt}."
    )
    with st.expander("How findings are chosen"):
        st.markdown("\n".join(f"- {plain(rule)}" for rule in rules(predictions)))
        st.caption(
            f"p is corrected for all {counted(report.questions, 'check')} (Benjamini–Hochberg): "
            f"on average at most {percent(FALSE_ONES)} of the findings are chance. Answers with "
            f"too few {medium.called.many} are not checked. The same {medium.called.many} give the "
            "same findings."
        )


def cards(predictions: Predictions, report: Report, choices: Choices) -> None:
    """A card for each finding."""
    many = predictions.project.medium.called.many
    for number, finding in enumerate(report.findings):
        positions = pictures_of(predictions, report.name(number))
        first = addresses_of(predictions, finding)[:SHOWN]
        with st.container(border=True, key=f"finding_{number}"):
            st.caption(finding.kind.said(many))
            st.markdown(f"**{plain(finding.question)}**")
            words, picture = st.columns([1.2, 1], gap="medium")
            chance = f"= {finding.chance:.1g}" if finding.chance >= 1e-4 else "< 0.0001"
            words.markdown(
                f"{plain(finding.figures)} p {chance} (corrected for "
                f"{counted(report.questions, 'check')})."
            )
            parts = predictions.answers.pages.parts_said.lower()
            all_said = f"{len(finding.parts):,} {parts}" if finding.parts else f"{len(positions):,}"
            words.button(
                f"Show all {all_said} in Samples", key=f"show_{number}",
                icon=":material/filter_alt:", on_click=_filter,
                args=(report.name(number), bool(finding.parts)),
            )  # fmt: skip
            with picture:
                of = parts if finding.parts else many
                plot(figure_of(finding, of), f"figure_{number}", finding.question)
            draw = part_tiles if finding.parts else sample_tiles
            groups = [Group(draw(predictions, first, choices, Shows.OVERLAY, side=THUMBNAIL))]
            within = f"{OfFinding.word}:{report.name(number)}"
            explain = partial(shell.open_in_explain, within=within)
            board(groups, choices, f"pictures_{number}", explain, controls=False)
            sheet_download(groups, choices, f"png_{number}", f"finding-{number + 1}.png")


def findings_download(predictions: Predictions, report: Report) -> None:
    """Every finding with its pictures, as a table."""
    table_download(
        "Findings (CSV)", lambda: finding_rows(predictions, report), "findings.csv",
        "download_findings",
    )  # fmt: skip


def finding_rows(predictions: Predictions, report: Report) -> list[dict[str, Cell]]:
    """A row for each picture of each finding."""
    many = predictions.project.medium.called.many
    ids: dict[str, list[str]] = {}
    for sample, digest in zip(predictions.samples, predictions.digests, strict=True):
        ids.setdefault(digest, []).append(sample.id)
    return [
        {
            "finding": number,
            "kind": finding.kind.said(many),
            "question": finding.question,
            "figures": finding.figures,
            "chance": finding.chance,
            "sample": name,
            **({"object": part} if finding.parts else {}),
        }
        for number, finding in enumerate(report.findings, start=1)
        for digest, part in zip(finding.members, finding.parts or repeat(None), strict=False)
        for name in ids.get(digest, ())
    ]


def figure_of(finding: Finding, many: str) -> go.Figure:
    """A finding's shares as bars, or its property as two histograms."""
    if finding.spread is not None:
        return _histogram(finding.spread, many)
    return _bars(finding.bars)


def _bars(bars: Sequence[ShareBar]) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Bar(
            x=[100 * bar.share for bar in bars],
            y=[label(bar.name) for bar in bars],
            orientation="h",
            marker={"color": [BAD, *[PALE] * (len(bars) - 1)]},
            text=[percent(bar.share) for bar in bars],
            hoverinfo="skip",
        )
    )
    figure.update_xaxes(range=[0, 100], title="%")
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(margin=MARGIN, height=150, showlegend=False)
    return figure


def _histogram(spread: Spread, many: str) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    middles = [(a + b) / 2 for a, b in zip(spread.edges, spread.edges[1:], strict=False)]
    for name, shares, color in zip(
        spread.names, (spread.first, spread.second), (BAD, PALE), strict=True
    ):
        figure.add_scatter(
            x=middles,
            y=[100 * share for share in shares],
            name=label(name),
            line={"color": color, "shape": "hvh"},
            fill="tozeroy",
            mode="lines",
            hovertemplate="%{x:.3g}: %{y:.0f} %",
        )
    figure.update_xaxes(title=spread.name)
    figure.update_yaxes(title=f"% of {many}", rangemode="tozero")
    figure.update_layout(
        margin=MARGIN | {"t": 40}, height=240, legend={"orientation": "h", "y": 1.25, "x": 0}
    )
    return figure


def _filter(name: str, by_part: bool) -> None:
    filtered = session.choices().unfiltered().changed("finding", name)
    session.replace_choices(filtered.having(by_part=by_part))
    session.go_to(shell.SAMPLES)
