"""Right beside wrong, as groups of the board."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.board import Group, Legend, Shows, Tile
from components.tiles import mean_tile, sample_tiles
from services.browse import Positions
from services.choices import Choices
from services.heatmaps import Heatmap, heatmaps
from services.predictions import Predictions
from services.review import Sides, mean_heatmap, nearest_correct

SHOWN = 11  # tiles a side; with the mean, which takes four places, fifteen
PAIRS = 6
SIDE = 320


@dataclass(frozen=True)
class Comparison:
    """What Review shows.

    Attributes:
        sides: correct and incorrect, each with its mean on top.
        pairs: each incorrect sample beside the nearest correct one.
        legend: the numbers of the colour bar.
    """

    sides: tuple[Group, ...]
    pairs: tuple[Group, ...]
    legend: Legend


def compare(predictions: Predictions, sides: Sides, choices: Choices) -> Comparison:
    """Right beside wrong. All heatmaps are made at once, so that a shared scale is one for all."""
    shown = [[int(p) for p in side[:SHOWN]] for side in (sides.correct, sides.incorrect)]
    errors = [int(p) for p in sides.incorrect[:PAIRS]]
    near = [nearest_correct(predictions, p, choices.threshold) for p in errors]
    wanted = [*shown[0], *shown[1], *errors, *(p for p in near if p is not None)]
    found = dict(zip(wanted, heatmaps(predictions, wanted, choices), strict=True))
    legend = Legend()
    if choices.shared_scale and found:
        top = f"{max(heatmap.scale for heatmap in found.values()):.3g} (shared)"
        legend = Legend("0", top, f"Colour bar: cold is 0, hot is a map value of {top} or more")
    return Comparison(
        _sides(predictions, sides, shown, found, choices),
        tuple(
            _pair(predictions, error, other, found, choices)
            for error, other in zip(errors, near, strict=True)
        ),
        legend,
    )


def _sides(
    predictions: Predictions,
    sides: Sides,
    shown: list[list[int]],
    found: dict[int, Heatmap],
    choices: Choices,
) -> tuple[Group, ...]:
    names = (
        ("Within the threshold", "Beyond the threshold")
        if predictions.project.is_regression
        else ("Correct", "Incorrect")
    )
    both = (sides.correct, sides.incorrect)
    means = [mean_heatmap(predictions, [int(p) for p in side], choices) for side in both]
    hottest = max((float(mean.heat.max()) for mean in means if mean is not None), default=0.0)
    groups = []
    for name, verdict, side, positions, mean in zip(
        names, ("correct", "incorrect"), both, shown, means, strict=True
    ):
        tiles = list(_tiles(predictions, positions, found, choices))
        if mean is not None:
            tiles.insert(0, mean_tile(mean, hottest, len(side), name, verdict))
        title = f"{name} · {len(side):,}"
        groups.append(Group(tuple(tiles), title, _note(side), kind="lead", tile_width=130))
    return tuple(groups)


def _note(side: Positions) -> str:
    if not len(side):
        return "None here."
    return f"The first {SHOWN} of {len(side):,}." if len(side) > SHOWN else f"All {len(side):,}."


def _pair(
    predictions: Predictions,
    error: int,
    near: int | None,
    found: dict[int, Heatmap],
    choices: Choices,
) -> Group:
    pair = [error] if near is None else [error, near]
    tiles = _tiles(predictions, pair, found, choices)
    named = tuple(
        replace(tile, caption=f"{what}: {tile.caption}")
        for what, tile in zip(("this error", "nearest correct"), tiles, strict=False)
    )
    note = "" if near is not None else "No sample of its true class is correct."
    return Group(named, note=note, kind="pair")


def _tiles(
    predictions: Predictions, positions: list[int], found: dict[int, Heatmap], choices: Choices
) -> tuple[Tile, ...]:
    made = [found[position] for position in positions]
    return sample_tiles(predictions, positions, choices, Shows.OVERLAY, side=SIDE, found=made)
