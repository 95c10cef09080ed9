"""The channels of a layer: their maps of one sample, and one of them over the test set."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import cv2
import numpy as np
import streamlit as st

from components.board.board import board
from components.board.tile import Group, Legend, Shows, Tile, data_address
from components.controls.binding import bind, select, toggle
from components.frame import shell
from components.frame.downloads import text_download
from components.frame.text import plain
from components.frame.waiting import ready
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from gradcam.arrays import Floats
from gradcam.channels import Survey, channel_spans, within
from services import session
from services.choices.choices import Choices
from services.choices.options import ChannelSort, LayersView
from services.heatmaps.channels import (
    SOME,
    Channels,
    SurveyWanted,
    all_wanted,
    channels_of,
    examples,
    some_wanted,
)
from services.heatmaps.heatmaps import placed
from services.numbers import counted
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import encoded_heat, thumbnail

NUMBERS = (16, 32, 64, 128, 256, 0)  # how many are shown; 0 is all
SIDE = 96  # pixels: smaller maps are enlarged to about this, larger ones made smaller
LARGE = 240


def shown_select(choices: Choices, count: int) -> None:
    """How many of the channels or filters are drawn; nothing where they are few."""
    numbers = sorted(number for number in {*NUMBERS, choices.channels_shown} if 0 < number < count)
    if numbers:
        shown = choices.channels_shown if choices.channels_shown in numbers else 0
        select("Show", "channels_shown", [*numbers, 0], shown, say=_shown_said)


def _shown_said(number: int) -> str:
    return f"first {number}" if number else "all"


def maps(opened: Opened, position: int, choices: Choices) -> None:
    """A layer's activation maps of a sample, and how many of its channels are dead or active."""
    predictions = opened.predictions
    channels = channels_of(predictions, position, choices.recipe)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(channels) > 1:
            select("Order", "channel_sort", list(ChannelSort), choices.channel_sort)
        shown_select(choices, len(channels))
        toggle(
            f"On the {predictions.project.medium.called.one}",
            "on_picture",
            value=choices.on_picture,
        )
    order = channels.order(choices.channel_sort)
    order = order[: choices.channels_shown or len(order)]
    st.markdown(plain(survey_said(channels.survey, "this sample")))
    spans = channel_spans(channels.maps, shared=choices.recipe.shared_scale)
    tiles = [_map_tile(predictions, position, channels, int(k), spans[k], choices) for k in order]
    group = Group(tuple(tiles), tile_width=110)
    board([group], choices, key="maps", on_click=_look_at, legend=_legend(spans, choices))
    with st.container(horizontal=True):
        sheet_download([group], choices, "maps_png", "activation-maps.png", _legend(spans, choices))
        text_download("Table (CSV)", lambda: channel_table(channels), "channels.csv", "maps_csv")
    st.subheader("Dead and active channels", divider="gray", anchor=False)
    counts(some_wanted(predictions, choices.recipe))


def counts(wanted: SurveyWanted) -> None:
    """Dead and active channels over some of the test set, on a button."""
    some = min(SOME, len(wanted.predictions))
    about = f"One forward pass of {some:,} test samples, evenly taken over the labels."
    if not ready(wanted, "counts", f"Count over {counted(some, 'sample')}", about, auto=True):
        return
    survey = wanted.found
    if survey is None:
        return
    st.markdown(plain(survey_said(survey, f"{survey.count:,} test samples")))
    dead = np.flatnonzero(survey.dead)
    if len(dead):
        names = ", ".join(str(k) for k in dead[:40]) + (" …" if len(dead) > 40 else "")
        st.caption(f"Dead channels: {names}")
    text_download("Table (CSV)", lambda: survey_table(survey), "channel-counts.csv", "counts_csv")


def survey_said(survey: Survey, over: str) -> str:
    """How many channels are dead and how many active, in a sentence."""
    dead, always = int(survey.dead.sum()), int(survey.always.sum())
    total = len(survey.active)
    if survey.count == 1:
        return f"In {over} {total - dead} of {total} channels are active; {dead} are all zero."
    return (
        f"Over {over}: {dead} of {total} channels are dead (zero everywhere), {always} are active "
        f"in every sample, {total - dead - always} in some."
    )


def one_channel(opened: Opened, position: int, choices: Choices) -> None:
    """The test samples where a channel reaches highest, with its map on them."""
    predictions = opened.predictions
    channels = channels_of(predictions, position, choices.recipe)
    channel = chosen_channel(channels, choices)

    def keep() -> None:
        session.choose("channel", st.session_state["channel"])

    if len(channels) > 1:
        bind("channel", channel)
        st.number_input(
            "Channel", 0, len(channels) - 1, step=1, key="channel", on_change=keep, width=180,
            help="Default: the one that contributes most to this sample's target.",
        )  # fmt: skip
    wanted = all_wanted(predictions, choices.recipe)
    about = f"One forward pass of all {len(predictions):,} test samples; the result is kept."
    if not ready(wanted, "survey", f"Look over {counted(len(predictions), 'sample')}", about):
        return
    if (survey := wanted.found) is None:
        return
    st.markdown(plain(_channel_said(survey, channel)))
    best, maps = examples(wanted, survey, channel)
    if not best:
        return
    group = _examples_group(predictions, best, maps, choices)
    legend = _legend(channel_spans(maps[..., None]), choices)
    board([group], choices, key="channel_board", on_click=shell.open_in_explain, legend=legend)
    sheet_download([group], choices, "channel_png", f"channel-{channel}.png", legend)


