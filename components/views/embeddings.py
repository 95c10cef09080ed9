"""Embeddings: what is drawn and how, the picture, its figures, labels that are in doubt."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from components.board.board import board
from components.board.tile import Group, Tile
from components.controls.binding import segments, select
from components.controls.filtered import filter_ready
from components.figures.embedding import ByCluster, ByVerdict, embedding_figure, verdicts_of
from components.figures.plot import Tools, plot
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import plain
from components.frame.waiting import ready
from components.peek import peek
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from services import session
from services.choices.browse import passing_samples
from services.choices.selection import written
from services.embedding.asked import Embedding, Found
from services.embedding.doubts import doubted
from services.embedding.labels import Doubt, agreement_by_kind, by_chance, neighbour_agreement
from services.embedding.reduction import LEAST_SAMPLES, UMAP_INSTALL, is_installed
from services.lists.kinds import LabelsToCheck
from services.numbers import counted, percent
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.short_names import short_names
from services.tables import Cell
from services.tasks.shown import Colouring

if TYPE_CHECKING:
    import pandas as pd

MOST_TILES = 24
MOST_FILTERED = 12


def embedding_ready(asked: Embedding) -> bool:
    """Whether the embedding is there; if not, the page shows how far it is, or why not."""
    count = len(asked.wanted)
    if count < LEAST_SAMPLES:
        st.info(f"An embedding needs at least {LEAST_SAMPLES} samples; this project has {count}.")
        return False
    if not is_installed(chosen := session.choices().reduction):
        st.info(
            f"{chosen} is not installed on this server, so {asked.choices.reduction} is shown. "
            f"To add it: `{UMAP_INSTALL}`"
        )
    about = f"{asked.choices.reduction} of {count:,} samples, in the background."
    return ready(asked, "embedding", "Compute embedding", about, auto=True)


def show_embedding(opened: Opened, asked: Embedding, embedded: Found) -> None:
    """Everything that is known of an embedding."""
    _what(opened.predictions, asked, embedded)
    picture, figures = st.columns([2.4, 1], gap="large")
    with picture:
        _picture(opened, asked, embedded)
    with figures:
        _figures(opened, asked, embedded)
    _filtered(opened, embedded)
    _doubts(opened, asked, embedded)
    _neighbours(opened, asked, embedded)
    _download(opened, asked, embedded)


def _what(predictions: Predictions, asked: Embedding, embedded: Found) -> None:
    shown, every = len(asked.wanted), len(predictions)
    samples = f"All {every:,} samples" if shown == every else (
        f"{shown:,} of {every:,} samples, "
        + predictions.answers.likeness.strata_said
    )  # fmt: skip
    numbers = f"{counted(embedded.width, 'feature')} each"
    if embedded.compared != embedded.width:
        numbers += (
            f", compared by {embedded.compared:,} random projections, "
            "which preserve distances within a few per cent"
        )
    left = (
        f" {embedded.left_out:,} without finite features are left out." if embedded.left_out else ""
    )
    st.caption(f"{samples}, {numbers}.{left}")


def colourings(opened: Opened) -> dict[str, Colouring | ByVerdict | ByCluster]:
    """What points can be coloured by, by name."""
    true, predicted, *others = opened.predictions.answers.likeness.colourings
    return {each.name: each for each in (true, predicted, ByVerdict(), *others, ByCluster())}


def _picture(opened: Opened, asked: Embedding, embedded: Found) -> None:
    choices, predictions = session.choices(), opened.predictions
    offered = colourings(opened)
    colouring = offered.get(choices.colouring) or next(iter(offered.values()))
    segments("Colour", "colouring", list(offered), colouring.name)
    passing = None
    if choices.filter.narrows:
        passing = np.isin(embedded.positions, passing_samples(predictions, choices.filter))
    # The chart is another one for each filter: it keeps no selection that was cleared since.
    key = f"embedding {asked.digest[:8]} {choices.filter.picked} {choices.filter.verdict}"

    def picked() -> None:
        selection = st.session_state[key]["selection"]
        positions = [int(point["customdata"][0]) for point in selection["points"]
                     if point.get("customdata")]  # fmt: skip
        session.choose("picked", written(predictions, positions))

    with st.container(key="embedding"):
        plot(
            embedding_figure(
                predictions, embedded, asked.choices, colouring, passing=passing,
                marked=_marked(opened, embedded),
            ),
            key,
            f"{asked.choices.reduction} of {len(embedded.positions)} samples by their "
            f"features, coloured by {colouring.name.lower()}",
            tools=Tools.ALL,
            name="embedding",
            on_select=picked,
            selects=("box", "lasso"),
        )  # fmt: skip
    peek(opened, "embedding", "peek", shell.open_in_explain)
    st.caption(
        "Hover to preview a sample, click to explain it, draw around samples to pick them; the "
        "ring marks the sample chosen below. "
        f"The plot preserves {percent(embedded.picture.kept)} of each sample's ten nearest "
        "neighbours; cluster sizes and distances between clusters mean little."
    )


def _figures(opened: Opened, asked: Embedding, embedded: Found) -> None:
    likeness, structure = opened.predictions.answers.likeness, embedded.structure
    st.subheader(likeness.separation, divider="gray", anchor=False)
    count = int(structure.clusters.max()) + 1
    rows = []
    labels = likeness.separated
    if labels.note:
        st.caption(labels.note)
    if labels.name:
        rows.append((labels.name, structure.of_labels))
    rows.append((f"{count} clusters by k-means" if count > 1 else "One cluster",
                 structure.of_clusters))  # fmt: skip
    said = (
        f"**{plain(name)}**  \nsilhouette {_number(of.silhouette)}, "
        f"Davies-Bouldin {_number(of.davies_bouldin)}"
        for name, of in rows
    )
    with st.container(key="separation"):  # no table: beside the plot three columns would be cut
        st.markdown("\n\n".join(said))
    st.caption(
        "Computed on the features, not on the plot. Silhouette: −1 to 1, higher is better. "
        "Davies-Bouldin: from 0, lower is better."
    )
    st.subheader("Neighbour agreement", divider="gray", anchor=False)
    truth, tolerance = _truth(opened, embedded)
    shares = neighbour_agreement(truth, _near(asked, embedded), tolerance)
    if not np.isfinite(shares).any():
        st.caption("No sample is labelled, so agreement cannot be measured.")
        return
    chance = by_chance(truth, tolerance)
    words = likeness.same_said(session.choices().filter.threshold)
    st.markdown(
        f"**{percent(float(np.nanmean(shares)))}** of the {_near(asked, embedded).shape[1]} "
        f"nearest neighbours have {words}; {percent(chance)} expected by chance."
    )
    _agreement_by_kind(opened, embedded, shares)


def _agreement_by_kind(opened: Opened, embedded: Found, shares: NDArray[np.float64]) -> None:
    likeness = opened.predictions.answers.likeness
    of = agreement_by_kind(likeness.kinds, embedded.positions, shares, len(opened.predictions))
    if not of:
        return
    cut = short_names([kind.name for kind in likeness.kinds])
    rows = [
        {likeness.kind: cut[each.name], "Samples": each.samples, "Agreement": 100 * each.share}
        for each in sorted(of, key=lambda each: each.share)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        height=min(38 + 35 * len(rows), 250),
        column_config={"Agreement": st.column_config.NumberColumn(format="%.0f %%")},
        key="agreement",
    )


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"


def _near(asked: Embedding, embedded: Found) -> NDArray[np.int64]:
    return embedded.structure.neighbours[:, : asked.choices.neighbours]


def _truth(opened: Opened, embedded: Found) -> tuple[NDArray[np.float64], float]:
    """What is true of the drawn samples, and how far apart two of them are still the same."""
    likeness = opened.predictions.answers.likeness
    return likeness.truth[embedded.positions], likeness.tolerance(
        session.choices().filter.threshold
    )


def _filtered(opened: Opened, embedded: Found) -> None:
    """The samples that pass the filter, where there is one."""
    choices, predictions = session.choices(), opened.predictions
    if not choices.filter.narrows:
        return
    if not filter_ready(opened):
        return
    listed = passing_samples(predictions, choices.filter)
    drawn = int(np.isin(listed, embedded.positions).sum())
    with st.container(key="filtered"):
        some = f", {drawn:,} of them drawn" if drawn != len(listed) else ""
        passing = "1 sample passes" if len(listed) == 1 else f"{len(listed):,} samples pass"
        st.subheader(f"{passing} the filter{some}", divider="gray", anchor=False)
        with st.container(horizontal=True):
            st.button("Show them in Samples", key="show_samples", icon=":material/grid_view:",
                      on_click=session.go_to, args=(shell.SAMPLES,))  # fmt: skip
        shown = [int(position) for position in listed[:MOST_FILTERED]]
        _tiles(opened, shown, "picked_tiles")


def _doubts(opened: Opened, asked: Embedding, embedded: Found) -> None:
    truth, _ = _truth(opened, embedded)
    doubts = doubted(asked, embedded)
    if not np.isfinite(truth).any():
        return
    count = len(doubts)
    with st.container(key="doubts"):
        st.subheader(f"Labels to check: {count:,}", divider="gray", anchor=False)
        threshold = session.choices().filter.threshold
        same = opened.predictions.answers.likeness.same_said(threshold)
        if not count:
            st.caption(f"Every labelled sample has a near neighbour with {same}.")
            return
        more = (
            f" The first {MOST_TILES} are shown; the table has all." if count > MOST_TILES else ""
        )
        st.caption(
            f"None of their nearest neighbours has {same}: the label is wrong, the network "
            f"misplaces the sample, or the sample is a rare case.{more}"
        )
        positions = [int(embedded.positions[doubt.point]) for doubt in doubts]
        st.button("Show them in Samples", key="doubts_samples", icon=":material/grid_view:",
                  on_click=_pick, args=(opened.predictions, positions))  # fmt: skip
        notes = [doubt_said(opened, doubt) for doubt in doubts[:MOST_TILES]]
        _tiles(opened, positions[:MOST_TILES], "doubt_tiles", notes, LabelsToCheck.word)


def _marked(opened: Opened, embedded: Found) -> int:
    """The point of the chosen sample; the first one where it is not drawn."""
    at = opened.predictions.positions.get(session.choices().sample, -1)
    points = np.flatnonzero(embedded.positions == at)
    return int(points[0]) if len(points) else 0


def _neighbours(opened: Opened, asked: Embedding, embedded: Found) -> None:
    """One sample and those that the network finds most like it."""
    st.subheader("Nearest neighbours of a sample", divider="gray", anchor=False)
    samples, marked = opened.predictions.samples, _marked(opened, embedded)
    ids = [samples[position].id for position in embedded.positions]
    select("Sample", "sample", ids, ids[marked], help="It has a ring in the plot.")
    near = embedded.positions[_near(asked, embedded)[marked]]
    of = [int(embedded.positions[marked]), *(int(position) for position in near)]
    notes = ["chosen", *(f"neighbour {number}" for number in range(1, len(of)))]
    _tiles(opened, of, "neighbour_tiles", notes)


def _pick(predictions: Predictions, positions: list[int]) -> None:
    session.replace_choices(session.choices().unfiltered())
    session.choose("picked", written(predictions, positions))
    session.go_to(shell.SAMPLES)


def doubt_said(opened: Opened, doubt: Doubt) -> str:
    """What the neighbours of a doubtful sample carry, in words."""
    likeness = opened.predictions.answers.likeness
    return likeness.suggestion_said(doubt.suggestion, doubt.votes, doubt.of)


def _tiles(
    opened: Opened,
    positions: list[int],
    key: str,
    notes: list[str] | None = None,
    within: str = "",
) -> None:
    choices = session.choices()
    tiles: tuple[Tile, ...] = sample_tiles(opened.predictions, positions, choices)
    if notes is not None:
        tiles = tuple(with_note(*both) for both in zip(tiles, notes, strict=True))
    groups = [Group(tiles)]
    explain = partial(shell.open_in_explain, within=within)
    board(groups, choices, key=key, on_click=explain, controls=False)
    sheet_download(groups, choices, f"{key}_png", f"{key.removesuffix('_tiles')}.png")


def with_note(tile: Tile, note: str) -> Tile:
    """A tile with a sentence under its caption."""
    return replace(tile, note=note)


def _download(opened: Opened, asked: Embedding, embedded: Found) -> None:
    table_download(
        "Table of all points (CSV)",
        lambda: _rows(table(opened, asked, embedded)),
        "embedding.csv",
        "download_embedding",
    )


def _rows(frame: pd.DataFrame) -> list[dict[str, Cell]]:
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def table(opened: Opened, asked: Embedding, embedded: Found) -> pd.DataFrame:
    """Everything that the page says of each point, one row a sample."""
    import pandas as pd

    predictions, choices = opened.predictions, session.choices()
    truth, tolerance = _truth(opened, embedded)
    near, at = _near(asked, embedded), embedded.positions
    likeness = predictions.answers.likeness
    doubts = doubted(asked, embedded)
    notes = {doubt.point: doubt_said(opened, doubt) for doubt in doubts}
    columns = {
        "sample": [predictions.samples[p].id for p in at],
        "x": embedded.picture.coordinates[:, 0],
        "y": embedded.picture.coordinates[:, 1],
        "true": [predictions.samples[p].label for p in at],
    }
    columns |= likeness.columns(at)
    return pd.DataFrame(columns | {
        "verdict": verdicts_of(predictions, at, choices),
        "cluster": embedded.structure.clusters + 1,
        "agreement": neighbour_agreement(truth, near, tolerance),
        "label to check": [notes.get(point, "") for point in range(len(at))],
        "nearest": [predictions.samples[at[row[0]]].id for row in near],
    })  # fmt: skip
