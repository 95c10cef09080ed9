"""Explain: one sample, why the network said what it said, everything live."""

import streamlit as st

from components.board.board import board
from components.controls.heatmap import heatmap_controls
from components.controls.stepper import chosen_position
from components.flags.others import others_said
from components.flags.panel import review_panel
from components.frame.guard import guarded, require_project
from components.frame.text import plain
from components.frame.waiting import maps_ready
from components.views.compare.choosing import other_network
from components.views.explain.arithmetic import other_answer
from components.views.explain.checks import badge, proof, short_proofs
from components.views.explain.own import looked_at, nearest_beside, steps, view_bar
from components.views.explain.parts import explained, part_bar, rows_of
from components.views.explain.picture import beside_picture, picture
from components.views.explain.sample import (
    chosen_view,
    picture_alone,
    score_group,
    views_of,
)
from components.views.explain.side_by_side import (
    checked_methods,
    checked_rows,
    method_groups,
    methods_select,
    row_groups,
    show_alone,
    wanted_columns,
    wanted_rows,
)
from components.views.explain.sight import sight_chip, sighted
from components.views.explain.sound import sound
from components.views.recommended import finer_method, recommended
from services.choices.options import SIDE_BY_SIDE
from services.heatmaps.heatmaps import heatmaps
from services.heatmaps.slow import wanted

project = require_project()
opened = looked_at(project)
predictions = opened.predictions
position, listed = chosen_position(opened)
sample, views = predictions.samples[position], views_of(opened, position)
view = chosen_view(views)
heatmap_controls(opened, shared=False, one=view != SIDE_BY_SIDE)
choices = sighted(opened)
address = explained(opened, position)

steps(project, opened, position, listed)
view_bar(project, opened, position, listed, view)
part_bar(opened, address, choices)
sight_chip(opened, choices)
if opened is project:
    others_said(predictions, position)
with guarded():
    heatmap = None
    if view == SIDE_BY_SIDE:
        methods_select(opened, choices)
        rows = rows_of(predictions, address)
        if maps_ready(wanted_columns(predictions, position, rows, choices)):
            groups = method_groups(predictions, position, rows, choices)
            board(groups, choices, key="methods", on_click=show_alone)
            short_proofs(opened, position, checked_methods(predictions, position, rows, choices))
    elif rows := views[view]:
        if maps_ready(wanted_rows(predictions, position, rows, choices)):
            board(row_groups(predictions, position, rows, choices), choices, key="halves")
            short_proofs(opened, position, checked_rows(predictions, position, rows, choices))
    elif maps_ready(wanted(predictions, [address], choices.recipe)):
        (heatmap,) = heatmaps(predictions, [address], choices.recipe)
        picture(opened, address)
        sound(opened, position)
        beside = badge(opened, position, heatmap, choices.recipe)
        others = st.container()
    else:
        board([picture_alone(predictions, position, choices)], choices, "alone", controls=False)
    if opened is project:
        other_network(opened)
        review_panel(predictions, position)
    scores, more = st.columns(2, gap="large")
    with scores:
        board([score_group(predictions, position, choices)], choices, key="scores", controls=False)
        if opened is project:
            other_answer(opened, position)
    with more:
        if sample.metadata:
            st.caption(" · ".join(plain(f"{k}: {v}") for k, v in sample.metadata.items()))
        if heatmap is not None:
            beside_picture(opened, address, heatmap)
    nearest_beside(project, opened)
    if heatmap is not None:
        proof(opened, position, heatmap, choices.recipe)
        with others:  # last, because it may wait a little
            if not finer_method(project, choices.recipe, beside):
                little = beside is not None
                recommended(project, choices.recipe, tells_little=little, beside=beside)
