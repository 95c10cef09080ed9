"""Mistakes one by one: heatmaps of both classes, correct neighbours, possible reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil

import streamlit as st

from components.board.board import board
from components.board.tile import Group, Shows, Tile
from components.controls.binding import bind, segments, slider, store, toggle
from components.controls.cell import cell_chip
from components.controls.flipped import flipped_chip
from components.flags.bar import tiles_bar
from components.flags.panel import review_panel
from components.frame import shell
from components.frame.downloads import table_download
from components.frame.text import plain
from components.frame.waiting import maps_ready, ready
from components.keys.keys import Walk
from components.tiles.said import GLYPHS, verdict_of
from components.tiles.sheet import sheet_download
from components.tiles.tiles import sample_tiles
from services import session
from services.choices.choices import Choices
from services.choices.flagged import flags_in
from services.heatmaps.heatmaps import Heatmap
from services.judging.mistakes import Mistake, mistake, sample_rows
from services.judging.reasons import Looking, Ordinary, Reason, reason_rows, unusual_said
from services.judging.sights import sights_of, wanted_sights
from services.lists.mistaken import OneByOneList, chosen_list, listed_mistakes, none_said
from services.media.medium import Medium
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.tasks.facets import Listed
from services.tasks.parts import Address, address_word, sample_of

PER_PAGE = 5
SIDE = 320
ONE_SCALE = "The heatmaps of one sample share a scale: a pale one has less evidence to show."
OWN_SCALE = "Each heatmap has its own scale: strong and weak evidence look alike."
SCALE_HELP = "Scale each heatmap to its own maximum, instead of one maximum per sample."


def by_picture(opened: Opened, choices: Choices) -> None:
    """The mistakes of a kind, a few at a time, each with what it may come from."""
    predictions = opened.predictions
    cell_chip(opened)
    if not flipped_chip(opened):
        return
    lists = listed_mistakes(predictions, choices)
    listed = _listed(lists, choices)
    if not listed:
        st.info(plain(none_said(predictions, choices)))
        return
    pages = ceil(len(listed) / PER_PAGE)
    page = min(choices.mistakes_page, pages)
    shown = listed[(page - 1) * PER_PAGE : page * PER_PAGE]
    mistakes = [mistake(predictions, address, choices.filter.threshold) for address in shown]
    walk = Walk("sights-", whole=True, page=page, pages=pages)
    own = [one.position for one in mistakes]
    near = [each.position for one in mistakes for each in one.beside]
    ids = [predictions.samples[position].id for position in (*own, *near)]
    tiles_bar(opened, ids, walk, "mistakes_page")
    looking = Looking(predictions)
    medium = opened.project.medium
    many = medium.called.many
    about = f"{unusual_said(medium).capitalize()} of the test {many} are measured once."
    known = ready(looking, "looking", f"Measure the {many}", about, auto=True)
    if any(len(one.sights) > 1 for one in mistakes):
        _scale_said(choices)
    seen: list[tuple[Mistake, Group, Sequence[Reason]]] = []
    if known and looking.found and maps_ready(wanted_sights(predictions, mistakes, choices.recipe)):
        for number, one in enumerate(mistakes):
            with st.container(border=True, key=f"mistake-{number}"):
                seen.append((one, *_show(predictions, one, choices, looking.found, number)))
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            bind("mistakes_page", page)
            st.pagination(pages, key="mistakes_page", on_change=store, args=("mistakes_page",))
        table_download(
            "All of these (CSV)",
            lambda: sample_rows(predictions, listed),
            lists.file,
            "download_mistakes",
        )
        if seen:
            groups = [group for _, group, _ in seen]
            sheet_download(groups, choices, "download_rows", f"mistakes-{page}.png")
            table_download(
                "Possible causes (CSV)",
                lambda: reason_rows(predictions, [(one.position, why) for one, _, why in seen]),
                f"reasons-{page}.csv",
                "download_reasons",
            )


def _scale_said(choices: Choices) -> None:
    """What the colours of a mistake's heatmaps can be compared by, and the switch for it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        toggle("Own scale", "own_scale", value=choices.own_scale, help=SCALE_HELP)
        st.caption(OWN_SCALE if choices.own_scale else ONE_SCALE)


