"""Right beside wrong, as groups of the board."""

from __future__ import annotations

from dataclasses import replace

from components.board import Group, Shows, Tile
from components.tiles import mean_tile, sample_tiles
from services.browse import Positions
from services.choices import Choices
from services.heatmaps import heatmaps
from services.predictions import Predictions
from services.review import Sides, mean_heatmap, nearest_correct

SHOWN = 11  # tiles a side; with the mean, which takes four places, fifteen
PAIRS = 6
SIDE = 320


def side_groups(predictions: Predictions, sides: Sides, choices: Choices) -> list[Group]:
    """Correct on the left, incorrect on the right; the mean heatmap first, one scale for both."""
    names = (
        ("Within the threshold", "Beyond the threshold")
        if predictions.project.is_regression
        else ("Correct", "Incorrect")
    )
    shown = [[int(p) for p in side[:SHOWN]] for side in (sides.correct, sides.incorrect)]
    # All at once, so that a shared scale is shared by both sides.
    found = heatmaps(predictions, [*shown[0], *shown[1]], choices)
    means = [
        mean_heatmap(predictions, [int(p) for p in side], choices)
        for side in (sides.correct, sides.incorrect)
    ]
    hottest = max((float(mean.heat.max()) for mean in means if mean is not None), default=0.0)
    halves = (found[: len(shown[0])], found[len(shown[0]) :])
    groups = []
    for name, verdict, side, positions, half, mean in zip(
        names, ("correct", "incorrect"), (sides.correct, sides.incorrect), shown, halves, means,
        strict=True,
    ):  # fmt: skip
        tiles = list(
            sample_tiles(predictions, positions, choices, Shows.OVERLAY, side=SIDE, found=half)
        )
        if mean is not None:
            tiles.insert(0, mean_tile(mean, hottest, name, verdict))
        title = f"{name} · {len(side):,}"
        groups.append(Group(tuple(tiles), title, _note(side), kind="lead", tile_width=130))
    return groups


def _note(side: Positions) -> str:
    if not len(side):
        return "None here."
    return f"The first {SHOWN} of {len(side):,}." if len(side) > SHOWN else ""


def pair_groups(predictions: Predictions, sides: Sides, choices: Choices) -> list[Group]:
    """Each incorrect sample beside the correct one that the network finds most alike."""
    groups = []
    for position in [int(p) for p in sides.incorrect[:PAIRS]]:
        near = nearest_correct(predictions, position, choices.threshold)
        pair = [position] if near is None else [position, near]
        tiles: tuple[Tile, ...] = sample_tiles(predictions, pair, choices, Shows.OVERLAY, side=SIDE)
        captions = ("this error", "nearest correct")
        named = tuple(
            replace(tile, caption=f"{what}: {tile.caption}")
            for what, tile in zip(captions, tiles, strict=False)
        )
        note = "" if near is not None else "No sample of its true class is correct."
        groups.append(Group(named, note=note, kind="pair"))
    return groups
