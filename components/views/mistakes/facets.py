"""What Mistakes shows of a task, each view drawn by what it is."""

from __future__ import annotations

from functools import singledispatch

import streamlit as st

from components.controls.arithmetic import has_arithmetics
from components.controls.flipped import flipped_select
from components.controls.heatmap import heatmap_controls
from components.figures.tables import table_figure
from components.views.mistakes.by_arithmetic import by_arithmetic
from components.views.mistakes.by_class import by_class
from components.views.mistakes.by_metadata import values_of_keys
from components.views.mistakes.by_object import by_object, by_threshold
from components.views.mistakes.by_value import by_value
from components.views.mistakes.certainty import certainty
from components.views.mistakes.one_by_one import by_picture
from services import session
from services.choices.choices import Choices
from services.judging.by_metadata import ByMetadata
from services.opening.opening import Opened
from services.predictions.both_arithmetics import ByArithmetic
from services.tasks.facets import (
    ByClass,
    ByObject,
    ByThreshold,
    ByValue,
    Certainty,
    Facet,
    Figures,
    OneByOne,
)

MistakesView = Facet | ByMetadata | ByArithmetic


def facets_of(opened: Opened) -> dict[str, MistakesView]:
    """What can be shown of a project's mistakes, by name."""
    predictions = opened.predictions
    facets: list[MistakesView] = [
        *predictions.answers.mistakes.facets(session.choices().filter.threshold)
    ]
    if predictions.metadata.keys and len(predictions.answers.judged):
        facets.append(ByMetadata(predictions.metadata))
    if has_arithmetics(opened):
        facets.append(ByArithmetic())
    return {facet.name: facet for facet in facets}


def chosen_facet(facets: dict[str, MistakesView]) -> MistakesView:
    """The chosen one, or the first where the choice is of another project."""
    return facets.get(session.choices().facet) or next(iter(facets.values()))


@singledispatch
def sidebar(_facet: object, _opened: Opened) -> None:
    """What is chosen beside a view: of most of them nothing; what is beside it stays open."""
    st.sidebar.caption("This view has no settings.")


@sidebar.register
def _(_facet: ByClass, opened: Opened) -> None:
    heatmap_controls(opened)


@sidebar.register
def _(_facet: ByObject, opened: Opened) -> None:
    heatmap_controls(opened)


@sidebar.register
def _(_facet: ByMetadata, opened: Opened) -> None:
    heatmap_controls(opened)


@sidebar.register
def _(_facet: OneByOne, opened: Opened) -> None:
    heatmap_controls(opened, shared=False, targets=False)
    with st.sidebar:
        flipped_select(opened)


@singledispatch
def show(facet: object, _opened: Opened, _choices: Choices) -> None:
    """Draw a view."""
    raise TypeError(f"there is no view of {type(facet).__name__}")


@show.register
def _(facet: ByClass, opened: Opened, choices: Choices) -> None:
    by_class(opened, choices, facet)


@show.register
def _(_facet: OneByOne, opened: Opened, choices: Choices) -> None:
    by_picture(opened, choices)


@show.register
def _(facet: Certainty, _opened: Opened, choices: Choices) -> None:
    certainty(choices, facet)


@show.register
def _(facet: ByValue, opened: Opened, _choices: Choices) -> None:
    by_value(opened, facet)


@show.register
def _(facet: ByObject, opened: Opened, choices: Choices) -> None:
    by_object(opened, choices, facet)


@show.register
def _(facet: ByThreshold, opened: Opened, choices: Choices) -> None:
    by_threshold(opened, choices, facet)


@show.register
def _(facet: ByMetadata, opened: Opened, choices: Choices) -> None:
    values_of_keys(opened, choices, facet)


@show.register
def _(_facet: ByArithmetic, opened: Opened, choices: Choices) -> None:
    by_arithmetic(opened, choices)


@show.register
def _(facet: Figures, _opened: Opened, _choices: Choices) -> None:
    for column, number in zip(st.columns(len(facet.numbers)), facet.numbers, strict=True):
        column.metric(number.name, number.text, border=True)
    for table in facet.tables:
        st.subheader(table.title, anchor=False)
        table_figure(table)
