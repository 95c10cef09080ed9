"""How much room a board is kept free, by hand, and that its style says the same at every width."""

import re

import pytest

from components.board.room import WIDTHS, height, room
from components.board.tile import Bar, Group, Tile

SQUARE = Tile("a car", "car", 1.0)
STRIP = [Group((SQUARE,) * 3, kind="strip")]
TOOLS = (9.0, 17.0, 11.0)  # 37 and two gaps of 1.5


def of(groups, width, tools=(), *, beside=False):
    return pytest.approx(height(groups, width, tools, beside=beside), abs=0.01)


def test_a_strip_is_three_beside_each_other_and_one_below_the_other_on_a_phone():
    caption = 0.4 + 1.18
    assert of(STRIP, 61.8) == 20 + caption
    assert of(STRIP, 31.8) == 10 + caption  # beside an open side bar
    assert of(STRIP, 24) == 3 * (24 + caption) + 2 * 0.9


def test_a_toolbar_wraps_where_it_has_no_room():
    assert of([], 61.8, TOOLS) == 2 + 1.75
    assert of([], 40, TOOLS) == 2 + 2 * 1.75 + 0.5  # 38.2 inside of it
    assert of([], 20, TOOLS) == 2 + 3 * 1.75 + 2 * 0.5


def test_tiles_of_a_grid_stand_in_as_many_columns_as_fit_and_a_leading_one_takes_four_cells():
    grid = Group((SQUARE,) * 5, tile_width=160)
    # Three of 10 with two gaps fit into 32: two rows.
    assert of([grid], 31.8) == 2 * (10 + 1.58) + 0.9
    lead = Group((SQUARE,) * 3, kind="lead", tile_width=160)
    # The first takes two rows of two; the others stand beside it.
    assert of([lead], 31.8) == 2 * (10 + 1.58) + 0.9


def test_titles_notes_and_bars_take_room():
    bars = (Bar("car", "93 %", 0.93), Bar("no car", "7 %", 0.07))
    assert of([Group((), title="Scores", note="short", bars=bars)], 30) == pytest.approx(
        1.92 + 0.6 + 1.18 + 2 * 1.78 + 0.55
    )


def test_groups_beside_each_other_are_as_high_as_the_highest():
    high, low = Group((SQUARE,) * 2, kind="pair"), Group((), title="None")
    assert of([high, low], 61.26, beside=True) == (30 - 0.9) / 2 + 1.58
    assert of([high, low], 30, beside=True) == (30 - 0.9) / 2 + 1.58 + 1.26 + 1.92


@pytest.mark.parametrize(
    "groups",
    [STRIP, [Group((SQUARE,) * 48)], [Group((SQUARE,) * 9, kind="lead"), *STRIP]],
    ids=["strip", "grid", "lead"],
)
def test_the_style_says_at_every_width_what_was_worked_out(groups):
    style = room("viewer", groups, TOOLS, beside=False)
    assert ".st-key-viewer { container-type: inline-size; }" in style
    off = [
        abs(kept_free(style, width) - height(groups, width, TOOLS, beside=False))
        for width in WIDTHS[:-1]
    ]
    # At a step, where there is another column from one width to the next, it may be off.
    assert sorted(off)[int(0.9 * len(off))] < 0.2


def test_no_more_room_is_kept_free_than_is_taken_between_these_widths_either():
    groups = [Group((SQUARE,) * 12, kind="lead", tile_width=130)]
    style = room("sides", groups, (), beside=False)
    for tenths in range(160, 1190):  # of them 35.3, beside an open side bar at 1024 pixels
        width = tenths / 10
        taken = height(groups, width, (), beside=False)
        assert kept_free(style, width) <= taken + 1.5, width  # a line of text


def kept_free(style, width):
    """What the style's last rule for a width says."""
    rule = r"min-width: ([\d.]+)rem\).*calc\((-?[\d.]+)rem \+ (-?[\d.]+)cqw"
    rules = [tuple(map(float, told)) for told in re.findall(rule, style)]
    _, level, slope = [each for each in rules if each[0] <= width][-1]
    return level + slope * width / 100
