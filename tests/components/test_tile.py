"""What the board in the browser is told of a tile."""

import json
from dataclasses import asdict

from components.board.tile import Group, Tile
from gradcam import Box
from services.sample import LabelledBox
from services.tasks.shown import Caption


def test_what_was_seen_and_drawn_is_told_as_left_top_width_and_height():
    drawn = (LabelledBox("car", 0.1, 0.2, 0.3, 0.4),)
    tile = Tile("a car", "car", 1.0, seen=Box(0.25, 0.0, 0.5, 1.0), boxes=drawn)
    (told,) = json.loads(json.dumps(asdict(Group((tile,)))))["tiles"]
    assert told["seen"] == [0.25, 0.0, 0.5, 1.0]
    assert told["boxes"] == [{"label": "car", "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}]


def test_a_caption_is_told_in_parts_so_that_the_figure_is_never_cut():
    tile = Tile("a car", Caption("car", "van", "93 %"), 1.0)
    (told,) = json.loads(json.dumps(asdict(Group((tile,)))))["tiles"]
    assert told["caption"] == {"true": "car", "answer": "van", "figure": "93 %"}


def test_a_line_that_does_not_fit_loses_letters_of_its_longer_name():
    caption = Caption("healthy", "early blight", "93 %")
    assert caption.fitted(lambda text: len(text) <= 99) == "healthy → early blight 93 %"
    assert caption.fitted(lambda text: len(text) <= 20) == "healt… → early… 93 %"
    assert caption.fitted(lambda text: False) == "… → … 93 %"
