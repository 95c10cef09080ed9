"""Right beside wrong, as groups of the board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from components.board.tile import Group, Legend, Shows, Tile
from components.frame import shell
from components.tiles.tiles import mean_tile, sample_tiles
from services.choices.choices import Choices
from services.judging.comparison import SHOWN_A_SIDE, Comparison
from services.lists.kinds import CorrectSide, IncorrectSide
from services.predictions.predictions import Predictions
from services.tasks.pages import Sides
from services.tasks.parts import Address, address_read, sample_of

SIDE = 320


def side_groups(
    predictions: Predictions, comparison: Comparison, choices: Choices
) -> tuple[Group, ...]:
    """The correct and the incorrect side, each with its mean on top."""
    names = predictions.answers.pages.side_names
    sides, shown = comparison.sides, comparison.shown
    groups = []
    for name, verdict, side, addresses, mean in zip(
        names,
        ("correct", "incorrect"),
        (sides.correct, sides.incorrect),
        (shown.correct, shown.incorrect),
        comparison.means,
        strict=True,
    ):
        tiles = list(_tiles(predictions, addresses, comparison, choices))
        if mean is not None:
            hottest = comparison.scale if choices.recipe.shared_scale else 1.0
            tiles.insert(0, mean_tile(mean, hottest, len(side), name, verdict))
        title = f"{name} · {len(side):,}"
        groups.append(Group(tuple(tiles), title, _note(side), kind="lead", tile_width=130))
    return tuple(groups)


def pair_groups(
    predictions: Predictions, comparison: Comparison, choices: Choices
) -> tuple[Group, ...]:
    """Each incorrect sample beside the nearest correct one."""
    shown = comparison.shown
    return tuple(
        _pair(predictions, error, near, comparison, choices)
        for error, near in zip(shown.errors, shown.near, strict=True)
    )


def explain_side(predictions: Predictions, both: Sides) -> Callable[[str], None]:
    """Opens a clicked sample in Explain, within the side that it stands on; for callbacks."""

    def explain(sample: str) -> None:
        position = predictions.positions.get(address_read(sample)[0])
        correct = any(sample_of(address) == position for address in both.correct)
        side = CorrectSide if correct else IncorrectSide
        shell.open_in_explain(sample, side.word)

    return explain


def shared_legend(comparison: Comparison, choices: Choices) -> Legend:
    """The numbers of the colour bar, where all heatmaps share one scale."""
    if not (choices.recipe.shared_scale and comparison.heatmaps):
        return Legend()
    top = f"{comparison.scale:.3g} (shared)"
    return Legend("0", top, f"Colour bar: cold is 0, hot is a map value of {top} or more")


def _note(side: Sequence[Address]) -> str:
    if not side:
        return "None here."
    return (
        f"The first {SHOWN_A_SIDE} of {len(side):,}."
        if len(side) > SHOWN_A_SIDE
        else f"All {len(side):,}."
    )


def _pair(
    predictions: Predictions,
    error: Address,
    near: Address | None,
    comparison: Comparison,
    choices: Choices,
) -> Group:
    pair = (error,) if near is None else (error, near)
    tiles = _tiles(predictions, pair, comparison, choices)
    nearest = predictions.answers.likeness.nearest_said
    named = tuple(
        replace(tile, caption=f"{what}: {tile.caption}")
        for what, tile in zip(("this error", nearest), tiles, strict=False)
    )
    note = "" if near is not None else "No correct sample to compare with."
    return Group(named, note=note, kind="pair")


def _tiles(
    predictions: Predictions,
    addresses: Sequence[Address],
    comparison: Comparison,
    choices: Choices,
) -> tuple[Tile, ...]:
    made = [comparison.heatmaps[address] for address in addresses]
    return sample_tiles(predictions, addresses, choices, Shows.OVERLAY, side=SIDE, maps=made)
