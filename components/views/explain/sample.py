"""The views of one sample: where it stands in the list, its pictures, its scores."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from components.board.tile import Bar, Group, Legend, Shows
from components.frame.text import plain
from components.tiles.marks import drawn_marks
from components.tiles.tiles import sample_tiles
from gradcam import focus, pointing
from services import session
from services.choices.choices import Choices
from services.choices.options import ONE, SIDE_BY_SIDE
from services.heatmaps.heatmaps import Heatmap, placed
from services.numbers import percent
from services.opening.opening import Opened
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import thumbnail
from services.sample import LabelledBox
from services.tasks.parts import Address, Place
from services.tasks.targets import Sight

FULL = 640  # pixels: pictures are sent no larger than this


def views_of(opened: Opened, position: int) -> dict[str, tuple[Sight, ...]]:
    """What can be shown of a sample: each view by its name, with the task's own rows."""
    own = opened.predictions.answers.pages.views(position)
    return {ONE: (), SIDE_BY_SIDE: (), **{view.name: view.sights for view in own}}


def chosen_view(views: Collection[str]) -> str:
    """The chosen view, or the first where the choice is of another project."""
    view = session.choices().view
    return view if view in views else ONE


def picture_group(
    predictions: Predictions, address: Address, choices: Choices, heatmap: Heatmap
) -> Group:
    """Original, heatmap and overlay, equally large; of a part with what the network sees for it."""
    frame = field_frame(predictions, address)
    made = {
        shows: replace(
            sample_tiles(
                predictions, [address], choices, shows, side=FULL, clickable=False, maps=[heatmap]
            )[0],
            marks=drawn_marks(predictions, address, choices, clickable=True),
            frame=frame,
        )
        for shows in (Shows.PICTURE, Shows.OVERLAY)
    }
    drawn = {
        "original": made[Shows.PICTURE],
        f"heatmap · {_cells(heatmap)}": replace(made[Shows.OVERLAY], shows=Shows.HEAT, marks=()),
        "overlay": made[Shows.OVERLAY],
    }
    tiles = [
        replace(tile, caption=caption, glyph="", verdict="", badge="", flag="", plays=False)
        for caption, tile in drawn.items()
    ]
    return Group(
        tuple(tiles),
        kind="strip",
        note=" ".join(filter(None, (heatmap.reason and heatmap.reason.value, heatmap.note))),
    )


def field_frame(predictions: Predictions, address: Address) -> LabelledBox | None:
    """The receptive field of a part as a frame; None of a whole sample."""
    field = predictions.answers.pages.field(address) if isinstance(address, Place) else None
    return None if field is None else LabelledBox("receptive field", *field)


def picture_alone(predictions: Predictions, position: int, choices: Choices) -> Group:
    """The original, while its heatmap is still to be made."""
    (tile,) = sample_tiles(
        predictions, [position], choices, Shows.PICTURE, side=FULL, clickable=False
    )
    return Group(
        (replace(tile, caption="original", glyph="", verdict="", plays=False),), kind="strip"
    )


def boxes_said(predictions: Predictions, position: int, heatmap: Heatmap) -> list[str]:
    """For each kind of labelled box the share of the heat on it, and where the hottest point is."""
    boxes = predictions.samples[position].boxes
    if not boxes or heatmap.reason is not None:
        return []
    picture = thumbnail(predictions, position, FULL).picture
    heat = placed(predictions, position, heatmap.heat, picture)
    scale = picture.shape[1] / float(predictions.sizes[position, 0])
    said = []
    for label in dict.fromkeys(box.label for box in boxes):
        own = [each.box.scaled(scale, scale) for each in boxes if each.label == label]
        peak = "there too" if pointing(heat, own) > 0.5 else "elsewhere"
        inside = percent(focus(heat, own).boxes)
        area = percent(focus(np.ones_like(heat), own).boxes)
        said.append(
            f"{inside} of the heat is on *{plain(label)}* ({area} of the area); "
            f"the hottest point is {peak}"
        )
    return said


def score_group(predictions: Predictions, position: int, choices: Choices) -> Group:
    """What the network says of a sample, and what is true."""
    said = predictions.answers.pages.bars(position, choices.filter.threshold)
    bars = tuple(Bar(bar.name, bar.text, bar.length, bar.true, bar.mark) for bar in said.bars)
    return Group((), title=said.title, note=said.note, bars=bars)


def _cells(heatmap: Heatmap) -> str:
    height, width = heatmap.cells
    return f"from {height} × {width} cells"


def heatmap_legend(heatmap: Heatmap) -> Legend:
    """The colour bar's numbers: what the hottest colour stands for in the raw map."""
    top = f"{heatmap.scale:.3g}" if heatmap.scale else "no map"
    return Legend("0", top, f"Colour bar: cold is 0, hot is a map value of {top} or more")
