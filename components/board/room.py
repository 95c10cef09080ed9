"""The room of a board, kept free until the browser has drawn it, so that nothing below it moves.

A component's program arrives after the elements below it. How high a board becomes follows from its
tiles and from how wide it is, which only the browser knows: so it is told as a few straight lines,
one for each number of columns. Lengths are in rem, as in board.css; texts are guessed, rather low.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from components.board.tile import Group, Tile

NARROW = 30.0  # of the board itself, from where board.css changes
STEP = 0.5
WIDTHS = [STEP * step for step in range(30, 241)]  # that are looked at
_GAP, _GROUPS = 0.9, 1.26  # between tiles, between groups
_LINE, _SMALL = 1.18, 1.08  # of a caption, of a note below a tile
_TOOL, _TOOLS, _TOOLBAR = 1.75, 0.5, 2.0  # a row of tools, between two, around them with the gap
_LETTER = 0.4  # a letter's width, rather less than more


def room(key: str, groups: Sequence[Group], tools: Sequence[float], *, beside: bool) -> str:
    """The style that keeps a board's room free.

    Args:
        key: of the board.
        groups: what it draws.
        tools: the widths of what stands in its toolbar; empty without one.
        beside: whether groups stand beside each other where there is room.
    """
    return _room(key, tuple(map(_unpainted, groups)), tuple(tools), beside=beside)


def _unpainted(group: Group) -> Group:
    """A group without what changes at a step of a slider, and says nothing of how high it is."""
    return replace(
        group, tiles=tuple(replace(tile, picture=None, heat=None, alt="") for tile in group.tiles)
    )


@lru_cache(maxsize=256)
def _room(key: str, groups: tuple[Group, ...], tools: tuple[float, ...], *, beside: bool) -> str:
    heights = [height(groups, width, tools, beside=beside) for width in WIDTHS]
    lines = [f".st-key-{key} {{ container-type: inline-size; }}"]
    slope_before = math.nan
    for (width, here), (_, there) in pairwise(zip(WIDTHS, heights, strict=True)):
        slope = round((there - here) / STEP, 3)
        if slope == slope_before:  # the same line goes on
            continue
        slope_before, level = slope, here - slope * width
        if slope < 0:  # a step to more columns, or to fewer lines of text, somewhere in between
            slope, slope_before, level = 0.0, math.nan, there
        lines.append(
            f"@container (min-width: {width:g}rem) {{ .st-key-{key} > * "
            f"{{ min-height: calc({level:.2f}rem + {100 * slope:.1f}cqw); }} }}"
        )
    return "<style>" + "\n".join(lines) + "</style>"


def height(groups: Sequence[Group], width: float, tools: Sequence[float], *, beside: bool) -> float:
    """About how high a board becomes.

    Args:
        groups: what it draws.
        width: of the board.
        tools: the widths of what stands in its toolbar.
        beside: whether groups stand beside each other where there is room.
    """
    columns = max(1, min(len(groups), int((width + _GROUPS) / (20 + _GROUPS)))) if beside else 1
    own = (width - (columns - 1) * _GROUPS) / columns
    aspect = _common_aspect(groups)
    each = [_group(group, own, aspect) for group in groups]
    rows = [max(each[at : at + columns]) for at in range(0, len(each), columns)]
    return _toolbar(tools, width) + sum(rows) + _GROUPS * max(0, len(rows) - 1)


def _toolbar(tools: Sequence[float], width: float) -> float:
    if not tools:
        return 0.0
    rows, left = 1, width - 1.8
    for tool in tools:
        if tool > left and left < width - 1.8:
            rows, left = rows + 1, width - 1.8
        left -= tool + 1.5
    return _TOOLBAR + rows * _TOOL + (rows - 1) * _TOOLS


def _group(group: Group, width: float, aspect: float | None) -> float:
    head = (1.92 if group.title else 0.0) + (
        0.6 + _lines(group.note, width) * _LINE if group.note else 0.0
    )
    bars = len(group.bars) * 1.78 + max(0, len(group.bars) - 1) * 0.55
    columns, own = _columns(group, width)
    cells = [_tile(tile, own, aspect or tile.aspect) for tile in group.tiles]
    if group.kind == "lead" and cells and columns > 1:
        cells = [cells[0]] * 4 + cells[1:]  # it spans two columns and two rows
    rows = [max(cells[at : at + columns]) for at in range(0, len(cells), columns)]
    return head + bars + sum(rows) + _GAP * max(0, len(rows) - 1)


def _columns(group: Group, width: float) -> tuple[int, float]:
    """How many tiles stand in a row, and how wide each is."""
    narrow, count, most = width < NARROW, len(group.tiles), math.inf
    match group.kind:
        case "pair":
            columns = 2
        case "four":
            columns, most = (2, math.inf) if narrow else (4, 15.0)
        case "strip":
            columns = max(1, min(count, _fitting(12.0, width))) if narrow else 3
        case "row" if not narrow:
            columns, most = max(1, min(count, 8)), 13.0
        case "row":
            columns = max(1, min(count, _fitting(7.0, width)))
        case _:
            columns = _fitting(group.tile_width / 16, width)
    return columns, min(most, (width - (columns - 1) * _GAP) / columns)


def _fitting(least: float, width: float) -> int:
    return max(1, int((width + _GAP) / (min(width, least) + _GAP)))


def _tile(tile: Tile, width: float, aspect: float) -> float:
    note = 0.3 + _lines(tile.note, width) * _SMALL if tile.note else 0.0
    return width / aspect + 0.4 + min(3, _lines(str(tile.caption), width)) * _LINE + note


def _lines(text: str, width: float) -> int:
    return max(1, math.ceil(_LETTER * len(text) / max(width, 1.0)))


def _common_aspect(groups: Sequence[Group]) -> float | None:
    """As board.js: tiles of a grid are equally large, pictures of several shapes are squares."""
    aspects = [tile.aspect for group in groups for tile in group.tiles]
    if not aspects or any(group.kind == "strip" for group in groups):
        return None
    return aspects[0] if max(aspects) < 1.02 * min(aspects) else 1.0
