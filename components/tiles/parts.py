"""Parts of samples as tiles of the board, each cut out of its picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components.board.tile import Shows, Tile, data_address
from components.tiles.tiles import SMALL, sample_tiles
from gradcam.box import Box
from services.choices.choices import Choices
from services.heatmaps.heatmaps import Heatmap, heatmaps, placed
from services.predictions.crops import PartCrop, cropped_heat, part_crop
from services.predictions.predictions import Predictions
from services.predictions.thumbnails import encoded_heat, thumbnail
from services.tasks.parts import Address, Place

WHOLE = 640  # pixels of the picture that heat is laid on before it is cut


def part_tiles(
    predictions: Predictions,
    addresses: Sequence[Address],
    choices: Choices,
    shows: Shows,
    *,
    side: int,
) -> tuple[Tile, ...]:
    """A tile for each part, with its own verdict and what lies around it; of samples the whole.

    Args:
        predictions: of the project.
        addresses: of the parts, or of samples.
        choices: how heatmaps are made.
        shows: picture or overlay.
        side: pixels of the longer side, at most.
    """
    if not any(isinstance(address, Place) for address in addresses):
        return sample_tiles(predictions, addresses, choices, shows, side=side)
    tiles = sample_tiles(predictions, addresses, choices, side=side)
    maps: Sequence[Heatmap | None] = [None] * len(addresses)
    if shows is not Shows.PICTURE:
        maps = heatmaps(predictions, addresses, choices.recipe)
    made = []
    for tile, address, heatmap in zip(tiles, addresses, maps, strict=True):
        if not isinstance(address, Place):
            made.append(tile)
            continue
        crop, heat = part_crop(predictions, address, side), None
        if heatmap is not None:
            whole = thumbnail(predictions, address.sample, WHOLE).picture
            placed_heat = placed(predictions, address.sample, heatmap.heat, whole)
            heat = data_address(encoded_heat(cropped_heat(placed_heat, crop)))
        made.append(
            replace(
                _cut(tile, crop),
                heat=heat,
                shows=shows,
                badge="no map" if heatmap is not None and heatmap.reason else "",
            )
        )
    return tuple(made)


def _cut(tile: Tile, crop: PartCrop) -> Tile:
    """A tile of a whole picture made one of a part of it."""
    height, width = crop.shown.picture.shape[:2]
    region = crop.region
    marks = tuple(
        replace(mark, x=(mark.x - region.x) / region.width, y=(mark.y - region.y) / region.height,
                chosen=False)
        for mark in tile.marks
        if mark.chosen
    )  # fmt: skip
    boxes = (replace(box, **_moved(box.box, region)._asdict()) for box in tile.boxes)
    return replace(
        tile,
        picture=data_address(crop.shown.encoded),
        aspect=width / height,
        pixelated=max(height, width) <= SMALL,
        seen=None,
        marks=marks,
        boxes=tuple(box for box in boxes if _is_inside(box.box)),
    )


def _is_inside(box: Box) -> bool:
    """Whether its middle is, so that the box of a neighbour is not half drawn."""
    return 0 < box.x + box.width / 2 < 1 and 0 < box.y + box.height / 2 < 1


def _moved(box: Box, region: Box) -> Box:
    """From fractions of the whole picture to fractions of a region of it."""
    return Box(
        (box.x - region.x) / region.width,
        (box.y - region.y) / region.height,
        box.width / region.width,
        box.height / region.height,
    )
