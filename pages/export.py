"""Export: the whole test set, or the filtered part of it, as overlays, table, report and zip."""

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.binding import segments
from components.controls.filtered import filter_ready
from components.controls.heatmap import chosen, heatmap_controls
from components.frame.guard import guarded, require_project
from components.frame.waiting import maps_ready
from components.tiles.tiles import sample_tiles
from components.views.export import command, export_panel, settings_said
from services import session
from services.choices.choices import OverlaySize, Scope
from services.export.background import requested
from services.heatmaps.slow import wanted

PREVIEW = 4  # samples

opened = require_project()
heatmap_controls(opened)
choices = chosen(opened)

st.markdown(
    f"Every {opened.project.medium.called.one} with its heatmap, sorted by verdict, with a table "
    "of the predictions and a report for people without the dashboard."
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    segments("Which", "scope", list(Scope), choices.scope, help="The filter is set on Samples.")
    segments("Overlay size", "overlay_size", list(OverlaySize), choices.overlay_size)
if choices.scope is Scope.FILTERED:
    filter_ready(opened)
with guarded():
    request = requested(opened, choices, session.person())
    settings_said(request)
    export_panel(request)
    st.subheader("Preview")
    first = request.first(PREVIEW)
    if maps_ready(wanted(opened.predictions, first, choices.recipe), main=False):
        tiles = sample_tiles(opened.predictions, first, choices, Shows.OVERLAY)
        board([Group(tiles)], choices, key="preview", tells=True)
    command(request)
