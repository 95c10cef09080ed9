"""What lies on a picture is drawn on its tile, also where the browser draws nothing."""

import numpy as np

from components.board.native import blended
from components.board.tile import DrawnMark, Tile, data_address
from services.choices.choices import Choices
from services.media.shown import encoded
from services.sample import LabelledBox


def test_marks_and_boxes_are_drawn_by_the_server_too():
    grey = np.full((128, 128, 3), 90, np.uint8)
    tile = Tile("", "", 1.0, picture=data_address(encoded(grey, lossless=True)))
    box = LabelledBox("cross", 0.5, 0.5, 0.25, 0.25)
    marked = Tile(
        **{
            **vars(tile),
            "marks": (DrawnMark(0.25, 0.25, "hit: cross", "hit", "✓"),),
            "boxes": (box,),
        }
    )
    plain, drawn = blended(tile, Choices()), blended(marked, Choices())
    assert drawn.shape == plain.shape == (256, 256, 3)
    assert drawn[64, 64 - 7].tolist() == [0, 0, 0]  # within the ring of the mark
    assert (drawn[64 - 9, 64] == (0x5F, 0xE3, 0xA1)).all()
    assert (drawn[128, 128:190] == 255).all()
    untouched = np.abs(drawn.astype(int) - plain).sum(axis=2) == 0
    assert untouched[200:, :100].all()
