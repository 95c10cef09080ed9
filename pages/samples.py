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
from components.tiles.parts import part_tiles
from components.views.samples.gallery import (
    filter_controls,
    listed_addresses,
    order_control,
    page_of,
    pager,
    picture_side,
    tile_controls,
    unit_control,
    verdict_control,
)
from components.views.samples.overview import distribution
from services.choices.choices import Tiles
from services.heatmaps.slow import wanted
from services.tasks.parts import sample_of

opened = require_project()
distribution(opened)
filter_controls(opened)
choices = chosen(opened)
overlays = choices.tiles is Tiles.OVERLAY
if overlays:
    heatmap_controls(opened)

filter_ready(opened)
with st.container(key="gallery_controls", horizontal=True, vertical_alignment="bottom"):
    by_part = unit_control(opened)
    verdict_control(opened, by_part=by_part)
    order_control(opened)
    tile_controls(opened)
listed = listed_addresses(opened, choices.filter, by_part=by_part)
shown, pages = page_of(listed)
walk = Walk("gallery", page=min(choices.page, pages), pages=pages)
ids = [opened.predictions.samples[sample_of(address)].id for address in shown]
tiles_bar(opened, ids, walk, "page", overlays=True)
with guarded():
    overlays = overlays and maps_ready(wanted(opened.predictions, shown, choices.recipe))
    shows = Shows.OVERLAY if overlays else Shows.PICTURE
    tiles = part_tiles(opened.predictions, shown, choices, shows, side=picture_side(choices))
    board(
        [Group(tiles, tile_width=choices.tile_size)],
        choices,
        key="gallery",
        on_click=shell.open_in_explain,
        controls=len(shown) > 0 and (overlays or any(tile.marks for tile in tiles)),
    )
pager(opened, listed, pages, by_part=by_part)
