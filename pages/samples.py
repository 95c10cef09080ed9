"""Samples: every test picture with its verdict; filter, sort, click one to explain it."""

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows
from components.controls.filtered import filter_ready
from components.controls.heatmap import chosen, heatmap_controls
from components.flags.bar import tiles_bar
from components.frame import shell
from components.frame.guard import guarded, require_project
from components.frame.waiting import maps_ready
from components.keys.keys import Walk
from components.tiles.tiles import sample_tiles
from components.views.samples.gallery import (
    filter_controls,
    order_control,
    page_of,
    pager,
    picture_side,
    tile_controls,
    verdict_control,
)
from components.views.samples.overview import distribution
from services.choices.browse import passing_samples
from services.choices.choices import Tiles
from services.heatmaps.slow import wanted

opened = require_project()
distribution(opened)
filter_controls(opened)
choices = chosen(opened)
overlays = choices.tiles is Tiles.OVERLAY
if overlays:
    heatmap_controls(opened)

filter_ready(opened)
listed = passing_samples(opened.predictions, choices.filter)
positions, pages = page_of(listed)
with st.container(key="gallery_controls", horizontal=True, vertical_alignment="bottom"):
    verdict_control(opened)
    order_control(opened)
    tile_controls()
walk = Walk("gallery", page=min(choices.page, pages), pages=pages)
ids = [opened.predictions.samples[position].id for position in positions]
tiles_bar(opened, ids, walk, "page", overlays=True)
with guarded():
    shown = [int(p) for p in positions]
    overlays = overlays and maps_ready(wanted(opened.predictions, shown, choices.recipe))
    shows = Shows.OVERLAY if overlays else Shows.PICTURE
    tiles = sample_tiles(opened.predictions, shown, choices, shows, side=picture_side(choices))
    board(
        [Group(tiles, tile_width=choices.tile_size)],
        choices,
        key="gallery",
        on_click=shell.open_in_explain,
        controls=overlays and len(shown) > 0,
    )
pager(listed, pages)