def chosen_channel(channels: Channels, choices: Choices) -> int:
    """The chosen channel, or the first in contribution where there is no such one."""
    if 0 <= choices.channel < len(channels):
        return choices.channel
    return int(channels.order(ChannelSort.CONTRIBUTION)[0])


def _channel_said(survey: Survey, channel: int) -> str:
    if survey.dead[channel]:
        return f"Channel {channel} is dead: zero in all {survey.count:,} test samples."
    return (
        f"Channel {channel} is active in {survey.active[channel]:,} of {survey.count:,} test "
        f"samples, from {survey.low[channel]:.3g} to {survey.high[channel]:.3g}. Strongest in:"
    )


def _examples_group(
    predictions: Predictions, best: list[tuple[int, float]], maps: Floats, choices: Choices
) -> Group:
    positions = [position for position, _ in best]
    tiles = sample_tiles(predictions, positions, choices, Shows.PICTURE, side=LARGE)
    drawn = []
    for tile, (position, peak), channel_map in zip(tiles, best, maps, strict=True):
        low, high = channel_spans(
            maps[..., None] if choices.recipe.shared_scale else channel_map[..., None]
        )[0]
        picture = thumbnail(predictions, position, LARGE).picture
        heat = placed(predictions, position, within(channel_map, low, high), picture)
        drawn.append(
            replace(
                tile,
                heat=data_address(encoded_heat(heat)),
                shows=Shows.OVERLAY,
                note=f"reaches {peak:.3g}",
                alt=f"{tile.alt} with the channel's map",
            )
        )
    return Group(tuple(drawn), tile_width=165)


def _map_tile(
    predictions: Predictions,
    position: int,
    channels: Channels,
    channel: int,
    span: Floats,
    choices: Choices,
) -> Tile:
    raw = channels.maps[..., channel]
    heat, picture = within(raw, *span), None
    if choices.on_picture:
        small = thumbnail(predictions, position, SIDE)
        heat, picture = (
            placed(predictions, position, heat, small.picture),
            data_address(small.encoded),
        )
    else:
        heat = _cells(heat)
    moves = float(channels.contributions[channel])
    word = "raises" if moves > 0 else "lowers" if moves < 0 else "no effect"
    amount = f" {abs(moves):.2g}" if moves else ""
    return Tile(
        id=str(channel),
        alt=f"Activation map of channel {channel}",
        caption=f"{channel} · {word}{amount}",
        note=f"{raw.min():.2g} … {raw.max():.2g}",
        aspect=heat.shape[1] / heat.shape[0],
        picture=picture,
        heat=data_address(encoded_heat(heat)),
        shows=Shows.OVERLAY if choices.on_picture else Shows.HEAT,
        badge="" if channels.survey.active[channel] else "all zero",
        pixelated=True,
    )


def _cells(heat: Floats) -> Floats:
    """A small map with every cell as a square of pixels, a large one made smaller."""
    longest = max(heat.shape)
    if longest <= SIDE:
        times = SIDE // longest
        return heat.repeat(times, axis=0).repeat(times, axis=1)
    size = [max(1, round(side * SIDE / longest)) for side in heat.shape[::-1]]
    return np.asarray(cv2.resize(heat, size, interpolation=cv2.INTER_AREA), np.float32)


def _legend(spans: Floats, choices: Choices) -> Legend:
    if not choices.recipe.shared_scale:
        return Legend("lowest", "highest", "Colour bar: each map from its lowest to its highest")
    low, high = (f"{end:.3g}" for end in spans[0])
    return Legend(low, high, f"Colour bar from {low}, cold, to {high}, hot, for all maps")


def channel_table(channels: Channels) -> str:
    """Every channel of a sample as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["channel", "contribution", "mean", "min", "max"])
    flat = channels.maps.reshape(-1, len(channels))
    columns = (channels.contributions, flat.mean(axis=0), flat.min(axis=0), flat.max(axis=0))
    writer.writerows([number, *row] for number, row in enumerate(zip(*columns, strict=True)))
    return text.getvalue()


def survey_table(survey: Survey) -> str:
    """Every channel over the test samples as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["channel", "active_in", "of", "min", "max"])
    writer.writerows(
        [number, active, survey.count, low, high]
        for number, (active, low, high) in enumerate(
            zip(survey.active, survey.low, survey.high, strict=True)
        )
    )
    return text.getvalue()


def _look_at(channel: str) -> None:
    session.choose("channel", int(channel))
    session.choose("layers_view", LayersView.CHANNEL)
