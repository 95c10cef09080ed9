"""Right beside wrong, as groups of the board."""

from __future__ import annotations

from dataclasses import dataclass, replace

from components.board.tile import Group, Legend, Shows, Tile
from components.tiles.tiles import mean_tile, sample_tiles
from services.choices.browse import Positions
from services.choices.choices import Choices
from services.heatmaps.heatmaps import Heatmap, heatmaps
from services.judging.review import Sides, mean_heatmap, mean_positions, nearest_correct
from services.predictions.predictions import Predictions

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


@dataclass(frozen=True)
class Shown:
    """Which samples are drawn: the two sides, the errors and the correct sample nearest to each."""

    correct: list[int]
    incorrect: list[int]
    errors: list[int]
    near: list[int | None]

    @property
    def all(self) -> list[int]:
        """Every sample of these."""
        nearest = [position for position in self.near if position is not None]
        return [*self.correct, *self.incorrect, *self.errors, *nearest]


def shown_of(predictions: Predictions, sides: Sides, choices: Choices) -> Shown:
    """Which samples Review draws."""
    errors = [int(p) for p in sides.incorrect[:PAIRS]]
    return Shown(
        [int(p) for p in sides.correct[:SHOWN]],
        [int(p) for p in sides.incorrect[:SHOWN]],
        errors,
        [nearest_correct(predictions, p, choices.filter.threshold) for p in errors],
    )


def needed(predictions: Predictions, sides: Sides, choices: Choices) -> list[int]:
    """Every sample whose heatmap Review needs, those of the means included."""
    means = [mean_positions(side, choices.recipe) for side in (sides.correct, sides.incorrect)]
    drawn = shown_of(predictions, sides, choices).all
    return list(dict.fromkeys([*drawn, *means[0], *means[1]]))


def compare(predictions: Predictions, sides: Sides, choices: Choices) -> Comparison:
    """Right beside wrong. All heatmaps are made at once, so that a shared scale is one for all."""
    shown = shown_of(predictions, sides, choices)
    found = dict(zip(shown.all, heatmaps(predictions, shown.all, choices.recipe), strict=True))
    legend = Legend()
    if choices.recipe.shared_scale and found:
        top = f"{max(heatmap.scale for heatmap in found.values()):.3g} (shared)"
        legend = Legend("0", top, f"Colour bar: cold is 0, hot is a map value of {top} or more")
    return Comparison(
        _sides(predictions, sides, [shown.correct, shown.incorrect], found, choices),
        tuple(
            _pair(predictions, error, other, found, choices)
            for error, other in zip(shown.errors, shown.near, strict=True)
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
    means = [mean_heatmap(predictions, [int(p) for p in side], choices.recipe) for side in both]
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