def _listed(listed: Listed, choices: Choices) -> tuple[Address, ...]:
    """The list that is looked at, and the controls that choose it."""
    if listed.caption:
        st.caption(listed.caption)
    names, which = list(listed.lists), chosen_list(listed, choices)
    if len(names) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            segments(
                "Which", "which", names, which,
                say=lambda name: f"{name} {len(listed.lists[name]):,}",
            )  # fmt: skip
            if listed.asks_sure:
                slider("Confident from, %", "sure", 0, 100, choices.sure, 1, width=260)
    return listed.lists[which]


def _show(
    predictions: Predictions, one: Mistake, choices: Choices, ordinary: Ordinary, number: int
) -> tuple[Group, Sequence[Reason]]:
    sample = predictions.samples[one.position]
    seen = sights_of(predictions, one, choices.recipe, ordinary, own_scale=choices.own_scale)
    glyph = GLYPHS[verdict_of(predictions, one.address, choices)]
    told = predictions.answers.said(one.address)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{glyph} {plain(told)}** · {plain(sample.id)}", width="content")
        _review(predictions, one.position, number)
    tiles = (
        *_own(predictions, one, choices, seen.own),
        *_beside(predictions, one, choices, seen.beside),
    )
    board(
        [Group(tiles, kind="row")],
        choices,
        key=f"sights-{number}",
        on_click=lambda clicked: _explain(predictions, one, clicked),
        controls=number == 0,
    )
    _reasons_said(seen.reasons, predictions.project.medium)
    return Group(tiles, title=f"{told} · {sample.id}"), seen.reasons


def _review(predictions: Predictions, position: int, number: int) -> None:
    """What people say of it, and where several review together what they share of it."""
    said = flags_in(predictions).said(predictions.digests[position])
    if session.person().signed_in:
        with st.popover("Review", icon=":material/rate_review:", key=f"review_mistake_{number}"):
            review_panel(predictions, position, number)
    if said:
        st.caption(plain(said))


def _own(
    predictions: Predictions, one: Mistake, choices: Choices, maps: Sequence[Heatmap]
) -> tuple[Tile, ...]:
    (picture,) = sample_tiles(predictions, [one.address], choices, side=SIDE)
    tiles = [replace(picture, caption="original", glyph="", id=f"{one.position}.")]
    for number, (sight, heatmap) in enumerate(zip(one.sights, maps, strict=True)):
        (tile,) = sample_tiles(
            predictions, [one.address], choices, Shows.OVERLAY, side=SIDE, maps=[heatmap]
        )
        blank = str(heatmap.reason.value) if heatmap.reason else ""
        tiles.append(
            replace(
                tile,
                id=f"{one.position}.{number}",
                alt=f"{sight.title}: {tile.alt}",
                caption=sight.title,
                glyph="",
                flag="",
                note=" ".join(filter(None, (blank, heatmap.note))),
            )
        )
    return tuple(tiles)


def _beside(
    predictions: Predictions, one: Mistake, choices: Choices, maps: Sequence[Heatmap]
) -> tuple[Tile, ...]:
    addresses = [near.address for near in one.beside]
    tiles = sample_tiles(predictions, addresses, choices, Shows.OVERLAY, side=SIDE, maps=maps)
    return tuple(
        replace(
            tile,
            id=f"{near.position}.",
            caption=f"{near.title}: {tile.caption}",
            alt=f"{near.title}: {tile.alt}",
        )
        for near, tile in zip(one.beside, tiles, strict=True)
    )


def _explain(predictions: Predictions, one: Mistake, clicked: str) -> None:
    """Open a heatmap large, with the target that it has here, of this sample alone."""
    position, _, number = clicked.partition(".")
    sample = predictions.samples[int(position)].id
    sight = one.sights[int(number)] if number else None
    addresses = (one.address, *(near.address for near in one.beside))
    own = next(each for each in addresses if sample_of(each) == int(position))
    shell.open_in_explain(address_word(sample, own), OneByOneList.word, sight)


def _checked(medium: Medium) -> str:
    return (
        "Checked for: a blank map, heat at the border or beside the labelled object, neighbours "
        f"with another label, unusual {unusual_said(medium)}, a tiny {medium.called.one} or object."
    )


def _reasons_said(reasons: Sequence[Reason], medium: Medium) -> None:
    if not reasons:
        st.caption("None of the checks stands out here.", help=_checked(medium))
        return
    st.markdown(
        "\n".join(
            f"- **{plain(each.question)}** {plain(each.figure.removesuffix('.'))}."
            for each in reasons
        ),
        help=_checked(medium),
    )
