"""All tiles of a board as one picture: with heat it carries the colour bar."""

import numpy as np

from components.board.tile import Group, Legend, Shows, Tile, data_address
from components.tiles.sheet import GAP, LINE, sheet
from gradcam import Colormap, color_table
from services.choices.choices import Choices
from services.media.shown import encoded
from services.predictions.thumbnails import encoded_heat

PICTURE = data_address(encoded(np.full((8, 8, 3), 90, np.uint8), lossless=True))
HEAT = data_address(encoded_heat(np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)))
CHOICES = Choices(colormap=Colormap.VIRIDIS)


def group(shows):
    return [Group((Tile("a picture", "a", 1.0, picture=PICTURE, heat=HEAT, shows=shows),))]


def test_beside_heat_stand_the_colours_from_cold_to_hot():
    with_heat = sheet(group(Shows.OVERLAY), CHOICES, Legend("−2", "7"))
    without = sheet(group(Shows.PICTURE), CHOICES)
    assert len(with_heat) - len(without) == LINE + GAP
    row = with_heat[len(without) + LINE // 2]
    table = {tuple(colour): level for level, colour in enumerate(color_table("viridis"))}
    levels = [table[tuple(colour)] for colour in row if tuple(colour) in table]
    assert levels[0] == 0
    assert levels[-1] == 255
    assert levels == sorted(levels)
    assert len(set(levels)) > 60


def test_pictures_alone_have_no_colour_bar():
    plain = sheet(group(Shows.PICTURE), CHOICES)
    assert {tuple(colour) for colour in color_table("viridis")[[0, 255]]}.isdisjoint(
        map(tuple, plain.reshape(-1, 3))
    )
