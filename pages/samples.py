"""Samples: every test picture with its verdict; filter, sort, click one to explain it."""

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.filtered import filter_ready
from components.controls.heatmap import chosen, heatmap_controls
from components.frame import shell
from components.frame.guard import guarded, require_project
from components.frame.waiting import maps_ready
from components.tiles.tiles import sample_tiles
from components.views.samples.gallery import (
    clear_button,
    filter_controls,
    page_of,
    pager,
    tile_switch,
    verdict_control,
)
from components.views.samples.overview import distribution
from services.choices.browse import passing_samples
from services.choices.choices import Tiles
from services.heatmaps.slow import wanted

opened = require_project()
filter_controls(opened)
choices = chosen(opened)
overlays = choices.tiles is Tiles.OVERLAY
if overlays:
    heatmap_controls(opened)

st.title("Samples")
obeyed = filter_ready(opened)
listed = passing_samples(opened.predictions, choices.filter)
positions, pages = page_of(listed)

gallery, aside = st.columns([2.2, 1], gap="large")
with aside:
    distribution(opened)
with gallery:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        verdict_control(opened)
        tile_switch()
    if obeyed and not len(listed):
        st.info("No sample passes these filters.")
        clear_button("clear")
    with guarded():
        shown = [int(p) for p in positions]
        overlays = overlays and maps_ready(wanted(opened.predictions, shown, choices.recipe))
        shows = Shows.OVERLAY if overlays else Shows.PICTURE
        board(
            [Group(sample_tiles(opened.predictions, shown, choices, shows))],
            choices,
            key="gallery",
            on_click=shell.open_in_explain,
            controls=overlays and len(shown) > 0,
        )
    pager(pages)
