"""What the board in the browser is told of a tile."""

import json
from dataclasses import asdict

from components.board.tile import Group, Tile
from gradcam import Box
from services.sample import LabelledBox


def test_what_was_seen_and_drawn_is_told_as_left_top_width_and_height():
    drawn = (LabelledBox("car", 0.1, 0.2, 0.3, 0.4),)
    tile = Tile("a car", "car", 1.0, seen=Box(0.25, 0.0, 0.5, 1.0), boxes=drawn)
    (told,) = json.loads(json.dumps(asdict(Group((tile,)))))["tiles"]
    assert told["seen"] == [0.25, 0.0, 0.5, 1.0]
    assert told["boxes"] == [{"label": "car", "x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}]
