"""One sample, several heatmaps: methods as columns, or what is explained as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from components.board.tile import Group, Shows, Tile
from components.controls.binding import bind
from components.controls.method import methods_not_offered
from components.tiles.tiles import sample_tiles
from components.views.checked import OUTCOME_GLYPHS, figures_said
from gradcam import METHODS, fitting_methods
from services import session
from services.choices.choices import Choices
from services.choices.options import ONE
from services.choices.recipe import Recipe
from services.heatmaps.checks import known_check
from services.heatmaps.heatmaps import Heatmap, on_one_scale
from services.heatmaps.slow import MethodMaps, Wanted
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.tasks.targets import Sight

SIDE = 320


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
        help="One scale for all rows of a method; scales of two methods are not comparable.",
    )
    methods_not_offered(opened)


def wanted_columns(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
) -> Wanted:
    """What has to be made before the columns can be drawn."""
    targets = tuple(row.target for row in rows)
    return Wanted(
        predictions,
        tuple(
            MethodMaps((position,) * len(rows), targets, choices.recipe.using(method))
            for method in choices.compared
            if method.slow
        ),
    )


def method_groups(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
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
                _tile(predictions, position, choices, column[number], choices.recipe.using(method)),
                id="\n".join((str(method), row.words, row.against)),
                alt=f"{method.title} for {row.title}",
                caption=method.title,
            )
            for method, column in zip(choices.compared, columns, strict=True)
        ]
        groups.append(Group(tuple(tiles), title=row.title, kind="row"))
    return groups


def show_alone(clicked: str) -> None:
    """Show the heatmap of a clicked tile large; for callbacks."""
    name, words, against = clicked.split("\n")
    session.choose("method", METHODS[name])
    session.replace_choices(session.choices().having(sight=words, sight_against=against, view=ONE))


def wanted_rows(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
) -> Wanted:
    """What has to be made before the rows can be drawn."""
    if not choices.recipe.method.slow:
        return Wanted(predictions, ())
    targets = tuple(row.target for row in rows)
    return Wanted(predictions, (MethodMaps((position,) * len(rows), targets, choices.recipe),))


def row_groups(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
) -> list[Group]:
    """Several heatmaps of one sample below each other, on one scale."""
    maps = on_one_scale(predictions, position, [row.target for row in rows], choices.recipe)
    (picture,) = sample_tiles(predictions, [position], choices, side=SIDE, clickable=False)
    groups = []
    for row, heatmap in zip(rows, maps, strict=True):
        tiles = [replace(picture, caption="original", glyph="", verdict="")]
        for shows, name in ((Shows.HEAT, "heatmap"), (Shows.OVERLAY, "overlay")):
            tile = _tile(predictions, position, choices, heatmap, choices.recipe, shows)
            tiles.append(replace(tile, caption=name, alt=f"{name}: {row.title.lower()}"))
        reason = str(heatmap.reason.value) if heatmap.reason else ""
        groups.append(Group(tuple(tiles), title=row.title, note=reason, kind="strip"))
    return groups


def checked_methods(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
) -> list[tuple[Heatmap, Recipe]]:
    """The heatmaps of every row and method, to be checked one by one."""
    targets = [row.target for row in rows]
    several = [choices.recipe.using(method) for method in choices.compared]
    return [
        (heatmap, recipe)
        for recipe in several
        for heatmap in on_one_scale(predictions, position, targets, recipe)
    ]


def checked_rows(
    predictions: Predictions, position: int, rows: Sequence[Sight], choices: Choices
) -> list[tuple[Heatmap, Recipe]]:
    """The heatmaps of all rows, to be checked one by one."""
    maps = on_one_scale(predictions, position, [row.target for row in rows], choices.recipe)
    return [(each, choices.recipe) for each in maps]


def _tile(
    predictions: Predictions,
    position: int,
    choices: Choices,
    heatmap: Heatmap,
    recipe: Recipe,
    shows: Shows = Shows.OVERLAY,
) -> Tile:
    (tile,) = sample_tiles(
        predictions, [position], choices, shows, side=SIDE, clickable=False, maps=[heatmap]
    )
    tile = replace(tile, glyph="", verdict="", note=heatmap.note)
    checked = known_check(predictions, position, heatmap, recipe)
    if shows is not Shows.OVERLAY:
        return tile
    if checked is None:  # the line is there, so that nothing moves once it is filled
        return replace(tile, note=heatmap.note or "checking …")
    note = f"{heatmap.note} {figures_said(checked)}".lstrip()
    return replace(tile, glyph=OUTCOME_GLYPHS[checked.outcome], note=note)
