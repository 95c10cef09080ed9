"""One sample, several heatmaps: classes as rows and methods as columns, or the two halves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from components.board.tile import Group, Shows, Tile
from components.controls.binding import bind
from components.controls.heatmap import methods_not_offered
from components.tiles.said import percent
from components.tiles.tiles import sample_tiles
from gradcam import METHODS, Target, fitting_methods
from services import session
from services.choices.choices import Choices, View
from services.choices.recipe import Recipe
from services.heatmaps.heatmaps import Heatmap, on_one_scale
from services.heatmaps.slow import Part, Wanted
from services.opening.opening import Opened
from services.predictions.predictions import Predictions

CLASSES = 3  # rows at most; the true class comes on top of these
SIDE = 320


@dataclass(frozen=True)
class Row:
    """A target of the sample, and what stands above its heatmaps.

    Attributes:
        target: what is explained.
        words: as in `Recipe.target`.
        title: as on the page.
    """

    target: Target
    words: str
    title: str


def rows_of(predictions: Predictions, position: int) -> tuple[Row, ...]:
    """The classes with the highest scores and the true one; of a regression the two halves."""
    project = predictions.project
    if project.is_regression:
        return halves_of(predictions)
    scores, true = predictions.scores[position], int(predictions.true[position])
    order = [int(i) for i in scores.argsort()[::-1][:CLASSES]]
    order += [true] if true >= 0 and true not in order else []
    return tuple(
        Row(
            Target.for_class(i),
            f"={project.classes[i]}",
            f"{project.classes[i]} · {percent(scores[i])}" + (" · true class" if i == true else ""),
        )
        for i in order
    )


def halves_of(predictions: Predictions) -> tuple[Row, Row]:
    """What raises a regression's value, and what lowers it."""
    output = predictions.project.regression.output
    return (
        Row(Target.for_output(output), f"={output}", "What raises the value"),
        Row(Target.for_output(output, lowers=True), f"-{output}", "What lowers the value"),
    )


def methods_select(opened: Opened, choices: Choices) -> None:
    """Which methods stand side by side."""

    def keep() -> None:
        session.choose("compare", ",".join(st.session_state["compare_methods"]))

    bind("compare_methods", [str(method) for method in choices.compared])
    st.multiselect(
        "Methods",
        [str(method) for method in fitting_methods(opened.project.network)],
        key="compare_methods",
        format_func=lambda name: METHODS[name].title,
        on_change=keep,
        help="Each method has one scale for all its rows; two methods cannot share one.",
    )
    methods_not_offered(opened)


def wanted_columns(
    predictions: Predictions, position: int, rows: Sequence[Row], choices: Choices
) -> Wanted:
    """What has to be made before the columns can be drawn."""
    targets = tuple(row.target for row in rows)
    return Wanted(
        predictions,
        tuple(
            Part((position,) * len(rows), targets, choices.recipe.using(method))
            for method in choices.compared
            if method.slow
        ),
    )


def method_groups(
    predictions: Predictions, position: int, rows: Sequence[Row], choices: Choices
) -> list[Group]:
    """A row for each class, a column for each method; a click shows that one alone."""
    targets = [row.target for row in rows]
    columns = [
        on_one_scale(predictions, position, targets, choices.recipe.using(method))
        for method in choices.compared
    ]
    groups = []
    for number, row in enumerate(rows):
        tiles = [
            replace(
                _tile(predictions, position, choices, column[number]),
                id=f"{method} {row.words}",
                alt=f"{method.title} for {row.title}",
                caption=method.title,
            )
            for method, column in zip(choices.compared, columns, strict=True)
        ]
        groups.append(Group(tuple(tiles), title=row.title, kind="row"))
    return groups


def show_alone(clicked: str) -> None:
    """Show the heatmap of a clicked tile large; for callbacks."""
    name, _, words = clicked.partition(" ")
    session.choose("method", METHODS[name])
    session.choose("target", words)
    session.choose("against", "")
    session.choose("view", View.ONE)


def wanted_halves(predictions: Predictions, position: int, choices: Choices) -> Wanted:
    """What has to be made before the halves can be drawn."""
    targets = tuple(row.target for row in halves_of(predictions))
    return Wanted(
        predictions,
        (Part((position,) * 2, targets, choices.recipe),) if choices.recipe.method.slow else (),
    )


def half_groups(predictions: Predictions, position: int, choices: Choices) -> list[Group]:
    """What raises and what lowers a regression's value, on one scale."""
    rows = halves_of(predictions)
    found = on_one_scale(predictions, position, [row.target for row in rows], choices.recipe)
    (picture,) = sample_tiles(predictions, [position], choices, side=SIDE, clickable=False)
    groups = []
    for row, heatmap in zip(rows, found, strict=True):
        tiles = [replace(picture, caption="original", glyph="", verdict="")]
        for shows, name in ((Shows.HEAT, "heatmap"), (Shows.OVERLAY, "overlay")):
            tile = _tile(predictions, position, choices, heatmap, shows)
            tiles.append(replace(tile, caption=name, alt=f"{name}: {row.title.lower()}"))
        reason = str(heatmap.reason.value) if heatmap.reason else ""
        groups.append(Group(tuple(tiles), title=row.title, note=reason, kind="strip"))
    return groups


def checked_methods(
    predictions: Predictions, position: int, rows: Sequence[Row], choices: Choices
) -> list[tuple[str, Heatmap, Recipe]]:
    """The first row's heatmaps, to be checked one by one."""
    several = [choices.recipe.using(method) for method in choices.compared]
    found = [on_one_scale(predictions, position, [rows[0].target], each)[0] for each in several]
    return [
        (each.method.title, heatmap, each) for each, heatmap in zip(several, found, strict=True)
    ]


def checked_halves(
    predictions: Predictions, position: int, choices: Choices
) -> list[tuple[str, Heatmap, Recipe]]:
    """Both halves, to be checked one by one."""
    rows = halves_of(predictions)
    found = on_one_scale(predictions, position, [row.target for row in rows], choices.recipe)
    return [(row.title, each, choices.recipe) for row, each in zip(rows, found, strict=True)]


def _tile(
    predictions: Predictions,
    position: int,
    choices: Choices,
    heatmap: Heatmap,
    shows: Shows = Shows.OVERLAY,
) -> Tile:
    (tile,) = sample_tiles(
        predictions, [position], choices, shows, side=SIDE, clickable=False, found=[heatmap]
    )
    return replace(tile, glyph="", verdict="", note=heatmap.note)
